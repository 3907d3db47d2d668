//! What the run was, and what it came to in a sentence.

use std::fmt::{self, Display};

use super::{Safe, weeks};
use crate::report::{End, Purpose, Report};
use crate::words::{grouped, minute};

pub(super) fn section(run: &Report) -> String {
    let kind = match run.purpose {
        Purpose::Proof => "Nightly proof",
        Purpose::Import => "First import",
        Purpose::Backfill => "Backfill",
        Purpose::Count => "Weekly count",
    };
    let dry = if run.dry_run { ", a dry run" } else { "" };
    let (class, verdict) = verdict(run);
    let ended = run.ended_at.map_or_else(|| "and goes on".to_owned(), |at| format!("to {}", minute(at)));
    format!(
        "<h1>{}</h1><p>{kind}{dry}, from {} {ended} UTC</p><p class=\"verdict {class}\">{}</p>",
        Safe(&run.shop),
        minute(run.started_at),
        Safe(&verdict)
    ) + &remarks(run)
}

fn remarks(run: &Report) -> String {
    let said: Vec<_> = run.remarks.iter().map(|remark| format!("<p>{}</p>", Safe(remark))).collect();
    said.concat()
}

fn verdict(run: &Report) -> (&'static str, String) {
    match &run.end {
        Some(End::Failed(code)) => ("bad", failed(code, run.why.as_deref())),
        Some(End::Cancelled) => ("bad", "Not proven: the run was cancelled.".to_owned()),
        None => ("", "The run goes on.".to_owned()),
        Some(End::Whole) if run.purpose == Purpose::Count => weeks::verdict(run),
        Some(End::Whole) if run.differing() == 0 => ("good", "Both halves match.".to_owned()),
        Some(End::Whole) => {
            let (all, queued, left) = (run.differing(), run.tally.queued, run.tally.left);
            let class = if left == 0 { "good" } else { "bad" };
            (
                class,
                format!(
                    "{}: {}, {}.",
                    Counted(all, "differs", "differ"),
                    Counted(queued, "is synced again", "are synced again"),
                    Counted(left, "waits for a person", "wait for a person")
                ),
            )
        }
    }
}

fn failed(code: &str, why: Option<&str>) -> String {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("Not proven: the run failed ({code}){why}. What was proven before still counts.")
}

/// A number and what so many do: `1 waits`, `2 wait`.
struct Counted<'a>(u64, &'a str, &'a str);

impl Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", grouped(self.0), if self.0 == 1 { self.1 } else { self.2 })
    }
}
