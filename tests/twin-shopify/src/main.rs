//! Serves the twin on 127.0.0.1.

#![allow(clippy::print_stdout, reason = "prints its address for the person who started it")]

use std::io;

use clap::Parser;
use tokio::net::TcpListener;
use twin_shopify::Twin;

/// A small Shopify on 127.0.0.1: Admin GraphQL, tokens, webhooks, and a control API under /_twin.
#[derive(Parser)]
struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 9401)]
    port: u16,
    /// Seed of all chance: ids, tokens, disorder.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, Twin::new(arguments.seed).router()).await
}
