//! What the signals say goes into the wish, and what they are looked at with the next time is remembered. Pure.

use std::collections::BTreeSet;

use domain::{Act, ActionRule, Customer, Desired, Field, Rules, SignalName, SignalState, Value};
use jiff::Timestamp;
use rust_decimal::Decimal;
use signals::{Facts, Reading, Signals};

/// The wish with what the signals say of the customer, and what they are looked at with the next time. A text that cannot
/// be told is no part of the wish, so it stays as it is. `were` is what the time before left, with what is news in it.
pub(super) fn signalled(
    mut wish: Desired,
    facts: &Facts<'_>,
    signals: &Signals,
    were: &SignalState,
    rules: &Rules,
    now: Timestamp,
) -> (Desired, SignalState) {
    let reading = signals.read(facts, &were.on());
    let due_at = signals.next_change(facts, &reading);
    let Reading { on, labels, values } = reading;
    let stand = [
        (Field::Signals, Some(list(labels))),
        (Field::Segments, segments(rules, &on)),
        (Field::Score, score(rules, &on)),
    ];
    let stand = stand.into_iter().filter_map(|(field, value)| Some((field, value?)));
    wish.fields.extend(stand.filter(|(field, _)| rules.writes(*field)));
    wish.fields.extend(values.into_iter().map(|(name, value)| (Field::Signal(name), value)));
    let looked_at = looked_at(were, rules, now);
    (wish, SignalState { looked_at, due_at, ..were.clone().with(&on) })
}

/// When they were looked at matters beside the moments since when actions are live, so it only moves past such a one.
fn looked_at(were: &SignalState, rules: &Rules, now: Timestamp) -> Option<Timestamp> {
    let newest = rules.actions.values().map(|rule| rule.live_since).filter(|since| *since <= now).max();
    let before = were.looked_at.filter(|at| newest.is_none_or(|since| *at >= since));
    before.or(Some(now))
}

fn list(words: Vec<String>) -> Value {
    if words.is_empty() { Value::Empty } else { Value::List(words) }
}

/// Nothing where no action is of segments: then the field is not ours to clear.
fn segments(rules: &Rules, on: &BTreeSet<SignalName>) -> Option<Value> {
    let named = |rule: &ActionRule| match &rule.act {
        Act::Segment { name } => Some((name.clone(), on.contains(&rule.on))),
        _ => None,
    };
    let all: Vec<_> = rules.actions.values().filter_map(named).collect();
    let are: BTreeSet<_> = all.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| name.clone()).collect();
    (!all.is_empty()).then(|| list(are.into_iter().collect()))
}

fn score(rules: &Rules, on: &BTreeSet<SignalName>) -> Option<Value> {
    let points = |rule: &ActionRule| match rule.act {
        Act::Score { points } => Some(if on.contains(&rule.on) { points } else { 0 }),
        _ => None,
    };
    let all: Vec<_> = rules.actions.values().filter_map(points).collect();
    (!all.is_empty()).then(|| Value::Number(Decimal::from(all.iter().map(|n| i64::from(*n)).sum::<i64>())))
}

/// Of this customer, with all that is remembered of them.
pub(super) fn facts<'a>(
    customer: &'a Customer,
    were: &SignalState,
    median: Option<Decimal>,
    now: Timestamp,
) -> Facts<'a> {
    Facts::of(customer, now).remembering(were).with_median(median)
}
