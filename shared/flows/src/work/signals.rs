//! What the signals say goes into the wish, and which of them are on is remembered. Pure.

use std::collections::BTreeSet;

use domain::{Customer, Desired, Field, Rules, SignalName, Value};
use jiff::Timestamp;
use signals::{Facts, Reading, Signals};

/// The flags that are on.
pub(super) type Flags = BTreeSet<SignalName>;

/// The wish with what the signals say of the customer at `now`; and the flags that are on then, of which those in `were`
/// were on before. A text that cannot be told is no part of the wish, so it stays as it is.
pub(super) fn signalled(
    mut wish: Desired,
    customer: &Customer,
    signals: &Signals,
    were: &Flags,
    rules: &Rules,
    now: Timestamp,
) -> (Desired, Flags) {
    let Reading { on, labels, values } = signals.read(&Facts::of(customer, now), were);
    if rules.writes(Field::Signals) {
        wish.fields.insert(Field::Signals, list(labels));
    }
    wish.fields.extend(values.into_iter().map(|(name, value)| (Field::Signal(name), value)));
    (wish, on)
}

fn list(labels: Vec<String>) -> Value {
    if labels.is_empty() { Value::Empty } else { Value::List(labels) }
}
