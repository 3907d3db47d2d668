//! How much memory a file takes that is never there as a whole: in a process of its own.

use std::env;
use std::fs;
use std::process::Command;

use bulk::Reader;

use super::shelf::{Shelf, Width};
use super::{AREA, CHUNK, number, settings};
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal, short};
use crate::function::peak_kib;

/// Starts a process that reads a stream, and makes figures of what it says.
pub(super) fn measure(customers: u64) -> Result<Vec<Figure>, Failure> {
    let failed = |cause| Failure::caused(FailureKind::Harness, "the stream cannot be started", cause);
    let binary = env::current_exe().map_err(failed)?;
    let arguments = ["reconcile".to_owned(), "--stream".to_owned(), format!("--customers={customers}")];
    let output = Command::new(binary).args(arguments).output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [before, peak, token, lines, bytes] if output.status.success() => {
            Ok(figures(number(customers), [before, peak, token, lines, bytes]))
        }
        _ => {
            let why = String::from_utf8_lossy(&output.stderr);
            Err(Failure::new(FailureKind::Answer, format!("the stream ended with {said} {why}")))
        }
    }
}

fn figures(customers: f64, [before, peak, token, lines, bytes]: [f64; 5]) -> Vec<Figure> {
    let row =
        |what: &str, value: f64, unit| Figure::new(format!("{AREA}: stream, {what}"), Some(value), unit);
    let what = format!(
        "{} customers, {} orders, {} MB",
        short(customers),
        short(lines - customers),
        short(bytes / 1e6)
    );
    vec![
        row("peak RSS", peak / 1e6, "MB").goal(Goal::AtMost(150.0)).beside(what),
        row("a customer", (peak - before) / customers, "bytes")
            .beside("peak less what the process had before"),
        row("token at the end, a customer", token / customers, "bytes")
            .beside("what another process goes on from"),
    ]
}

/// Reads a stream of so many customers and says: peak before, peak, bytes of the token, lines and bytes of the stream.
///
/// # Errors
/// When the reader does not believe it, or the kernel does not tell.
pub fn stream(customers: u64) -> Result<String, Failure> {
    let before = peak()?;
    let broken = |cause| Failure::caused(FailureKind::Answer, "the stream is not believed", cause);
    let (mut shelf, mut text) = (Shelf::new(Width::Lean, customers), String::with_capacity(2 * CHUNK));
    let mut reader = Reader::new(settings()?);
    loop {
        let more = shelf.next(&mut text);
        let more = more.map_err(|cause| Failure::caused(FailureKind::Harness, "no stream", cause))?;
        if text.len() >= CHUNK || !more {
            reader.push(text.as_bytes()).map_err(broken)?;
            text.clear();
        }
        if !more {
            break;
        }
    }
    // The peak first: a token that is held beside the reader is another need.
    let peak = peak()?;
    let token = reader.token().map_err(broken)?.len();
    let counted = reader.finish(shelf.told()).map_err(broken)?.counted;
    Ok(format!("{before} {peak} {token} {} {}", counted.objects, counted.bytes))
}

fn peak() -> Result<u64, Failure> {
    let failed = |cause| Failure::caused(FailureKind::Harness, "/proc/self/status cannot be read", cause);
    let status = fs::read_to_string("/proc/self/status").map_err(failed)?;
    let kib = peak_kib(&status).map(|kib| u64::from(kib) * 1024);
    kib.ok_or_else(|| Failure::new(FailureKind::Harness, "/proc/self/status has no VmHWM line in kB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_believed_and_says_five_numbers() {
        let said = stream(500).expect("believed");
        let numbers: Vec<u64> = said.split(' ').map(|word| word.parse().expect("a number")).collect();
        assert_eq!(numbers.len(), 5);
        assert!(numbers[0] <= numbers[1] && numbers[3] > 1_000 && numbers[4] > 100_000, "{said}");
    }
}
