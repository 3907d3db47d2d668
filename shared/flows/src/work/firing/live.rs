//! When an action is live.

use std::collections::BTreeSet;

use domain::{
    Act, ActionName, ActionRule, Consent, Customer, CustomerId, CustomerKey, Deed, FingerprintKey, Firing,
    Money, Once, Order, OrderId, OrderSummary, Period, Place, Priority, RecordId, Rules, Seen, ShopDomain,
    SignalName, SignalState,
};
use jiff::{SignedDuration, Timestamp};
use signals::{Facts, Signals};

use super::{By, News, firings};

const LIVE_SINCE: &str = "2026-11-01T00:00:00Z";
const NOW: &str = "2026-11-20T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ago(hours: i64) -> Timestamp {
    at(NOW) - SignedDuration::from_hours(hours)
}

fn vip() -> SignalName {
    SignalName::parse("vip_buyer").unwrap()
}

/// A case: the customer, what was known of them, and the news.
struct Case {
    customer: Customer,
    before: SignalState,
    after: SignalState,
    orders: Vec<Order>,
    raised_at: Option<Timestamp>,
    rule: ActionRule,
}

/// Somebody who was looked at yesterday, and became a VIP an hour ago.
fn case() -> Case {
    let looked_at = Some(ago(24));
    let before = SignalState { looked_at, ..SignalState::default() };
    let after = before.clone().with(&BTreeSet::from([vip()]));
    let (raised_at, rule) = (Some(ago(1)), rule(Act::Note { lines: vec!["{customer.orders_count}".into()] }));
    Case { customer: customer(), before, after, orders: vec![], raised_at, rule }
}

fn rule(act: Act) -> ActionRule {
    ActionRule { on: vip(), live_since: at(LIVE_SINCE), once: Once::EachTime, act }
}

fn customer() -> Customer {
    Customer {
        key: CustomerKey {
            shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
            customer: CustomerId::new(7),
        },
        created_at: at("2026-10-01T00:00:00Z"),
        updated_at: ago(1),
        first_name: Seen::Known(None),
        last_name: Seen::Known(None),
        email: Seen::Withheld,
        phone: Seen::Known(None),
        place: Place::default(),
        tags: vec![],
        orders_count: 4,
        amount_spent: Money::parse("1000.00", "USD").unwrap(),
        last_order: None,
        refunds: None,
        companies: None,
        email_consent: Seen::Known(Some(Consent::Subscribed)),
        sms_consent: Seen::Known(None),
        metafields: [].into(),
    }
}

fn order(processed_at: Timestamp) -> Order {
    Order {
        id: OrderId::new(11),
        name: "#1001".into(),
        updated_at: processed_at,
        processed_at,
        cancelled_at: None,
        is_test: false,
        total: Money::parse("600.00", "USD").unwrap(),
        financial: Some("PAID".into()),
        fulfilment: "UNFULFILLED".into(),
        refunds: vec![],
    }
}

fn fired(case: &Case) -> Vec<Firing> {
    let name = ActionName::parse("act").unwrap();
    let rules = Rules { actions: [(name, case.rule.clone())].into(), ..Rules::default() };
    let signals = Signals::of(&rules).unwrap();
    let facts = Facts::of(&case.customer, at(NOW));
    let news = News {
        customer: &case.customer,
        facts: &facts,
        before: &case.before,
        after: &case.after,
        orders: case.orders.iter().collect(),
        raised_at: case.raised_at,
        now: at(NOW),
    };
    let key = FingerprintKey::new(b"0123456789abcdef");
    firings(&news, &By { rules: &rules, signals: &signals, key: &key }, &RecordId::new("55"))
}

#[test]
fn s_136_who_became_a_vip_just_now_is_news_with_the_facts_of_now() {
    let all = fired(&case());
    let [one] = &all[..] else { panic!("one, not {all:?}") };
    assert_eq!(one.deed, Deed::Note { lines: vec!["4".into()] });
    assert_eq!((one.fired_at, one.record.as_str(), one.order), (at(NOW), "55", None));
    assert!(one.key.as_str().ends_with("#time-1"), "{}", one.key);
    assert_eq!(fired(&case()), all, "decided again, it is the same");
}

#[test]
fn f_12_news_is_what_was_raised_within_the_last_two_days_by_an_event_that_is_not_quiet() {
    let second = SignedDuration::from_secs(1);
    for (raised_at, is_live) in [
        (None, false),
        (Some(ago(0)), true),
        (Some(ago(48)), true),
        (Some(ago(48) - second), false),
        (Some(at(NOW) + second), true),
    ] {
        assert_eq!(fired(&Case { raised_at, ..case() }).len(), usize::from(is_live), "{raised_at:?}");
    }
}

#[test]
fn s_103_what_was_raised_or_known_before_the_action_was_live_is_passed_over() {
    let since = at(LIVE_SINCE);
    let (day, second) = (SignedDuration::from_hours(24), SignedDuration::from_secs(1));
    // When the event was raised, when they were looked at before, since when they are there, whether it is news.
    for (live_since, looked_at, created_at, is_live) in [
        (ago(1), Some(ago(1)), since, true),
        (ago(1) + second, Some(ago(0)), since, false),
        (since, Some(since), since - day, true),
        (since, Some(since - second), since - day, false),
        (since, Some(since - second), since, true),
        (since, None, since - day, false),
        (since, None, since, false),
        (since, None, ago(48) - second, false),
        (since, None, ago(48), true),
        (ago(10), None, ago(11), false),
    ] {
        let mut case = case();
        case.rule.live_since = live_since;
        case.before.looked_at = looked_at;
        case.customer.created_at = created_at;
        let words = format!("live since {live_since}, looked at {looked_at:?}, there since {created_at}");
        assert_eq!(fired(&case).len(), usize::from(is_live), "{words}");
    }
}

