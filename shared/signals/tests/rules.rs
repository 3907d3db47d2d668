//! What rules say of a customer, and why others are refused.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so by ending")]

mod customers;

use std::collections::BTreeSet;

use domain::{Consent, Money, Refunds, Rules, Seen, SignalName, SignalRule, Value};
use jiff::{SignedDuration, Timestamp};
use signals::{Condition, Facts, Mend, Refused, Signals, Text, Truth, Type, Wording};

use self::customers::{ada, now};

fn truth(text: &str) -> Truth {
    let condition = Condition::parse(text).unwrap_or_else(|refused| panic!("{text}: {refused:?}"));
    condition.holds(&Facts::of(&ada(), now()))
}

fn refused(text: &str) -> Refused {
    Condition::parse(text).expect_err(text)
}

#[test]
fn s_104_to_s_107_the_figures_of_a_customer_can_be_asked_for() {
    for text in [
        "customer.total_spent == 149.70",
        "customer.orders_count == 3",
        "customer.average_order_value == 49.90",
        "customer.currency == \"USD\"",
        "\"vip\" in customer.tags && !(\"VIP\" in customer.tags)",
        "size(customer.tags) == 2",
        "customer.days_since_last_order == 91",
        "customer.tenure_days == 365",
        "customer.email_consent == \"subscribed\"",
        "customer.email_consent in [\"subscribed\", \"pending\"]",
        "!has(customer.sms_consent) && has(customer.tags)",
    ] {
        assert_eq!(truth(text), Truth::True, "{text}");
    }
}

#[test]
fn a_number_is_exact_and_calculated_exactly() {
    for text in [
        "0.1 + 0.2 == 0.3",
        "customer.total_spent * 100 == 14970",
        "customer.total_spent - 149.69 == 0.01",
        "-customer.total_spent < -149.69",
        "(1 + 2) * 3 / 4 == 2.25",
        "500 == 500.00 && 9007199254740993 != 9007199254740992",
        "size(\"żółw\") == 4",
    ] {
        assert_eq!(truth(text), Truth::True, "{text}");
    }
}

#[test]
fn texts_are_asked_for_their_beginning_their_end_and_what_is_in_them() {
    for text in [
        "customer.currency.startsWith(\"U\")",
        "customer.currency.endsWith('SD')",
        "customer.currency.contains(\"S\") && !customer.currency.contains(\"s\")",
        "(\"vip\" in customer.tags ? \"a\" : \"b\") == \"a\"",
    ] {
        assert_eq!(truth(text), Truth::True, "{text}");
    }
}

#[test]
fn what_was_not_read_is_unknown_unless_the_rest_decides() {
    for (text, said) in [
        ("customer.refund_count >= 2", Truth::Unknown),
        ("!(customer.refund_count >= 2)", Truth::Unknown),
        ("has(customer.refund_count)", Truth::Unknown),
        ("customer.refund_count + 1 > 0", Truth::Unknown),
        ("customer.refund_count >= 2 && customer.orders_count == 0", Truth::False),
        ("customer.orders_count == 0 && customer.refund_count >= 2", Truth::False),
        ("customer.refund_count >= 2 || customer.orders_count == 3", Truth::True),
        ("(customer.refund_count > 0 ? 1 : 1) == 1", Truth::True),
        ("(customer.refund_count > 0 ? 1 : 2) == 1", Truth::Unknown),
    ] {
        assert_eq!(truth(text), said, "{text}");
    }
}

#[test]
fn comparing_with_nothing_is_false_and_what_cannot_be_calculated_is_nothing() {
    for text in [
        "customer.sms_consent == \"subscribed\"",
        "customer.sms_consent != \"subscribed\"",
        "customer.sms_consent.startsWith(\"s\")",
        "customer.sms_consent in [\"subscribed\"]",
        "size(customer.sms_consent) == 0",
        "customer.orders_count / 0 >= 0",
        "customer.orders_count * 9000000000000000000 * 9000000000000000000 > 0",
        "customer.refund_count / 0 == customer.orders_count / 0",
    ] {
        assert_eq!(truth(text), Truth::False, "{text}");
    }
    let mut new = ada();
    (new.orders_count, new.last_order, new.tags) = (0, None, vec![]);
    let facts = Facts::of(&new, now());
    for text in
        ["has(customer.days_since_last_order)", "customer.days_since_last_order > 90", "has(customer.tags)"]
    {
        assert_eq!(Condition::parse(text).expect(text).holds(&facts), Truth::False, "{text}");
    }
}

