//! What holds for every text and every customer.
#![allow(clippy::expect_used, reason = "a test that cannot go on says so by ending")]

mod customers;

use std::collections::BTreeSet;

use domain::{Customer, Money, Refunds, Rules, SignalName, SignalRule};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use signals::{Condition, Facts, Signals, Text, Truth};

use self::customers::{ada, now};

/// Pieces of which expressions are made, and some of which none is.
const PIECES: &[&str] = &[
    "customer.total_spent",
    "customer.orders_count",
    "customer.tags",
    "customer.refund_count",
    "customer.sms_consent",
    "customer.days_since_last_order",
    "true",
    "1",
    "0.5",
    "9223372036854775807",
    "1e300",
    "\"vip\"",
    "'é",
    "[",
    "]",
    "(",
    ")",
    "&&",
    "||",
    "!",
    "==",
    ">=",
    "in",
    "+",
    "-",
    "*",
    "/",
    "?",
    ":",
    ".",
    ",",
    "has(",
    "size(",
    ".startsWith(",
    "{",
    "\\",
];

fn numbers() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "customer.total_spent",
        "customer.orders_count",
        "customer.refund_count",
        "customer.days_since_last_order",
        "customer.average_order_value",
        "size(customer.tags)",
        "0",
        "0.01",
        "9223372036854775807",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 2, |inner| {
        let operators = prop::sample::select(vec!["+", "-", "*", "/"]);
        (inner.clone(), operators, inner).prop_map(|(one, by, other)| format!("({one} {by} {other})"))
    })
}

fn conditions() -> impl Strategy<Value = String> {
    let orders = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let leaf = (numbers(), orders, numbers()).prop_map(|(one, by, other)| format!("{one} {by} {other}"));
    leaf.prop_recursive(2, 6, 2, |inner| {
        let joins = prop::sample::select(vec!["&&", "||"]);
        (inner.clone(), joins, inner, any::<bool>()).prop_map(|(one, by, other, not)| {
            let not = if not { "!" } else { "" };
            format!("{not}({one} {by} {other})")
        })
    })
}

fn spent(cents: i64) -> Customer {
    Customer { amount_spent: Money { amount: Decimal::new(cents, 2), ..ada().amount_spent }, ..ada() }
}

prop_compose! {
    fn anybody()(
        cents in any::<i64>(),
        orders_count in any::<u64>(),
        tags in vec("[a-z]{0,3}", 0..4),
        refunds in prop::option::of(any::<u64>()),
        last in any::<bool>(),
    ) -> Customer {
        let mut customer = Customer { orders_count, tags, ..spent(cents) };
        customer.refunds = refunds.map(|count| Refunds { count, amount: Money::parse("1.00", "USD").ok() });
        customer.last_order = customer.last_order.filter(|_| last);
        customer
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_fall_over(text in any::<String>()) {
        drop((Condition::parse(&text), Text::parse(&text)));
    }

    #[test]
    fn nothing_like_an_expression_makes_reading_fall_over(
        pieces in vec(prop::sample::select(PIECES), 0..40)
    ) {
        let text = pieces.join(" ");
        if let Err(refused) = Condition::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&refused.at), "{} in {:?}", refused.at, text);
        }
    }

    #[test]
    fn no_customer_makes_a_rule_fall_over(text in conditions(), customer in anybody(), second in any::<i32>()) {
        let now = Timestamp::from_second(i64::from(second)).expect("a moment");
        if let Ok(condition) = Condition::parse(&text) {
            let facts = Facts::of(&customer, now);
            prop_assert_eq!(condition.holds(&facts), condition.holds(&facts));
        }
    }

    /// What is decided without knowing the refunds is decided so whatever they are.
    #[test]
    fn what_is_read_later_never_contradicts(text in conditions(), customer in anybody(), count in any::<u64>()) {
        let Ok(condition) = Condition::parse(&text) else { return Ok(()) };
        let unread = Customer { refunds: None, ..customer.clone() };
        let read = Customer { refunds: Some(Refunds { count, amount: None }), ..customer };
        let before = condition.holds(&Facts::of(&unread, now()));
        let after = condition.holds(&Facts::of(&read, now()));
        prop_assert!(before == Truth::Unknown || before == after, "{}: {:?}, then {:?}", text, before, after);
    }

    /// Between the thresholds nothing changes, and a flag changes only where one of them was crossed.
    #[test]
    fn a_flag_never_flaps(cents in vec(80_000..110_000_i64, 1..60)) {
        let name = SignalName::parse("vip").expect("a name");
        let (enter, leave) = ("customer.total_spent >= 1000.00".to_owned(), "customer.total_spent < 900.00".to_owned());
        let rule = SignalRule::Flag { label: "VIP".to_owned(), enter, leave: Some(leave) };
        let signals = Signals::of(&Rules { signals: [(name, rule)].into(), ..Rules::default() }).expect("it is right");
        let mut on = BTreeSet::new();
        for cents in cents {
            let was_on = !on.is_empty();
            on = signals.read(&Facts::of(&spent(cents), now()), &on).on;
            let should = match cents {
                100_000.. => true,
                90_000..100_000 => was_on,
                _ => false,
            };
            prop_assert_eq!(!on.is_empty(), should, "{} cents", cents);
        }
    }
}
