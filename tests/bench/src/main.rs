//! The release build that measures: `cargo xtask bench` builds everything and hands over to it.

#![allow(clippy::print_stderr, reason = "it talks to a person")]

use std::error::Error as _;
use std::process::ExitCode;

use clap::Parser;

/// Measures what `cargo xtask bench` has built.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(flatten)]
    options: bench::Options,
}

fn main() -> ExitCode {
    let Cli { options } = Cli::parse();
    if options.stream {
        return stream(options.customers);
    }
    match bench::measure(&options) {
        Ok(figures) => match bench::print(&figures, &options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&format!("the figures cannot be printed: {error}")),
        },
        Err(failure) => {
            let cause = failure.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            fail(&format!("{failure}{cause}"))
        }
    }
}

#[allow(clippy::print_stdout, reason = "the process that started it reads it")]
fn stream(customers: u64) -> ExitCode {
    match bench::stream(customers) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(failure) => fail(&failure.to_string()),
    }
}

fn fail(words: &str) -> ExitCode {
    eprintln!("bench: {words}");
    ExitCode::FAILURE
}