#[test]
fn days_are_whole_by_utc() {
    let ada = ada();
    let over_ninety = Condition::parse("customer.days_since_last_order > 90").expect("a rule");
    let at = |now: Timestamp| over_ninety.holds(&Facts::of(&ada, now));
    assert_eq!(at(now()), Truth::True, "91 days and no hour");
    assert_eq!(at(now() - SignedDuration::from_secs(1)), Truth::False, "a second less is 90 days");
    let before = Facts::of(&ada, Timestamp::UNIX_EPOCH);
    let none = Condition::parse("customer.tenure_days == 0").expect("a rule");
    assert_eq!(none.holds(&before), Truth::True, "a clock that is behind makes no days of less than none");
}

#[test]
fn what_is_withheld_is_unknown_and_what_cannot_be_added_up_too() {
    let mut customer = ada();
    customer.email_consent = Seen::Withheld;
    customer.refunds = Some(Refunds { count: 2, amount: None });
    let facts = Facts::of(&customer, now());
    let holds = |text: &str| Condition::parse(text).expect(text).holds(&facts);
    assert_eq!(holds("customer.email_consent == \"subscribed\""), Truth::Unknown);
    assert_eq!(holds("customer.refund_count == 2"), Truth::True);
    assert_eq!(holds("customer.refunded_amount > 0"), Truth::Unknown);
}

#[test]
fn a_text_that_is_empty_or_nothing_clears_and_one_that_is_unknown_says_nothing() {
    let ada = ada();
    let said = |text: &str| Text::parse(text).expect(text).said(&Facts::of(&ada, now()));
    assert_eq!(
        said("customer.total_spent > 100 ? \"gold\" : \"\""),
        Wording::Said(Value::Text("gold".into()))
    );
    assert_eq!(said("customer.total_spent > 200 ? \"gold\" : \"\""), Wording::Said(Value::Empty));
    assert_eq!(said("customer.sms_consent"), Wording::Said(Value::Empty));
    assert_eq!(said("customer.refund_count > 0 ? \"risk\" : \"\""), Wording::Unknown);
}

#[test]
fn an_unknown_fact_or_function_is_refused_with_its_place_and_all_that_are_known() {
    for (text, at, name, fits) in [
        ("customer.total_spend > 1", 1, "customer.total_spend", "customer.total_spent"),
        ("true && total_spent > 1", 9, "total_spent", "customer.total_spent"),
        ("has(customer.tag)", 5, "customer.tag", "customer.tags"),
    ] {
        let Refused { at: place, found, mend } = refused(text);
        assert_eq!(place, at, "{text}");
        assert!(found.contains(name), "{found}");
        let Mend::OneOf { written, known } = mend else { panic!("{mend:?}") };
        assert!(written == name && known.contains(&fits), "{known:?}");
    }
    let refused = refused("customer.currency.matches(\"U.*\")");
    assert_eq!((refused.at, refused.found.as_str()), (26, "has the function `matches`, which is not known"));
}

#[test]
fn what_is_of_the_wrong_kind_or_not_supported_is_refused_with_its_place() {
    for (text, at, words) in [
        ("customer.tags > 3", 9, "a list of texts where a number"),
        ("customer.orders_count >= \"2\"", 26, "a text where a number"),
        ("customer.orders_count", 9, "a number where true or false"),
        ("customer.orders_count == 2 || \"vip\"", 31, "a text where true or false"),
        ("\"é\" == customer.orders_count", 16, "a number where a text"),
        ("customer.tags == [\"a\"]", 15, "compares lists"),
        ("\"a\" in [\"b\", 3]", 14, "a list of something else than texts"),
        ("size(3) == 3", 6, "the size of a number"),
        ("customer.tags.all(tag, tag == \"a\")", 18, "a macro"),
        ("{\"a\": 1} == {\"a\": 1}", 1, "a map"),
        ("customer.orders_count % 2 == 0", 23, "the operator %"),
        ("customer.tags[0] == \"a\"", 14, "takes a part out"),
        ("customer.orders_count == 2u", 26, "a number with a u"),
        ("customer.currency == b\"USD\"", 22, "bytes"),
        ("customer.currency == null", 22, "null"),
        ("customer.currency.code == \"a\"", 18, "`code` of something"),
        ("size(1, 2) == 1", 5, "size with something else"),
        ("customer.total_spent > 0.12345678901234567", 24, "cannot be told exactly"),
        ("1 + true > 0", 5, "true or false where a number"),
    ] {
        let refused = refused(text);
        assert!(refused.found.contains(words), "{text}: {refused:?}");
        assert_eq!(refused.at, at, "{text}");
    }
    assert!(Text::parse("customer.tags").expect_err("a list").found.contains(&Type::List.to_string()));
}