#[test]
fn a_flag_that_was_on_or_is_not_on_is_no_news() {
    let on = BTreeSet::from([vip()]);
    let was_on = SignalState { looked_at: Some(ago(24)), ..SignalState::default() }.with(&on);
    let is_off = was_on.clone().with(&BTreeSet::new());
    for after in [was_on.clone(), is_off.clone()] {
        assert_eq!(fired(&Case { before: was_on.clone(), after, ..case() }), []);
    }
    let again = is_off.clone().with(&on);
    let all = fired(&Case { before: is_off, after: again, ..case() });
    assert!(all[0].key.as_str().ends_with("#time-2"), "{}", all[0].key);
}

#[test]
fn f_26_only_what_reaches_the_customer_asks_for_consent() {
    let reaching = [
        Act::Invitation { to: "loyalty".into() },
        Act::Discount { prefix: "VIP".into(), percent: 10.into(), valid_days: 30 },
    ];
    let (subject, lines) = ("Call".to_owned(), vec![]);
    let inside = [
        Act::Task { subject, lines: lines.clone(), priority: Priority::High, due_in_hours: 24 },
        Act::Message { channel: "sales".into(), title: "A VIP".into(), lines },
        Act::Deal { name: "Upsell".into(), stage: "open".into() },
    ];
    let consents = [
        (Seen::Known(Some(Consent::Subscribed)), true),
        (Seen::Known(Some(Consent::NotSubscribed)), false),
        (Seen::Known(Some(Consent::Unsubscribed)), false),
        (Seen::Known(Some(Consent::Pending)), false),
        (Seen::Known(None), false),
        (Seen::Withheld, false),
    ];
    for (consent, agreed) in consents {
        let mut case = case();
        case.customer.email_consent = consent;
        for act in &reaching {
            case.rule = rule(act.clone());
            assert_eq!(fired(&case).len(), usize::from(agreed), "{act:?}, {:?}", case.customer.email_consent);
        }
        for act in &inside {
            case.rule = rule(act.clone());
            assert_eq!(fired(&case).len(), 1, "{act:?}");
        }
    }
}

#[test]
fn what_stands_on_the_contact_is_done_by_the_contact() {
    for act in [Act::Segment { name: "High Value".into() }, Act::Score { points: 25 }] {
        assert_eq!(fired(&Case { rule: rule(act), ..case() }), []);
    }
}

#[test]
fn f_11_an_action_is_done_once_for_each_time_for_ever_or_for_the_newest_order() {
    let mut case = case();
    for (once, end) in [(Once::EachTime, "#time-1"), (Once::Ever, "#ever"), (Once::PerOrder, "#time-1")] {
        case.rule.once = once;
        assert!(fired(&case)[0].key.as_str().ends_with(end), "{once:?} without an order");
    }
    let (id, name) = (OrderId::new(11), "#1001".to_owned());
    case.customer.last_order = Some(OrderSummary { id, name, processed_at: ago(1) });
    assert!(fired(&case)[0].key.as_str().ends_with(&format!("#{}", Period::Order(id))));
}

#[test]
fn s_119_an_order_is_news_by_itself_where_it_is_as_young_as_the_action() {
    let mut case = case();
    case.rule.on = SignalName::parse("high_value_order").unwrap();
    case.rule.once = Once::Ever;
    (case.before, case.after) = (SignalState::default(), SignalState::default());
    for (processed_at, is_live) in
        [(at(LIVE_SINCE), true), (at(LIVE_SINCE) - SignedDuration::from_secs(1), false), (ago(1), true)]
    {
        case.orders = vec![order(processed_at)];
        let all = fired(&case);
        assert_eq!(all.len(), usize::from(is_live), "{processed_at}");
        assert!(all.iter().all(|one| one.key.as_str().ends_with("#order-11") && one.order.is_some()));
    }
    case.orders[0].total = Money::parse("500.00", "USD").unwrap();
    assert_eq!(fired(&case), []);
    case.orders = vec![order(ago(1))];
    case.orders[0].cancelled_at = Some(ago(0));
    assert_eq!(fired(&case), []);
    case.orders = vec![order(ago(1))];
    case.raised_at = None;
    assert_eq!(fired(&case), [], "named by quiet events only");
}

#[test]
fn a_deal_is_worth_the_order_or_else_what_one_of_theirs_usually_is() {
    let mut case = Case { rule: rule(Act::Deal { name: "Upsell".into(), stage: "open".into() }), ..case() };
    let amount = |case: &Case| match &fired(case)[0].deed {
        Deed::Deal { amount, .. } => *amount,
        other => panic!("{other:?} is no deal"),
    };
    assert_eq!(amount(&case), Money::parse("250.00", "USD").unwrap());
    case.customer.orders_count = 0;
    assert_eq!(amount(&case), Money::parse("0", "USD").unwrap());
    case.rule.on = SignalName::parse("high_value_order").unwrap();
    case.orders = vec![order(ago(1))];
    assert_eq!(amount(&case), Money::parse("600.00", "USD").unwrap());
}
