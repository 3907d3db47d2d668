#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool that prints for a person")]

mod checkout;
mod command;
mod delivery;
mod demo;
mod lint;
mod progress;
mod send;
mod setup;
mod stand;
mod test;

use std::process::ExitCode;

use clap::Parser;

use crate::command::{Cargo, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let Cargo { command } = Cargo::parse();
    // The workspace speaks TLS through ring alone; reqwest asks for whatever the process installed. A second
    // installation is refused, and would be the same one.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("a TLS provider was already installed");
    }
    let done = tokio::select! {
        // A command that waits for ctrl-c itself comes first.
        biased;
        done = run(command) => done,
        () = interrupted() => Err(anyhow::anyhow!("interrupted")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("error: {trouble:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything that was asked of the command held.
async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Demo(options) => demo::run(&options).await,
        Command::Test(options) => test::run(&options).await,
        Command::Bench(options) => measure(options).await,
        Command::Send(options) => send::run(&options).await,
        Command::Setup(options) => setup::run(&options).await,
        Command::Lint => lint::run().await,
    }
}

/// The bench keeps its thread busy until it is done.
async fn measure(options: bench::Options) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(move || bench::run(&options)).await??;
    Ok(true)
}

/// Ctrl-c, or the signal a supervisor sends; returning lets every child of ours be ended on the way out.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() { std::future::pending::<()>().await },
    }
}
