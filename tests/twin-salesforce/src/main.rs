//! A Salesforce org on a port of this machine: `twin-salesforce --port 8103`.

#![allow(clippy::print_stdout, reason = "prints its address for the person, or the script, that started it")]

use clap::Parser;
use twin_salesforce::Org;

/// A stateful, strict stand-in for a Salesforce org, on 127.0.0.1.
#[derive(Parser)]
struct Options {
    /// The port to answer on; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Decides the record ids.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A session that is open from the start.
    #[arg(long)]
    token: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let org = Org::new(options.seed);
    if let Some(token) = &options.token {
        org.open_session(token);
    }
    let listening = org.listen(options.port).await?;
    println!("{}", listening.url());
    listening.wait().await
}
