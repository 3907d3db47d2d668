//! A Slack workspace on a port of this machine: `twin-slack --port 8104 --hook sales=/services/T1/B1/X1`.

#![allow(clippy::print_stdout, reason = "prints its address for the person, or the script, that started it")]

use std::io;

use clap::Parser;
use twin_slack::Workspace;

/// A stateful, strict stand-in for Slack's incoming webhooks, on 127.0.0.1.
#[derive(Parser)]
struct Options {
    /// The port to answer on; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A channel and the path of its hook, such as `sales=/services/T1/B1/X1`; may be given several times.
    #[arg(long = "hook", value_name = "CHANNEL=PATH")]
    hooks: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let workspace = Workspace::new();
    for hook in &options.hooks {
        let (channel, path) =
            hook.split_once('=').ok_or_else(|| io::Error::other("--hook: use sales=/services/T1/B1/X1"))?;
        workspace.add_hook(channel, path).map_err(io::Error::other)?;
    }
    let listening = workspace.listen(options.port).await?;
    println!("{}", listening.url());
    listening.wait().await
}
