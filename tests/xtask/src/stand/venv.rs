//! Python environments inside the checkout, with every version pinned.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use crate::checkout;

/// One environment: where it is and what belongs in it.
#[derive(Debug)]
pub(crate) struct Recipe {
    folder: &'static str,
    requirements: &'static str,
}

/// MiniStack, the SAM transform it uses, and cargo-lambda.
pub(crate) const STAND: Recipe =
    Recipe { folder: "venv", requirements: include_str!("../../python/stand.txt") };
/// SAM and cfn-lint. Apart, because their pins collide with those of the stand.
pub(crate) const LINT: Recipe =
    Recipe { folder: "lint", requirements: include_str!("../../python/lint.txt") };

/// An environment that has what its recipe names.
#[derive(Debug)]
pub(crate) struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// Makes the environment, or brings it up to its recipe; does nothing where that was done before.
    pub(crate) async fn ready(recipe: &Recipe) -> Result<Self> {
        let venv = Self { folder: checkout::local().join(recipe.folder) };
        if venv.installed().await.as_deref() != Some(recipe.requirements) {
            venv.install(recipe).await?;
        }
        Ok(venv)
    }

    /// A program of this environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// Where its programs are.
    pub(crate) fn bin(&self) -> PathBuf {
        self.folder.join("bin")
    }

    async fn installed(&self) -> Option<String> {
        tokio::fs::read_to_string(self.stamp()).await.ok()
    }

    /// What was installed last, written when it was: a half-made environment has none.
    fn stamp(&self) -> PathBuf {
        self.folder.join("installed.txt")
    }

    async fn install(&self, recipe: &Recipe) -> Result<()> {
        tokio::fs::create_dir_all(checkout::local()).await?;
        if !self.program("pip").is_file() {
            finish(Command::new("python3").args(["-m", "venv"]).arg(&self.folder)).await?;
        }
        let wanted = self.folder.join("wanted.txt");
        tokio::fs::write(&wanted, recipe.requirements).await?;
        let mut pip = Command::new(self.program("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&wanted);
        finish(&mut pip).await?;
        tokio::fs::rename(&wanted, self.stamp()).await.context("the environment could not be marked as made")
    }
}

async fn finish(command: &mut Command) -> Result<()> {
    let shown = format!("{:?}", command.as_std());
    let output =
        command.kill_on_drop(true).output().await.with_context(|| format!("{shown} did not start"))?;
    if !output.status.success() {
        bail!("{shown} failed:\n{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
