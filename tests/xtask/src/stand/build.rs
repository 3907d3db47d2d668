//! The functions, built for this machine.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use crate::checkout;
use crate::stand::template::FUNCTIONS;
use crate::stand::venv::Venv;

/// Where the built functions are.
#[derive(Debug)]
pub(crate) struct Built {
    release: bool,
}

impl Built {
    /// Builds all functions: as they are deployed, or quickly, sharing what the tests build.
    pub(crate) async fn now(release: bool, venv: &Venv) -> Result<Self> {
        let build = if release { release_build(venv)? } else { shared_build() };
        finish(build).await?;
        Ok(Self { release })
    }

    /// The executable of one function.
    pub(crate) fn binary(&self, function: &str) -> PathBuf {
        let target = checkout::target();
        if self.release {
            target.join("lambda").join(function).join("bootstrap")
        } else {
            target.join("debug").join(function)
        }
    }
}

/// The architecture of this machine, as the template's parameter spells it.
pub(crate) fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

/// The whole workspace and one test, because cargo resolves features for what is chosen: any other choice than that of
/// `cargo test --workspace` would compile much of what is shared a second time.
fn shared_build() -> Command {
    let mut build = checkout::cargo();
    build.args(["build", "--workspace", "--bins", "--test", "template"]);
    build
}

fn release_build(venv: &Venv) -> Result<Command> {
    let mut build = checkout::cargo();
    build.args(["lambda", "build", "--release"]);
    build.args(if cfg!(target_arch = "aarch64") { ["--arm64"] } else { ["--x86-64"] });
    for function in FUNCTIONS {
        build.args(["--package", function]);
    }
    // cargo-lambda and the zig that links for Amazon Linux's older glibc are programs of the environment.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(venv.bin()).chain(std::env::split_paths(&path));
    build.env("PATH", std::env::join_paths(paths)?);
    Ok(build)
}

/// A first build takes minutes: who sits before it sees what cargo says, anyone else only sees what went wrong.
async fn finish(mut build: Command) -> Result<()> {
    let seen = std::io::stderr().is_terminal();
    if seen {
        eprintln!();
        build.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        build.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    let output = build.spawn().context("cargo did not start")?.wait_with_output().await?;
    if !output.status.success() {
        bail!("the functions do not build\n{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
