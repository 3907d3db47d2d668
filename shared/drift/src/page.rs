//! The runs as one HTML page: no script, nothing from elsewhere, nothing about a person.

mod trend;
mod weeks;

use std::fmt::{self, Display, Write as _};

use crate::cause::Cause;
use crate::report::{End, Example, Purpose, Report, Values};
use crate::words::{grouped, lasted, minute, then};

const CSS: &str = include_str!("page.css");
const FIELDS: usize = 10;

/// The page of a shop's runs, the newest first; of the newest everything, of the others how much differed.
pub fn page(runs: &[Report]) -> String {
    let Some(newest) = runs.first() else {
        return document("Counterfoil", "<h1>No run yet</h1><p>The first one begins at night.</p>");
    };
    let title = format!("{}: nightly proof", newest.shop);
    let parts = [
        head(newest),
        figures(newest),
        weeks::section(newest),
        trend::section(runs),
        causes(newest),
        fields(newest),
        values(newest),
        examples(newest),
        spent(newest),
    ];
    document(&title, &parts.concat())
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title>\
         <style>{CSS}</style><main>{body}</main></html>",
        Safe(title)
    )
}

fn head(run: &Report) -> String {
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
    let said: Vec<_> =
        run.remarks.iter().map(|remark| format!("<p class=\"verdict\">{}</p>", Safe(remark))).collect();
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

/// Of a run that is not whole nothing counts, so nothing is shown.
fn figures(run: &Report) -> String {
    if !run.is_whole() || run.purpose == Purpose::Count {
        return String::new();
    }
    let tally = &run.tally;
    let figures = [
        ("in the shop", tally.shop_customers),
        ("in the CRM", tally.crm_records),
        ("other contacts", tally.other_records),
        ("compared", run.compared()),
        ("equal", run.equal()),
        ("differ", run.differing()),
        ("in a million", run.drift_ppm()),
    ];
    let each =
        figures.map(|(name, value)| format!("<div><b>{}</b><span>{name}</span></div>", grouped(value)));
    format!("<section><div class=\"figures\">{}</div></section>", each.concat())
}

fn causes(run: &Report) -> String {
    if run.tally.causes.is_empty() {
        return String::new();
    }
    let most = run.tally.causes.values().max().copied().unwrap_or(1);
    let row = |cause: Cause| {
        let count = *run.tally.causes.get(&cause)?;
        let who = then(cause, run);
        let name = cause.title();
        let words = [cause.words().to_owned(), known(run, cause)].concat();
        let cells = format!("<td><b>{name}</b><p>{words}</p></td><td class=\"wide\">{who}</td>");
        Some(format!(
            "<tr>{cells}<td class=\"n\">{}</td><td class=\"wide\" style=\"width:30%\">{}</td></tr>",
            grouped(count),
            bar(count, most)
        ))
    };
    let mut causes = Cause::ALL;
    causes.sort_by_key(|cause| std::cmp::Reverse(run.tally.causes.get(cause).copied()));
    let rows: String = causes.into_iter().filter_map(row).collect();
    let head = "<tr><th>Cause</th><th class=\"wide\">Then</th><th class=\"n\">Customers</th><th class=\"wide\"></th></tr>";
    format!("<section><h2>Why they differ</h2><table>{head}{rows}</table></section>")
}

fn known(run: &Report, cause: Cause) -> String {
    let known = run.tally.known.get(&cause).copied().unwrap_or_default();
    if known == 0 { String::new() } else { format!(" {} of them waited before.", grouped(known)) }
}

fn fields(run: &Report) -> String {
    let mut fields: Vec<_> = run.tally.fields.iter().collect();
    fields.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let Some((_, most)) = fields.first() else { return String::new() };
    let row = |(name, count): &(&String, &u64)| {
        let cells = format!("<td><code>{}</code></td><td class=\"n\">{}</td>", Safe(name), grouped(**count));
        format!("<tr>{cells}<td style=\"width:50%\">{}</td></tr>", bar(**count, **most))
    };
    let rows: String = fields.iter().take(FIELDS).map(row).collect();
    format!("<section><h2>Worst fields</h2><table>{rows}</table></section>")
}

fn values(run: &Report) -> String {
    if run.values.is_empty() {
        return String::new();
    }
    let row = |(currency, values): (&String, &Values)| {
        let kept = if values.is_kept { "" } else { " (not handed on to the signals)" };
        let median = format!("{} {}{kept}", values.median, currency);
        format!(
            "<tr><td>{} orders</td><td class=\"n\">median {}</td></tr>",
            grouped(values.orders),
            Safe(&median)
        )
    };
    let rows: String = run.values.iter().map(row).collect();
    format!("<section><h2>What orders are worth</h2><table>{rows}</table></section>")
}

fn examples(run: &Report) -> String {
    if run.examples.is_empty() {
        return String::new();
    }
    let row = |one: &Example| {
        let (fields, records) = (one.fields.join(", "), one.records.join(", "));
        let then = one.then.iter().map(|then| format!(" ({then})"));
        let name = std::iter::once(one.cause.title().to_owned()).chain(then).collect();
        let cells = [one.customer.to_string(), name, fields, records];
        format!("<tr>{}</tr>", cells.map(|cell| format!("<td>{}</td>", Safe(&cell))).concat())
    };
    let rows: String = run.examples.iter().map(row).collect();
    let head = "<tr><th>Customer</th><th>Cause</th><th>Fields</th><th>Contacts</th></tr>";
    format!("<section><h2>Some of them</h2><table>{head}{rows}</table></section>")
}

fn spent(run: &Report) -> String {
    let tally = &run.tally;
    let lasted = lasted(run).unwrap_or_else(|| "not over".to_owned());
    let rows = [
        ("Duration", lasted),
        ("Gone on with", format!("{} times", grouped(tally.hops))),
        ("Calls to the CRM", grouped(tally.crm_calls)),
        (
            "Calls to the shop",
            format!("{}, at most {} points", grouped(tally.shop_calls), grouped(tally.shop_points)),
        ),
        ("Bytes of the shop's file", grouped(tally.file_bytes)),
        (
            "Buckets that differed",
            format!("{} of {}", grouped(tally.differing_buckets), grouped(tally.buckets)),
        ),
        ("Customers looked at one by one", grouped(tally.looked_at)),
        ("Of them, on their way or alike by now", grouped(tally.settling + tally.settled)),
        ("Customers that could not be read", grouped(tally.unreadable)),
        ("Links looked for", grouped(tally.links)),
        ("Dead messages sent again", grouped(tally.replayed)),
        ("Synced again because the rules changed", grouped(tally.refreshed)),
    ];
    let rows = rows.map(|(name, value)| format!("<tr><td>{name}</td><td class=\"n\">{value}</td></tr>"));
    format!("<section><h2>What it took</h2><table>{}</table></section>", rows.concat())
}

fn bar(count: u64, most: u64) -> String {
    format!("<div class=\"bar\" style=\"width:{}%\"></div>", count * 100 / most.max(1))
}

/// A number and what so many do: `1 waits`, `2 wait`.
struct Counted<'a>(u64, &'a str, &'a str);

impl Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", grouped(self.0), if self.0 == 1 { self.1 } else { self.2 })
    }
}

