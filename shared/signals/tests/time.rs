//! When what the signals say changes although nothing happens.
#![allow(clippy::expect_used, reason = "a test that cannot go on says so by ending")]

mod customers;

use std::collections::BTreeSet;

use domain::{Customer, Rules, SignalName, SignalRule, SignalState};
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use signals::{Condition, Facts, Reading, Signals};

use self::customers::{ada, now};

const CLOCKS: [&str; 3] =
    ["customer.days_since_last_order", "customer.tenure_days", "customer.days_since_abandoned_checkout"];
const DAY: i64 = 24 * 60 * 60;

fn name(text: &str) -> SignalName {
    SignalName::parse(text).expect("a name")
}

/// Comparisons of days with a number, whichever stands first, with a fraction or without.
fn conditions() -> impl Strategy<Value = String> {
    let orders = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let days = prop_oneof![(-2..8i64).prop_map(|days| days.to_string()), Just("2.5".to_owned())];
    let leaf = (prop::sample::select(CLOCKS.to_vec()), orders, days, any::<bool>()).prop_map(
        |(fact, by, days, first)| {
            if first { format!("{fact} {by} {days}") } else { format!("{days} {by} {fact}") }
        },
    );
    leaf.prop_recursive(2, 6, 2, |inner| {
        let joins = prop::sample::select(vec!["&&", "||"]);
        (inner.clone(), joins, inner, any::<bool>()).prop_map(|(one, by, other, not)| {
            let not = if not { "!" } else { "" };
            format!("{not}({one} {by} {other})")
        })
    })
}

fn signals(enter: &[String], leave: Option<&String>, value: &str) -> Signals {
    let mut rules = Rules { signals: [].into(), ..Rules::default() };
    for (number, enter) in enter.iter().enumerate() {
        let (label, leave) = (number.to_string(), leave.cloned());
        let rule = SignalRule::Flag { label, enter: enter.clone(), leave };
        rules.signals.insert(name(&format!("flag_{number}")), rule);
    }
    let value = format!("{value} ? \"one\" : \"other\"");
    rules.signals.insert(name("tier"), SignalRule::Valued { value });
    Signals::of(&rules).expect("they are right")
}

fn somebody(ordered: Option<i64>, known: i64) -> Customer {
    let mut customer = ada();
    customer.created_at = now() - SignedDuration::from_secs(known);
    customer.last_order = customer.last_order.take().zip(ordered).map(|(order, ago)| domain::OrderSummary {
        processed_at: now() - SignedDuration::from_secs(ago),
        ..order
    });
    customer
}

fn left(ago: Option<i64>) -> SignalState {
    let abandoned_at = ago.map(|ago| now() - SignedDuration::from_secs(ago));
    SignalState { abandoned_at, ..SignalState::default() }
}

fn at<'a>(customer: &'a Customer, state: &SignalState, moment: Timestamp) -> Facts<'a> {
    Facts::of(customer, moment).remembering(state)
}

fn differs(one: &Reading, other: &Reading) -> bool {
    (&one.on, &one.values) != (&other.on, &other.values)
}

proptest! {
    #[test]
    fn s_117_nothing_changes_before_the_next_change_and_something_does_at_it(
        enter in vec(conditions(), 1..4),
        leave in prop::option::of(conditions()),
        value in conditions(),
        ordered in prop::option::of(0..9 * DAY),
        known in 0..9 * DAY,
        abandoned in prop::option::of(0..9 * DAY),
        moments in vec(0..12 * DAY, 1..30),
    ) {
        let signals = signals(&enter, leave.as_ref(), &value);
        let (customer, state) = (somebody(ordered, known), left(abandoned));
        let facts = at(&customer, &state, now());
        let reading = signals.read(&facts, &BTreeSet::new());
        let change = signals.next_change(&facts, &reading);
        let then = |moment| signals.read(&at(&customer, &state, moment), &reading.on);
        if let Some(change) = change {
            prop_assert!(change > now());
            prop_assert!(differs(&then(change), &reading), "nothing changes at {change}");
            let just_before = change - SignedDuration::from_millis(1);
            prop_assert!(!differs(&then(just_before.max(now())), &reading), "it changed before {change}");
        }
        let is_before = |moment: &Timestamp| change.is_none_or(|change| *moment < change);
        let moments = moments.into_iter().map(|ahead| now() + SignedDuration::from_secs(ahead));
        for moment in moments.filter(is_before) {
            prop_assert!(!differs(&then(moment), &reading), "{moment} is before {change:?}");
        }
    }

    /// Who looks only when something is due sees every flag as it is at every end of a second.
    #[test]
    fn s_117_who_looks_when_it_is_due_misses_nothing(enter in conditions(), ordered in 0..9 * DAY, seconds in 0..12 * DAY) {
        let signals = signals(std::slice::from_ref(&enter), None, "true");
        let (customer, state) = (somebody(Some(ordered), 0), left(None));
        let end = now() + SignedDuration::from_secs(seconds);
        let mut moment = now();
        let mut reading = signals.read(&at(&customer, &state, moment), &BTreeSet::new());
        while let Some(due) = signals.next_change(&at(&customer, &state, moment), &reading).filter(|due| *due <= end) {
            moment = due;
            reading = signals.read(&at(&customer, &state, moment), &reading.on);
        }
        let alone = Condition::parse(&enter).expect("it is right").holds(&at(&customer, &state, end));
        prop_assert_eq!(!reading.on.is_empty(), alone == signals::Truth::True, "{} at {}", enter, end);
    }
}

#[test]
fn s_117_the_usual_signals_change_on_the_ninety_first_day_and_after_fourteen_of_a_checkout() {
    let usual = Signals::of(&Rules::default()).expect("the usual rules are right");
    let change = |customer: &Customer, state: &SignalState| {
        let facts = at(customer, state, now());
        usual.next_change(&facts, &usual.read(&facts, &BTreeSet::new()))
    };
    let days = |days: i64| now() + SignedDuration::from_secs(days * DAY);
    assert_eq!(change(&somebody(Some(DAY), DAY), &left(None)), Some(days(90)));
    assert_eq!(
        change(&somebody(Some(91 * DAY), DAY), &left(None)),
        None,
        "it is on, and time never takes it away"
    );
    assert_eq!(change(&somebody(None, DAY), &left(Some(DAY))), Some(days(13)));
    assert_eq!(change(&somebody(Some(DAY), DAY), &left(Some(0))), Some(days(14)), "what comes first");
    assert_eq!(change(&somebody(Some(0), DAY), &left(Some(DAY))), Some(days(91)), "ordered since");
    assert_eq!(change(&somebody(None, DAY), &left(None)), None);
}

#[test]
fn days_that_go_by_are_compared_with_a_number_and_never_calculated_with() {
    let days = "customer.days_since_last_order";
    for text in [
        format!("{days} + 1 > 90"),
        format!("-{days} < -90"),
        format!("{days} * 2 > customer.orders_count"),
        format!("{days} > customer.orders_count"),
        format!("customer.tenure_days > {days}"),
        format!("{days} == customer.orders_count"),
        format!("({days} > 9 ? {days} : 1) > 1"),
    ] {
        let refused = Condition::parse(&text).expect_err(&text);
        assert!(refused.found.contains("days that go by"), "{text}: {refused:?}");
    }
    for text in [format!("{days} > 90"), format!("90.5 < {days}"), format!("!({days} == 3) || has({days})")] {
        assert!(Condition::parse(&text).is_ok(), "{text}");
    }
}
