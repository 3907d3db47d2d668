//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::stand::vendor::Vendor;

/// The shop that the demo plays and that `send` speaks for unless told otherwise.
pub(crate) const SHOP: &str = "demo.myshopify.com";
/// The client secret of that shop's app on the stand.
pub(crate) const CLIENT_SECRET: &str = "hush";

/// Runs Counterfoil on this machine: no AWS account, no Shopify, no CRM.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cargo {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts a local AWS, deploys template.yaml to it, plays a small shop against it and says what came of it.
    Demo(DemoOptions),
    /// Runs every test, and then the promises end to end on the local AWS.
    Test(TestOptions),
    /// Measures the functions beside a floor.
    Bench(bench::Options),
    /// Signs files as Shopify would and delivers them; then says what became of each.
    Send(SendOptions),
    /// Makes the fields, keys and deal stages that infra/sync.toml needs in your CRM. Changes nothing that is there.
    Setup(SetupOptions),
    /// Checks infra/sync.toml, and template.yaml with SAM and cfn-lint.
    Lint,
}

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// Which CRM the shop is played against.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) crm: Vendor,
    /// Leaves everything running at the end, until ctrl-c, and prints where it is.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Builds the functions as they are deployed (slow the first time).
    #[arg(long)]
    pub(crate) release: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// Leaves the local AWS out.
    #[arg(long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SendOptions {
    /// Raw webhook bodies. They are signed and sent byte for byte.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The topic, such as `orders/create`. Left out, it is read from the name: `orders_create__anything.json`.
    #[arg(long)]
    pub(crate) topic: Option<String>,
    /// Sends each this many times more, with the same webhook id.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) duplicate: u32,
    /// Changes a byte after signing; the answer should be 401.
    #[arg(long)]
    pub(crate) tamper: bool,
    /// Where to send. Left out, the stand that `cargo xtask demo --keep` left running.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// The shop to speak for.
    #[arg(long, default_value = SHOP)]
    pub(crate) shop: String,
    /// The client secret to sign with.
    #[arg(long, default_value = CLIENT_SECRET, env = "COUNTERFOIL_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) secret: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetupOptions {
    /// The text of the CRM secret, as Secrets Manager has it; `-` reads it from standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cargo::command().debug_assert();
    }
}