#[test]
fn an_expression_costs_a_bounded_time() {
    let long = format!("customer.orders_count == {}", "1".repeat(1_000));
    assert_eq!((refused(&long).at, refused(&long).found.as_str()), (1_001, "is longer than 1,000 letters"));
    let parts = |n: usize| vec!["1 == 1"; n].join("||");
    assert!(Condition::parse(&parts(50)).is_ok(), "50 comparisons and what joins them are 199 parts");
    assert!(refused(&parts(51)).found.contains("too many parts"));
    let chain = |terms: usize, by: &str| format!("{} == 1", vec!["1"; terms].join(by));
    assert!(Condition::parse(&chain(90, " + ")).is_ok());
    for (text, words) in [
        ("(".repeat(1_000), "more than 24 brackets"),
        ("[".repeat(1_000), "more than 24 brackets"),
        ("!".repeat(1_000), "more than 4 of ! and -"),
        ("- ".repeat(500), "more than 4 of ! and -"),
        (chain(320, "+"), "more than 300 signs"),
        (chain(240, "+"), "too many parts"),
        (chain(298, "+") + " &&", "more than 300 signs"),
        (chain(298, "*") + " x", "no expression from there on"),
        ("a".to_owned() + &".a".repeat(298), "`a` of something"),
        ("true ? true : ".repeat(25) + "true", "more than 24 choices"),
        ("true ? true : ".repeat(24) + "1", "a number where true or false"),
        ("(".repeat(24) + &")".repeat(24), "no expression"),
        ("[".repeat(24) + &"]".repeat(24), "something else than texts"),
        ("!(".repeat(24) + "1" + &")".repeat(24), "a number where true or false"),
        ("size(".repeat(24) + "1" + &")".repeat(24), "the size of a number"),
    ] {
        assert!(refused(&text).found.contains(words), "{text}: {:?}", refused(&text));
    }
}

#[test]
fn s_050_to_s_054_a_shops_signals_say_what_is_on_and_remember_it() {
    let signals = Signals::of(&Rules::default()).expect("the usual rules are right");
    let mut customer = ada();
    let mut on = BTreeSet::new();
    let mut said = |customer: &domain::Customer| {
        let reading = signals.read(&Facts::of(customer, now()), &on);
        on = reading.on;
        reading.labels
    };
    assert_eq!(said(&customer), ["Repeat Purchaser", "Win Back"]);
    for (spent, is_vip) in
        [("999.99", false), ("1000.00", true), ("900.00", true), ("899.99", false), ("999", false)]
    {
        customer.amount_spent = Money::parse(spent, "USD").expect("money");
        assert_eq!(said(&customer).contains(&"VIP Buyer".to_owned()), is_vip, "{spent}");
    }
    customer.refunds = Some(Refunds { count: 2, amount: None });
    assert_eq!(said(&customer), ["Refund Risk", "Repeat Purchaser", "Win Back"]);
    customer.refunds = None;
    assert_eq!(said(&customer), ["Refund Risk", "Repeat Purchaser", "Win Back"], "not read is not none");
    customer.refunds = Some(Refunds { count: 1, amount: None });
    assert_eq!(said(&customer), ["Repeat Purchaser", "Win Back"]);
    assert_eq!(customer.email_consent, Seen::Known(Some(Consent::Subscribed)));
}

#[test]
fn where_both_are_true_enter_wins_and_a_text_that_cannot_be_told_is_left_out() {
    let name = |text: &str| SignalName::parse(text).expect("a name");
    let flag = |enter: &str, leave: &str| SignalRule::Flag {
        label: enter.to_owned(),
        enter: enter.to_owned(),
        leave: Some(leave.to_owned()),
    };
    let valued = |value: &str| SignalRule::Valued { value: value.to_owned() };
    let rules = Rules {
        signals: [
            (name("both"), flag("true", "true")),
            (name("unknown"), flag("customer.refund_count > 1", "true")),
            (name("gone"), flag("false", "true")),
            (name("tier"), valued("customer.currency")),
            (name("risk"), valued("customer.refund_count > 1 ? \"high\" : \"low\"")),
        ]
        .into(),
        ..Rules::default()
    };
    let were = ["both", "unknown", "gone", "taken_out_of_the_rules"].map(name).into();
    let reading = Signals::of(&rules).expect("they are right").read(&Facts::of(&ada(), now()), &were);
    assert_eq!(reading.on, ["both", "unknown"].map(name).into());
    assert_eq!(reading.values, [(name("tier"), Value::Text("USD".into()))].into());
}

#[test]
fn a_rule_that_cannot_be_used_is_told_by_its_signal_and_its_part() {
    let name = SignalName::parse("vip").expect("a name");
    let rule = SignalRule::Flag { label: "VIP".into(), enter: "true".into(), leave: Some("1 +".into()) };
    let faulty = Signals::of(&Rules { signals: [(name, rule)].into(), ..Rules::default() });
    let words = faulty.expect_err("it is wrong").to_string();
    assert_eq!(words, "the signal vip: `leave` at letter 4 is no expression from there on");
}
