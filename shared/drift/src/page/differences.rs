//! Who differs: why, in which fields, and some of them one by one.

use super::Safe;
use crate::cause::Cause;
use crate::report::{Example, Report};
use crate::words::{grouped, then};

/// So many fields are shown.
const FIELDS: usize = 10;

pub(super) fn causes(run: &Report) -> String {
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

pub(super) fn fields(run: &Report) -> String {
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

pub(super) fn examples(run: &Report) -> String {
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

fn bar(count: u64, most: u64) -> String {
    format!("<div class=\"bar\" style=\"width:{}%\"></div>", count * 100 / most.max(1))
}
