//! The runs as one HTML page: no script, nothing from elsewhere, nothing about a person.

mod differences;
mod head;
mod trend;
mod weeks;

use std::fmt::{self, Display, Write as _};

use crate::report::{Purpose, Report, Values};
use crate::words::{grouped, lasted};

const CSS: &str = include_str!("page.css");

/// The page of a shop's runs, the newest first; of the newest everything, of the others how much differed.
pub fn page(runs: &[Report]) -> String {
    let Some(newest) = runs.first() else {
        return document("Counterfoil", "<h1>No run yet</h1><p>The first one begins at night.</p>");
    };
    let title = format!("{}: nightly proof", newest.shop);
    let parts = [
        head::section(newest),
        figures(newest),
        weeks::section(newest),
        trend::section(runs),
        differences::causes(newest),
        differences::fields(newest),
        values(newest),
        differences::examples(newest),
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
    use crate::cause::Cause;
    use crate::report::End;
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
