//! What people read: texts with facts in them, and why a signal says what it says.
#![allow(clippy::expect_used, reason = "a test that cannot go on says so by ending")]

mod customers;

use std::collections::BTreeSet;

use domain::{Money, Order, OrderId, Refunds, Rules, SignalName, SignalRule};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use signals::{Explained, Fact, Facts, Mend, Part, Signals, Template};

use self::customers::{ada, now};

fn filled(text: &str) -> String {
    Template::parse(text).expect(text).filled(&Facts::of(&ada(), now()))
}

fn order(total: &str, financial: Option<&str>) -> Order {
    let at: Timestamp = "2026-11-20T09:00:00Z".parse().expect("a moment");
    Order {
        id: OrderId::new(11),
        name: "#1003".into(),
        updated_at: at,
        processed_at: at,
        cancelled_at: None,
        is_test: false,
        total: Money::parse(total, "USD").expect("money"),
        financial: financial.map(str::to_owned),
        fulfilment: "PARTIALLY_FULFILLED".into(),
        refunds: vec![],
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_template_fall_over(text in any::<String>()) {
        if let Err(refused) = Template::parse(&text) {
            prop_assert!((1..=text.chars().count()).contains(&refused.at), "{} in {:?}", refused.at, text);
        }
    }

    #[test]
    fn nothing_like_a_template_makes_one_fall_over(
        pieces in vec(prop::sample::select(vec!["{", "}", "{{", "}}", "é", " ", "customer.tags", "order.name", "x"]), 0..20)
    ) {
        let text: String = pieces.concat();
        match Template::parse(&text) {
            Ok(template) => drop(template.filled(&Facts::of(&ada(), now()))),
            Err(refused) => prop_assert!((1..=text.chars().count()).contains(&refused.at), "{:?}", text),
        }
    }

    /// Whatever is written with its braces doubled is read as it was.
    #[test]
    fn doubled_braces_are_braces(text in any::<String>()) {
        let doubled = text.replace('{', "{{").replace('}', "}}");
        prop_assert_eq!(filled(&doubled), text);
    }

    /// What a fact says is never read as a template again.
    #[test]
    fn what_a_customer_is_tagged_with_is_told_as_it_is(tag in "[{}a-z.<>&]{0,30}") {
        let mut customer = ada();
        customer.tags = vec![tag.clone(), "{customer.total_spent}".to_owned()];
        let template = Template::parse("{customer.tags}!").expect("it is right");
        let said = template.filled(&Facts::of(&customer, now()));
        prop_assert_eq!(said, format!("{tag}, {{customer.total_spent}}!"));
    }
}

#[test]
fn facts_stand_in_a_text_as_a_person_writes_them() {
    for (text, said) in [
        ("{customer.orders_count} orders", "3 orders"),
        ("{customer.total_spent} {customer.currency}", "149.70 USD"),
        ("{customer.average_order_value}", "49.90"),
        ("{ customer.tags }", "vip, b2b"),
        ("{customer.days_since_last_order} days", "91 days"),
        ("{customer.sms_consent}", "none"),
        ("{customer.refund_count}", "unknown"),
        ("{customer.has_company}", "unknown"),
        ("{{customer.tags}}", "{customer.tags}"),
        ("{order.name}", "unknown"),
        ("", ""),
    ] {
        assert_eq!(filled(text), said, "{text}");
    }
}

#[test]
fn a_template_that_cannot_be_read_is_refused_with_its_place() {
    for (text, at) in
        [("a {", 3), ("é } b", 3), ("{customer.tags", 1), ("{{ {", 4), ("{}}", 1), ("x {customer.tag}", 3)]
    {
        assert_eq!(Template::parse(text).expect_err(text).at, at, "{text}");
    }
    let refused = Template::parse("{customer.spent}").expect_err("no fact");
    let Mend::OneOf { written, known } = refused.mend else { unreachable!("a name can be mended") };
    assert!(written == "customer.spent" && known.len() == Fact::ALL.len());
}

#[test]
fn s_119_a_signal_of_orders_looks_at_each_order_and_stands_on_no_contact() {
    let name = |text: &str| SignalName::parse(text).expect("a name");
    let flag =
        |label: &str, enter: &str| SignalRule::Flag { label: label.into(), enter: enter.into(), leave: None };
    let rules = Rules {
        signals: [
            (name("great"), flag("Great", "order.total > 500.00 && !order.is_cancelled")),
            (name("unpaid"), flag("Unpaid", "order.payment != \"paid\"")),
            (name("great_for_a_vip"), flag("Both", "order.total > 500.00 && \"vip\" in customer.tags")),
            (name("sent"), flag("Sent", "order.fulfilment.contains(\"fulfilled\") && has(order.payment)")),
            (name("vip"), flag("VIP", "\"vip\" in customer.tags")),
        ]
        .into(),
        ..Rules::default()
    };
    let signals = Signals::of(&rules).expect("they are right");
    let ada = ada();
    let facts = Facts::of(&ada, now());
    let of = |order: &Order| signals.of_order(&facts.with_order(order));
    assert!(signals.ask_of_orders());
    assert_eq!(of(&order("500.00", Some("PAID"))), [name("sent")]);
    assert_eq!(of(&order("500.01", Some("PAID"))), ["great", "great_for_a_vip", "sent"].map(name));
    assert_eq!(of(&order("500.01", Some("PENDING"))).len(), 4);
    assert_eq!(of(&order("1.00", None)), [], "no payment is not another payment");
    let cancelled = Order { cancelled_at: Some(now()), ..order("900.00", Some("PAID")) };
    assert!(!of(&cancelled).contains(&name("great")));
    assert_eq!(signals.of_order(&facts), [], "without an order nothing is true of it");
    assert_eq!(signals.read(&facts, &BTreeSet::new()).labels, ["VIP"]);
}

#[test]
fn s_055_a_signal_tells_why_it_says_what_it_says() {
    let signals = Signals::of(&Rules::default()).expect("the usual rules are right");
    let mut customer = ada();
    customer.amount_spent = Money::parse("950.00", "USD").expect("money");
    customer.refunds = Some(Refunds { count: 1, amount: None });
    let vip = SignalName::parse("vip_buyer").expect("a name");
    let all = signals.explain(&Facts::of(&customer, now()), &BTreeSet::from([vip]));
    let of = |text: &str| all.iter().find(|one| one.signal.as_str() == text).cloned();
    let saw = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    let say = |text: &str| Some(text.to_owned());
    let expected = Explained {
        signal: vip,
        was: say("VIP Buyer"),
        is: "VIP Buyer".to_owned(),
        expressions: vec![
            (Part::Enter, "customer.total_spent >= 1000.00".to_owned()),
            (Part::Leave, "customer.total_spent < 900.00".to_owned()),
        ],
        saw: saw("customer.total_spent", "950"),
    };
    assert_eq!(of("vip_buyer"), Some(expected), "between the two it stays");
    let risk = of("refund_risk").expect("it is usual");
    assert_eq!((risk.was, risk.is.as_str(), risk.saw), (say(""), "", saw("customer.refund_count", "1")));
    let silent = of("winback").expect("it is usual");
    assert_eq!((silent.was, silent.is.as_str()), (say(""), "Win Back"));
    assert_eq!(silent.saw, saw("customer.days_since_last_order", "91"));
    assert!(of("high_value_order").is_none(), "what is of orders is of no customer");
}

#[test]
fn what_is_explained_is_what_is_read() {
    let signals = Signals::of(&Rules::default()).expect("the usual rules are right");
    let customer = ada();
    for remembered in [vec![], vec!["vip_buyer"], vec!["refund_risk", "high_aov"]] {
        let on = remembered.iter().map(|name| SignalName::parse(name).expect("a name")).collect();
        let facts = Facts::of(&customer, now());
        let told = signals.explain(&facts, &on).into_iter().filter(|one| !one.is.is_empty());
        let labels: Vec<_> = told.map(|one| one.is).collect();
        assert_eq!(labels, signals.read(&facts, &on).labels, "{remembered:?}");
    }
}

#[test]
fn a_text_that_cannot_be_told_is_explained_as_it_was() {
    let name = SignalName::parse("risk").expect("a name");
    let value = "customer.refund_count > 1 ? \"high\" : \"low\"";
    let rule = SignalRule::Valued { value: value.to_owned() };
    let signals =
        Signals::of(&Rules { signals: [(name, rule)].into(), ..Rules::default() }).expect("it is right");
    let ada = ada();
    let told = signals.explain(&Facts::of(&ada, now()), &BTreeSet::new());
    let saw = vec![("customer.refund_count", "unknown".to_owned())];
    let (is, expressions) = ("as it was".to_owned(), vec![(Part::Value, value.to_owned())]);
    assert_eq!(told, [Explained { signal: name, was: None, is, expressions, saw }]);
}