/// A text as it may stand in a page.
struct Safe<'a>(&'a str);

impl Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            '"' => f.write_str("&quot;"),
            other => f.write_char(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{differs, report};

    #[test]
    fn s_166_s_167_the_page_says_what_differs_and_asks_nobody_for_anything() {
        let mut run = report(false);
        run.tally.shop_customers = 20_000;
        run.note(7, &differs(Cause::Stale));
        run.waited.push(8);
        run.note(8, &differs(Cause::MergedAway));
        let run = run.ended(End::Whole, "2026-11-25T03:20:07Z".parse().unwrap());
        let page = page(&[run.clone(), run]);
        for words in [
            "2 differ: 1 is synced again, 1 waits for a person.",
            "5 min 7 s",
            "take them apart. 1 of them waited before.",
            "total_spent",
            "20\u{202f}000",
        ] {
            assert!(page.contains(words), "{words}");
        }
        for word in ["http", "<script", "src=", "url("] {
            assert!(!page.contains(word), "{word}");
        }
    }

    #[test]
    fn s_193_the_page_says_which_records_were_merged_and_why_others_were_not() {
        let mut run = report(false);
        run.note_merged(7, &domain::RecordId::new("67"));
        run.note_proposed(8, &[], "414");
        let page = page(&[run.ended(End::Whole, "2026-11-25T03:20:07Z".parse().unwrap())]);
        for words in ["1 merged, 1 a person", "duplicate (merged)", "duplicate (left to a person: 414)"] {
            assert!(page.contains(words), "{words}");
        }
    }

    #[test]
    fn a_clean_night_a_failed_one_and_no_night_at_all_read_differently() {
        let at = "2026-11-25T03:20:07Z".parse().unwrap();
        assert!(page(&[report(false).ended(End::Whole, at)]).contains("Both halves match."));
        let failed = report(false).ended(End::Failed("bulk_not_believed".into()), at);
        let failed = page(&[failed]);
        assert!(failed.contains("Not proven: the run failed (bulk_not_believed)."));
        assert!(!failed.contains("in the shop"), "nothing of it counts");
        assert!(page(&[]).contains("No run yet"));
    }

    #[test]
    fn what_could_be_read_as_html_is_not() {
        let mut run = report(false);
        run.shop = "<b onclick=\"x\">&".into();
        assert!(page(&[run]).contains("&lt;b onclick=&quot;x&quot;&gt;&amp;"));
    }

    #[test]
    fn what_the_run_went_without_is_said_once_and_is_no_html() {
        let mut run = report(false);
        run.remark("the <queue> did not answer".into());
        run.remark("the <queue> did not answer".into());
        assert_eq!(page(&[run]).matches("the &lt;queue&gt; did not answer").count(), 1);
    }
}
