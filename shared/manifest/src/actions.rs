//! `[actions]`: what is done when a signal goes on, and `[actions.<name>]`: each of them.

use domain::{Act, ActionName, ActionRule, Once, Priority, Rules, SignalName, SignalRule};
use rust_decimal::Decimal;
use signals::{Condition, Mend, Refused, Template};

use crate::table::{Entry, Table};

/// What every action may say.
const COMMON: [&str; 4] = ["on", "do", "live_since", "once"];
/// A year and a day.
const MOST_HOURS: u64 = 366 * 24;

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    for entry in table.entries() {
        if entry.name == "quiet_after_hours" {
            rules.quiet_after_hours = hours(&entry).unwrap_or(rules.quiet_after_hours);
        } else if entry.name == "abandoned_after_minutes" {
            rules.abandoned_after_minutes = minutes(&entry).unwrap_or(rules.abandoned_after_minutes);
        } else if let Some((name, rule)) = action(&entry, rules) {
            rules.actions.insert(name, rule);
        }
    }
    if rules.actions.len() > Rules::MAX_ACTIONS {
        let found = format!("has {} actions", rules.actions.len());
        table.wrong("", &found, &format!("take out some: there may be {}", Rules::MAX_ACTIONS));
    }
}

fn action(entry: &Entry<'_>, rules: &Rules) -> Option<(ActionName, ActionRule)> {
    let name = ActionName::parse(entry.name);
    if name.is_none() {
        entry.wrong_key(
            "is no action's name",
            "write small letters, digits and _ only, a letter first, at most 50",
        );
    }
    let table = entry.table()?;
    let on = table.required("on", "name the signal that it is done for").and_then(|on| signal(&on, rules));
    let since = "say from when on: what happened before is not acted on, such as 2026-12-01";
    let live_since = table.required("live_since", since).and_then(|entry| entry.moment());
    let once = Once::ALL.map(|once| (once.name(), once));
    let once = table.get("once").map_or(Some(Once::default()), |entry| entry.choice(once));
    let act = act(&table);
    if let (Some(on), Some(act)) = (on, &act) {
        fits(&table, on, act, rules);
    }
    // With a mistake in it no rulebook comes out, so what stands in for it is never done; its signal leads to it all the same.
    let act = act.unwrap_or(Act::Note { lines: vec![] });
    let (live_since, once) = (live_since.unwrap_or_default(), once.unwrap_or_default());
    Some((name?, ActionRule { on: on?, live_since, once, act }))
}

fn signal(entry: &Entry<'_>, rules: &Rules) -> Option<SignalName> {
    let text = entry.words()?;
    let flags = rules.signals.iter().filter(|(_, rule)| matches!(rule, SignalRule::Flag { .. }));
    let flags: Vec<_> = flags.map(|(name, _)| *name).collect();
    let found = flags.iter().find(|name| name.as_str() == text).copied();
    if found.is_none() {
        let known = flags.iter().map(|name| name.as_str());
        entry.wrong_word("is no signal that goes on or off", text, known);
    }
    found
}

