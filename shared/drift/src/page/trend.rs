//! How much differed, run by run.

use crate::cause::Cause;
use crate::report::{Purpose, Report};
use crate::words::{grouped, minute};

const WIDTH: u64 = 920;
const HEIGHT: u64 = 150;
/// Room above the highest bar for its number, and below for the days.
const TOP: u64 = 18;
const BOTTOM: u64 = 22;
const RUNS: usize = 60;
/// Where a bar has less room than this, only every second or third has words.
const WORDS: u64 = 36;

/// A bar for each of the last runs that compared anything, the oldest on the left; one that could not be proven is told apart
/// by its words and its colour.
pub(super) fn section(runs: &[Report]) -> String {
    let compared = runs.iter().filter(|run| run.purpose != Purpose::Backfill && run.end.is_some());
    let mut runs: Vec<_> = compared.take(RUNS).collect();
    if runs.len() < 2 {
        return String::new();
    }
    runs.reverse();
    let most = runs.iter().map(|run| run.differing()).max().unwrap_or_default().max(1);
    let step = WIDTH / runs.len() as u64;
    let every = WORDS.div_ceil(step.max(1));
    // Counted from the newest, which always has its words.
    let newest = runs.len() as u64 - 1;
    let bars = runs.iter().zip(0..).map(|(run, at)| {
        let bar = Bar { run, x: at * step, step, most };
        bar.drawn((newest - at).is_multiple_of(every))
    });
    format!(
        "<section><h2>Customers who differed, run by run</h2>\
         <svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Customers who differed, run by run\">{}{}</svg>{LEGEND}</section>",
        TOP + HEIGHT + BOTTOM,
        base(),
        bars.collect::<String>(),
    )
}

const LEGEND: &str = "<p class=\"legend\"><i style=\"background:var(--bar)\"></i>synced again \
    <i style=\"background:var(--left)\"></i>left to a person <i style=\"background:var(--bad)\"></i>not proven</p>";

fn base() -> String {
    let y = TOP + HEIGHT;
    format!("<line x1=\"0\" y1=\"{y}\" x2=\"{WIDTH}\" y2=\"{y}\" style=\"stroke:var(--line)\"/>")
}

struct Bar<'a> {
    run: &'a Report,
    x: u64,
    step: u64,
    most: u64,
}

impl Bar<'_> {
    fn drawn(&self, has_words: bool) -> String {
        let differing = self.run.differing();
        let (height, parts) = if self.run.is_whole() {
            let left = self.run.tally.left.min(differing);
            let (all, left) = (self.height(differing), self.height(left));
            (all, [self.part(left, all - left, "--bar"), self.part(0, left, "--left")].concat())
        } else {
            (8, self.part(0, 8, "--bad"))
        };
        let words = if has_words { self.words(height) } else { String::new() };
        format!("<g><title>{}</title>{parts}{words}</g>", self.title())
    }

    /// Nothing is nothing, and little can be seen.
    fn height(&self, count: u64) -> u64 {
        if count == 0 { 0 } else { (count * HEIGHT / self.most).max(3) }
    }

    /// A piece of the bar that begins so far above the ground.
    fn part(&self, above: u64, height: u64, colour: &str) -> String {
        if height == 0 {
            return String::new();
        }
        let (y, width) = (TOP + HEIGHT - above - height, self.step.saturating_sub(6).max(1));
        let x = self.x + 3;
        format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" style=\"fill:var({colour})\"/>"
        )
    }

    /// The number above it, and the day below.
    fn words(&self, height: u64) -> String {
        let said = if self.run.is_whole() { grouped(self.run.differing()) } else { "–".to_owned() };
        let day = self.run.started_at.strftime("%m-%d");
        let (x, above, below) = (self.x + self.step / 2, TOP + HEIGHT - height - 5, TOP + HEIGHT + 16);
        format!(
            "<text x=\"{x}\" y=\"{above}\" text-anchor=\"middle\" class=\"count\">{said}</text>\
             <text x=\"{x}\" y=\"{below}\" text-anchor=\"middle\">{day}</text>"
        )
    }

    fn title(&self) -> String {
        let began = minute(self.run.started_at);
        if !self.run.is_whole() {
            return format!("{began}: not proven");
        }
        let counts =
            Cause::ALL.into_iter().filter_map(|cause| Some((cause, *self.run.tally.causes.get(&cause)?)));
        let causes = counts.map(|(cause, count)| format!(", {} {}", cause.title(), grouped(count)));
        format!("{began}: {} differ{}", grouped(self.run.differing()), causes.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::End;
    use crate::standing::tests::night;

    #[test]
    fn s_167_every_run_has_its_bar_and_the_newest_its_words() {
        let runs: Vec<_> = (0..40).map(|n| night(End::Whole, n)).collect();
        let drawn = section(&runs);
        assert_eq!(drawn.matches("<g>").count(), 40);
        assert_eq!(drawn.matches("class=\"count\"").count(), 20, "every second has room for its words");
        assert!(drawn.contains("2026-11-25 03:15: 39 differ, stale 39"), "{drawn}");
    }

    #[test]
    fn what_was_not_proven_and_what_compared_nothing_look_like_no_clean_night() {
        let failed = night(End::Failed("x".into()), 0);
        let backfill = Report { purpose: Purpose::Backfill, ..night(End::Whole, 0) };
        let drawn = section(&[failed, night(End::Whole, 0), backfill]);
        assert_eq!((drawn.matches("<g>").count(), drawn.matches("<rect").count()), (2, 1));
        assert!(drawn.contains("not proven</title>"));
        assert_eq!(section(&[night(End::Whole, 1)]), "", "one run is no trend");
    }
}
