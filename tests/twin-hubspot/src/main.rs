//! A HubSpot account on a port of this machine: `twin-hubspot --port 8102`.

#![allow(clippy::doc_markdown, reason = "HubSpot is a name, not code")]
#![allow(clippy::print_stdout, reason = "prints its address for the person, or the script, that started it")]

use clap::Parser;
use twin_hubspot::Portal;

/// A stateful, strict stand-in for a HubSpot account, on 127.0.0.1.
#[derive(Parser)]
struct Options {
    /// The port to answer on; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Decides ids and the order of results.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The bearer token the API wants.
    #[arg(long, default_value = Portal::TOKEN)]
    token: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let portal = Portal::new(options.seed);
    portal.set_token(&options.token);
    let listening = portal.listen(options.port).await?;
    println!("{}", listening.url());
    listening.wait().await
}