fn act(table: &Table<'_>) -> Option<Act> {
    type Read = fn(&Table<'_>) -> Option<Act>;
    let kinds: [(&'static str, (&'static [&'static str], Read)); 8] = [
        ("task", (&["subject", "lines", "priority", "due_in_hours"], task)),
        ("note", (&["lines"], |table| Some(Act::Note { lines: lines(table)? }))),
        ("message", (&["channel", "title", "lines"], message)),
        ("segment", (&["segment"], |table| Some(Act::Segment { name: segment(table)? }))),
        ("score", (&["points"], score)),
        ("discount", (&["code_begins", "percent", "valid_days"], discount)),
        ("invitation", (&["to"], |table| Some(Act::Invitation { to: text(table, "to")? }))),
        ("deal", (&["name", "stage"], deal)),
    ];
    let kind = table.required("do", "say what is done, such as \"task\"")?;
    let (own, read) = kind.choice(kinds)?;
    let known: Vec<_> = COMMON.iter().chain(own).copied().collect();
    table.only(&known);
    read(table)
}

fn task(table: &Table<'_>) -> Option<Act> {
    let priorities = [("high", Priority::High), ("medium", Priority::Medium), ("low", Priority::Low)];
    let priority = table.get("priority").map_or(Some(Priority::Medium), |entry| entry.choice(priorities));
    let due_in_hours = table.get("due_in_hours").map_or(Some(72), |entry| hours(&entry));
    let (subject, lines) = (template(table, "subject"), lines(table));
    Some(Act::Task { subject: subject?, lines: lines?, priority: priority?, due_in_hours: due_in_hours? })
}

fn message(table: &Table<'_>) -> Option<Act> {
    let channel = text(table, "channel");
    let (title, lines) = (template(table, "title"), lines(table));
    Some(Act::Message { channel: channel?, title: title?, lines: lines? })
}

/// The segments of a customer stand in one field, with something between them that no name has.
fn segment(table: &Table<'_>) -> Option<String> {
    let name = text(table, "segment")?;
    if name.contains([';', '\\']) {
        table.wrong("segment", "has a ; or a \\ in it", "write the segment's name without");
        return None;
    }
    Some(name)
}

fn score(table: &Table<'_>) -> Option<Act> {
    let entry = table.required("points", "say how many, such as 25 or -10")?;
    let points = entry.integer().filter(|points| points.unsigned_abs() <= 1_000 && *points != 0);
    if points.is_none() {
        entry.misshapen("write a whole number from -1000 to 1000, and not 0");
    }
    Some(Act::Score { points: i32::try_from(points?).ok()? })
}

fn discount(table: &Table<'_>) -> Option<Act> {
    let begins = table.required("code_begins", "say what the code begins with, such as \"VIP\"")?;
    let prefix = begins.words().filter(|text| is_code(text));
    if prefix.is_none() {
        begins.misshapen("write 1 to 12 capital letters and digits");
    }
    let percent = table.required("percent", "say how many hundredths are taken off, such as 10")?;
    let hundredths = percent.count().filter(|percent| (1..=100).contains(percent));
    if hundredths.is_none() {
        percent.misshapen("write a whole number from 1 to 100");
    }
    let days = table.get("valid_days").map_or(Some(30), |entry| {
        let days = entry.count().filter(|days| (1..=366).contains(days));
        if days.is_none() {
            entry.misshapen("write a whole number of days from 1 to 366");
        }
        days
    });
    let valid_days = u32::try_from(days?).ok()?;
    Some(Act::Discount { prefix: prefix?.to_owned(), percent: Decimal::from(hundredths?), valid_days })
}

fn is_code(text: &str) -> bool {
    text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn deal(table: &Table<'_>) -> Option<Act> {
    let (name, stage) = (template(table, "name"), text(table, "stage"));
    Some(Act::Deal { name: name?, stage: stage? })
}

fn text(table: &Table<'_>, key: &str) -> Option<String> {
    const LONGEST: usize = 100;
    let entry = table.required(key, "say it in words, between quotes")?;
    let words = entry.words()?;
    if words.chars().count() > LONGEST || words.chars().any(char::is_control) {
        entry.misshapen("write at most 100 letters in one line");
        return None;
    }
    Some(words.to_owned())
}

fn template(table: &Table<'_>, key: &str) -> Option<String> {
    let words = text(table, key)?;
    let entry = table.get(key)?;
    is_right(&entry, Template::parse(&words)).then_some(words)
}

fn lines(table: &Table<'_>) -> Option<Vec<String>> {
    const MOST: usize = 20;
    const LONGEST: usize = 500;
    let Some(entry) = table.get("lines") else { return Some(vec![]) };
    let list = entry.list()?;
    if list.len() > MOST {
        entry.misshapen("write at most 20 lines");
        return None;
    }
    let line = |entry: &Entry<'_>| {
        let words = entry.words()?;
        if words.chars().count() > LONGEST {
            entry.misshapen("write at most 500 letters");
            return None;
        }
        is_right(entry, Template::parse(words)).then(|| words.to_owned())
    };
    list.iter().map(line).collect()
}

fn hours(entry: &Entry<'_>) -> Option<u32> {
    let hours = entry.count().filter(|hours| (1..=MOST_HOURS).contains(hours));
    if hours.is_none() {
        entry.misshapen("write a whole number of hours from 1 to 8784");
    }
    u32::try_from(hours?).ok()
}

fn minutes(entry: &Entry<'_>) -> Option<u32> {
    let minutes = entry.count().filter(|minutes| (10..=7 * 24 * 60).contains(minutes));
    if minutes.is_none() {
        entry.misshapen("write a whole number of minutes from 10 to 10080");
    }
    u32::try_from(minutes?).ok()
}

fn is_right(entry: &Entry<'_>, read: Result<Template, Refused>) -> bool {
    let Err(Refused { at, found, mend }) = read else { return true };
    let found = format!("at letter {at} {found}");
    match mend {
        Mend::Words(words) => entry.wrong(&found, words),
        Mend::OneOf { written, known } => entry.wrong_word(&found, &written, known.into_iter()),
    }
    false
}

/// What speaks of an order is done for a signal of orders, and what stands on the contact for one that does.
fn fits(table: &Table<'_>, on: SignalName, act: &Act, rules: &Rules) {
    let of_order = is_of_orders(rules, on);
    if of_order && act.stands() {
        let mend = "name a signal of the customer: an order is true for a moment and goes neither on nor off";
        table.wrong("on", "is a signal of orders, and this stands on the contact while a signal is on", mend);
    }
    let of = |text: &String| Template::parse(text).is_ok_and(|template| template.is_of_order());
    let speaks_of_order = match act {
        Act::Task { subject, lines, .. } => of(subject) || lines.iter().any(of),
        Act::Note { lines } => lines.iter().any(of),
        Act::Message { title, lines, .. } => of(title) || lines.iter().any(of),
        Act::Deal { name, .. } => of(name),
        _ => false,
    };
    if speaks_of_order && !of_order {
        let mend = "leave the order out, or name a signal that asks for a fact of the order";
        table.wrong("on", "is a signal of the customer, and the text speaks of an order", mend);
    }
}

fn is_of_orders(rules: &Rules, signal: SignalName) -> bool {
    let enter = match rules.signals.get(&signal) {
        Some(SignalRule::Flag { enter, .. }) => Condition::parse(enter).ok(),
        _ => None,
    };
    enter.is_some_and(|condition| condition.is_of_order())
}

/// A signal that leads to nothing is noise for whoever reads it (S-113). What a signal with a text leads to stands in its
/// own `use`.
pub(crate) fn each_signal_has_one(root: &Table<'_>, rules: &Rules) {
    let signals = root.get("signals").and_then(|entry| entry.table());
    for entry in signals.iter().flat_map(Table::entries) {
        let Some(name) = SignalName::parse(entry.name).ok() else { continue };
        let is_flag = matches!(rules.signals.get(&name), Some(SignalRule::Flag { .. }));
        if is_flag && !rules.actions.values().any(|action| action.on == name) {
            let on = name.as_str();
            let mend = format!("add an action with on = \"{on}\", such as a task, a segment or a score");
            entry.wrong_key("leads to no action", &mend);
        }
    }
}
