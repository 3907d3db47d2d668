//! What a waiting person sees: one line for each step, with how long it took.

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use anyhow::Result;

/// Does one step, and says so before and after. It goes to stderr, so that results alone are on stdout.
pub(crate) async fn step<T>(name: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    eprint!("  {name} ...");
    flush();
    let began = Instant::now();
    let done = work.await;
    let took_s = began.elapsed().as_secs_f64();
    match &done {
        Ok(_) => eprintln!(" {took_s:.1} s"),
        Err(_) => eprintln!(" {}", red("failed")),
    }
    done
}

/// The title of what comes next.
pub(crate) fn title(words: &str) {
    eprintln!("{}", bold(words));
}

/// A remark below a step.
pub(crate) fn note(words: &str) {
    eprintln!("  {words}");
}

fn flush() {
    // A terminal that is gone is no reason to stop.
    drop(std::io::stderr().flush());
}

pub(crate) fn green(words: &str) -> String {
    painted(words, "32")
}

pub(crate) fn red(words: &str) -> String {
    painted(words, "31")
}

pub(crate) fn bold(words: &str) -> String {
    painted(words, "1")
}

fn painted(words: &str, colour: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stdout().is_terminal();
    if plain { words.to_owned() } else { format!("\x1b[{colour}m{words}\x1b[0m") }
}
