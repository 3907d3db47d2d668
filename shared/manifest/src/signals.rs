//! `[signals.<name>]`: what is said of a customer beyond the figures.

use domain::{InvalidName, Rules, SignalName, SignalRule};
use signals::{Condition, Fact, Mend, Refused, Text};

use crate::fields::purpose;
use crate::table::{Entry, Table};

const KEYS: [&str; 5] = ["label", "enter", "leave", "value", "use"];

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    for entry in table.entries() {
        if let Some((name, rule)) = signal(&entry, rules) {
            rules.signals.insert(name, rule);
        }
        if rules.signals.len() > Rules::MAX_SIGNALS {
            let found = format!("is one more than the {} signals that there may be", Rules::MAX_SIGNALS);
            entry.wrong_key(&found, "take out those that nobody acts on");
            return;
        }
    }
}

fn signal(entry: &Entry<'_>, rules: &Rules) -> Option<(SignalName, SignalRule)> {
    let name = name(entry);
    let table = entry.table()?;
    table.only(&KEYS);
    let before = name.and_then(|name| rules.signals.get(&name));
    purpose(&table, before.is_some());
    let rule = match (table.get("value"), before) {
        (Some(value), _) => valued(&table, &value),
        (None, Some(SignalRule::Valued { .. })) if !is_flag(&table) => before.cloned(),
        (None, before) => flag(&table, before),
    }?;
    is_of_one_kind(&table, &rule);
    let rule = has_a_label_of_its_own(&table, name, &rule, rules).then_some(rule)?;
    Some((name?, rule))
}

fn name(entry: &Entry<'_>) -> Option<SignalName> {
    match SignalName::parse(entry.name) {
        Ok(name) => return Some(name),
        Err(InvalidName::Shape) => {
            let mend = "write small letters, digits and _ only, a letter first, at most 50";
            entry.wrong_key("is no signal's name", mend);
        }
        Err(InvalidName::Taken) => {
            let mend = "choose another name: whom a contact belongs to and how it is worked on is for people";
            entry.wrong_key("is the name of something that is the CRM's", mend);
        }
    }
    None
}

fn is_flag(table: &Table<'_>) -> bool {
    ["label", "enter", "leave"].iter().any(|key| table.get(key).is_some())
}

/// It has a text, and is never on or off.
fn valued(table: &Table<'_>, value: &Entry<'_>) -> Option<SignalRule> {
    for key in ["label", "enter", "leave"] {
        if let Some(other) = table.get(key) {
            let mend = "a signal has a label and goes on and off, or it has a value: make two of it";
            other.wrong_key("is beside a `value`", mend);
        }
    }
    let text = value.words()?;
    is_right(value, Text::parse(text).map(drop)).then(|| SignalRule::Valued { value: text.to_owned() })
}

/// What a shop's own section leaves out is as it was, but a new `enter` has its own `leave` or none.
fn flag(table: &Table<'_>, before: Option<&SignalRule>) -> Option<SignalRule> {
    let Some(SignalRule::Flag { label, enter, leave }) = before else {
        let label = table.required("label", "say what people read, such as \"VIP Buyer\"");
        let enter = table.required("enter", "say when it goes on, such as \"customer.orders_count >= 2\"");
        let (label, enter) =
            (label.and_then(|entry| self::label(&entry)), enter.and_then(|entry| condition(&entry)));
        let leave = table.get("leave").map(|entry| condition(&entry));
        return Some(SignalRule::Flag {
            label: label?,
            enter: enter?,
            leave: leave.map_or(Some(None), |it| it.map(Some))?,
        });
    };
    let own = |key: &str, read: fn(&Entry<'_>) -> Option<String>| table.get(key).map(|entry| read(&entry));
    let (own_label, own_enter, own_leave) =
        (own("label", self::label), own("enter", condition), own("leave", condition));
    let former = leave.clone().filter(|_| own_enter.is_none());
    Some(SignalRule::Flag {
        label: own_label.unwrap_or_else(|| Some(label.clone()))?,
        enter: own_enter.unwrap_or_else(|| Some(enter.clone()))?,
        leave: own_leave.map_or(Some(former), |it| it.map(Some))?,
    })
}

/// The labels of a customer stand in one field, with something between them that no label has.
fn label(entry: &Entry<'_>) -> Option<String> {
    const LONGEST: usize = 50;
    let words = entry.words()?;
    if words.chars().count() > LONGEST || words.contains([';', '\\']) || words.chars().any(char::is_control) {
        entry.misshapen("write at most 50 letters in one line, without ; and \\");
        return None;
    }
    Some(words.to_owned())
}

fn condition(entry: &Entry<'_>) -> Option<String> {
    let text = entry.words()?;
    is_right(entry, Condition::parse(text).map(drop)).then(|| text.to_owned())
}

fn is_right(entry: &Entry<'_>, read: Result<(), Refused>) -> bool {
    let Err(Refused { at, found, mend }) = read else { return true };
    let found = format!("at letter {at} {found}");
    match mend {
        Mend::Words(words) => entry.wrong(&found, words),
        Mend::OneOf { written, known } => entry.wrong_word(&found, &written, known.into_iter()),
    }
    false
}

/// A signal of orders is true of one or not: it has no state to leave, and no field.
fn is_of_one_kind(table: &Table<'_>, rule: &SignalRule) {
    let asks = |text: &str| Condition::parse(text).is_ok_and(|condition| condition.is_of_order());
    match rule {
        SignalRule::Flag { enter, leave: Some(leave), .. } if asks(enter) || asks(leave) => {
            let mend = "leave it out: a signal that asks for an order is true of one or not";
            table.wrong("leave", "is there for a signal of orders", mend);
        }
        SignalRule::Valued { value } => {
            let facts = Text::parse(value).map(|text| text.facts()).unwrap_or_default();
            if facts.into_iter().any(Fact::is_of_order) {
                table.wrong("value", "asks for an order", "ask for what is known of the customer");
            }
        }
        SignalRule::Flag { .. } => {}
    }
}

/// Two flags of one label could not be told apart.
fn has_a_label_of_its_own(
    table: &Table<'_>,
    name: Option<SignalName>,
    rule: &SignalRule,
    rules: &Rules,
) -> bool {
    let SignalRule::Flag { label, .. } = rule else { return true };
    let is_same = |(other, rule): (&SignalName, &SignalRule)| {
        Some(*other) != name && matches!(rule, SignalRule::Flag { label: taken, .. } if taken == label)
    };
    let is_taken = rules.signals.iter().any(is_same);
    if is_taken {
        table.wrong("label", "is the label of another signal too", "give each a label of its own");
    }
    !is_taken
}
