//! `cargo xtask lint`: the manifest, and the template, read by those who know `CloudFormation`.

use anyhow::{Context as _, Result};
use tokio::process::Command;

use crate::checkout;
use crate::progress::step;
use crate::stand::venv::{LINT, Venv};

const MANIFEST: &str = "infra/sync.toml";

/// Whether our own reader of the manifest, SAM and cfn-lint have nothing to say. None needs an account or a network.
pub(crate) async fn run() -> Result<bool> {
    let manifest = manifest_is_right()?;
    let venv = step("Python tools for the template (.local/lint)", Venv::ready(&LINT)).await?;
    let sam = passes(&venv, "sam", &["validate", "--lint", "--template", "template.yaml"]).await?;
    let cfn = passes(&venv, "cfn-lint", &["template.yaml"]).await?;
    Ok(manifest && sam && cfn)
}

fn manifest_is_right() -> Result<bool> {
    let text = std::fs::read_to_string(checkout::root().join(MANIFEST))
        .with_context(|| format!("{MANIFEST} cannot be read"))?;
    let mistakes = manifest::parse(&text).err();
    match &mistakes {
        None => println!("{MANIFEST} is a right manifest"),
        Some(mistakes) => println!("{MANIFEST}: {mistakes}"),
    }
    Ok(mistakes.is_none())
}

async fn passes(venv: &Venv, tool: &str, arguments: &[&str]) -> Result<bool> {
    let status = Command::new(venv.program(tool))
        .args(arguments)
        .current_dir(checkout::root())
        // Both refuse to begin without a region, and SAM would report home.
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("SAM_CLI_TELEMETRY", "0")
        .kill_on_drop(true)
        .status()
        .await
        .with_context(|| format!("{tool} did not start"))?;
    Ok(status.success())
}
