//! How much differed, run by run.

use crate::report::Report;
use crate::words::{grouped, minute};

const WIDTH: u64 = 900;
const HEIGHT: u64 = 160;
const RUNS: usize = 60;

/// A bar for each of the last runs, the oldest on the left; what could not be proven is a short red one.
pub(super) fn section(runs: &[Report]) -> String {
    let runs = runs.get(..RUNS.min(runs.len())).unwrap_or_default();
    if runs.len() < 2 {
        return String::new();
    }
    let most = runs.iter().map(Report::differing).max().unwrap_or_default().max(1);
    let step = (WIDTH / runs.len() as u64).clamp(1, 60);
    let bars: String = runs.iter().rev().zip(0..).map(|(run, at)| bar(run, at * step, step, most)).collect();
    let top = format!("<text x=\"0\" y=\"12\">{}</text>", grouped(most));
    let ends = runs.last().zip(runs.first()).map(|(oldest, newest)| {
        let end = step * runs.len() as u64;
        let (left, right) = (minute(oldest.started_at), minute(newest.started_at));
        let y = HEIGHT + 34;
        format!("<text x=\"0\" y=\"{y}\">{left}</text><text x=\"{end}\" y=\"{y}\" text-anchor=\"end\">{right}</text>")
    });
    format!(
        "<section><h2>Customers who differed, run by run</h2><svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\">{top}{bars}{}</svg></section>",
        HEIGHT + 44,
        ends.unwrap_or_default()
    )
}

fn bar(run: &Report, x: u64, step: u64, most: u64) -> String {
    let (height, colour) =
        if run.is_whole() { ((run.differing() * HEIGHT / most).max(2), "--bar") } else { (8, "--bad") };
    let (y, width) = (18 + HEIGHT - height, step.saturating_sub(3).max(1));
    let said = if run.is_whole() { grouped(run.differing()) } else { "not proven".to_owned() };
    let title = format!("<title>{}: {said}</title>", minute(run.started_at));
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\" style=\"fill:var({colour})\">{title}</rect>"
    )
}
