#![doc = include_str!("../README.md")]

mod cloud;
mod contest;
mod crm;
mod digest;
mod due;
mod environment;
mod event;
mod failure;
mod figure;
mod function;
mod options;
mod order;
mod peers;
mod queue;
mod receiver;
mod reference;
mod runtime_api;
mod signals;
mod statistics;
mod table;
mod tables;
mod trial;
mod wire;
mod worker;
mod workspace;

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::Command;

pub use failure::{Failure, FailureKind};
pub use figure::{Figure, Goal};
pub use options::{Area, Options};

/// Builds what is to be measured (and, where their sources are at hand, the peers), then measures it in a release build of
/// this crate, which prints the figures to standard output. Progress goes to standard error.
///
/// # Errors
/// When something does not build or cannot be measured; a goal that is missed is not an error.
pub fn run(options: &Options) -> Result<(), Failure> {
    let works = options.wants(Area::Worker) || options.wants(Area::Burst);
    if options.wants(Area::Receiver) || works {
        workspace::build_release("receiver")?;
    }
    if options.wants(Area::Receiver) {
        workspace::build_release("floor")?;
        if !options.no_peers {
            peers::build_all();
        }
    }
    if works {
        workspace::build_release("worker")?;
    }
    // An unoptimised harness would add its own slowness to every latency and flatter us with a slow reference.
    workspace::build_release("bench")?;
    hand_over(options)
}

/// Measures what [`run`] has built, in this process, pinned to one CPU. Returns the figures in the order of the areas.
///
/// # Errors
/// When a function is not built, does not start, or does not answer as its area asks.
pub fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for area in options.areas() {
        match area {
            Area::Receiver => figures.extend(receiver::measure(options)?),
            Area::Worker => figures.extend(worker::measure(options)?),
            Area::Crm => figures.extend(crm::measure(options)?),
            Area::Burst => figures.extend(worker::burst::measure()?),
            Area::Signals => figures.extend(signals::measure(options)?),
            Area::Due => figures.extend(due::measure()?),
            other => figures.push(Figure::new(other.to_string(), None, "").beside("nothing measured yet")),
        }
    }
    Ok(figures)
}

/// Prints the figures to standard output: a table, or with `--json` one object a line.
///
/// # Errors
/// When standard output cannot be written to.
pub fn print(figures: &[Figure], options: &Options) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if options.json {
        return figures.iter().try_for_each(|figure| writeln!(out, "{}", figure.json()));
    }
    let colour = out.is_terminal() && env::var_os("NO_COLOR").is_none();
    out.write_all(table::of(figures, colour).as_bytes())
}

fn hand_over(options: &Options) -> Result<(), Failure> {
    let binary = workspace::release_binary("bench");
    let words = format!("cannot run {}", binary.display());
    let status = Command::new(binary).args(options.arguments()).status();
    let status = status.map_err(|cause| Failure::caused(FailureKind::Harness, words, cause))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(FailureKind::Function, "measuring failed; see above"))
    }
}
