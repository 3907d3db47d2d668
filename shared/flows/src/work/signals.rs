//! What the signals say goes into the wish, and which of them are on is remembered. Pure.

use domain::{Customer, Desired, Field, Rules, SignalState, Value};
use jiff::Timestamp;
use signals::{Facts, Reading, Signals};

/// The wish with what the signals say of the customer at `now`; and what they are looked at with the next time, as `were` is
/// what the time before left. A text that cannot be told is no part of the wish, so it stays as it is.
pub(super) fn signalled(
    mut wish: Desired,
    customer: &Customer,
    signals: &Signals,
    were: &SignalState,
    rules: &Rules,
    now: Timestamp,
) -> (Desired, SignalState) {
    let Reading { on, labels, values } = signals.read(&Facts::of(customer, now), &were.on());
    if rules.writes(Field::Signals) {
        wish.fields.insert(Field::Signals, list(labels));
    }
    wish.fields.extend(values.into_iter().map(|(name, value)| (Field::Signal(name), value)));
    (wish, were.clone().with(&on))
}

fn list(labels: Vec<String>) -> Value {
    if labels.is_empty() { Value::Empty } else { Value::List(labels) }
}
