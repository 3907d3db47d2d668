//! The weekly count as a table.

use crate::report::Report;
use crate::weeks::{Balance, Week, balance};
use crate::words::grouped;

/// What a count came to, for a person, and how it is shown.
pub(super) fn verdict(run: &Report) -> (&'static str, String) {
    if run.weeks.is_empty() {
        let why = "By this shop's rules not every order becomes a deal: there is nothing to count.";
        return ("", why.to_owned());
    }
    match balance(&run.weeks) {
        (0, 0) => ("good", "As many deals as orders, in every week.".to_owned()),
        (missing, too_many) => {
            let (missing, too_many, sent) = (grouped(missing), grouped(too_many), grouped(run.tally.queued));
            let words =
                format!("Deals missing: {missing}. Deals too many: {too_many}. Orders synced again: {sent}.");
            ("bad", words)
        }
    }
}

/// Each week with its counts; nothing where none was counted.
pub(super) fn section(run: &Report) -> String {
    if run.weeks.is_empty() {
        return String::new();
    }
    let row = |week: &Week| {
        let (orders, deals) = (grouped(week.orders), grouped(week.deals));
        let cells =
            format!("<td class=\"n\">{orders}</td><td class=\"n\">{deals}</td><td>{}</td>", words(week));
        format!("<tr><td>{}</td>{cells}</tr>", week.from)
    };
    let rows: String = run.weeks.iter().map(row).collect();
    let head = "<tr><th>Week from</th><th class=\"n\">Orders</th><th class=\"n\">Deals</th><th></th></tr>";
    format!("<section><h2>Orders and deals by week</h2><table>{head}{rows}</table></section>")
}

fn words(week: &Week) -> String {
    let said = match week.balance() {
        Balance::Even => String::new(),
        Balance::Missing(count) => format!("{} missing; the week's orders are synced again", grouped(count)),
        Balance::TooMany(count) => {
            format!("{} too many; a person has to look, if they stay", grouped(count))
        }
    };
    match week.nobodys {
        0 => said,
        some => {
            format!("{said} ({} of the orders are of no customer)", grouped(some)).trim_start().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::page;
    use crate::report::{End, Purpose, Report};
    use crate::weeks::tests::week;

    fn counted(weeks: Vec<crate::weeks::Week>) -> String {
        let at = "2026-11-22T06:15:00Z".parse().unwrap();
        let run = Report::begun("demo.myshopify.com", "r-1", Purpose::Count, false, at);
        page(&[Report { weeks, ..run }.ended(End::Whole, at)])
    }

    #[test]
    fn s_194_the_page_has_both_counts_of_each_week() {
        let page = counted(vec![week(1_200, 1_199, 0), week(7, 7, 0), week(5, 6, 1)]);
        for words in [
            "Weekly count",
            "Deals missing: 1. Deals too many: 1. Orders synced again: 0.",
            "<td>2026-11-15</td><td class=\"n\">1\u{202f}200</td><td class=\"n\">1\u{202f}199</td><td>1 missing;",
            "(1 of the orders are of no customer)",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("in the shop"), "no customer was compared");
        assert!(counted(vec![week(7, 7, 0)]).contains("As many deals as orders, in every week."));
    }

    #[test]
    fn s_194_where_orders_become_no_deals_the_page_says_so() {
        assert!(counted(vec![]).contains("there is nothing to count"));
    }
}
