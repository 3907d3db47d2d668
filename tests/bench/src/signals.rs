//! What it costs to read rules, and to ask them about a customer.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

use domain::{
    Customer, CustomerId, CustomerKey, Money, OrderId, OrderSummary, Place, Rules, Seen, ShopDomain,
    SignalName, SignalRule,
};
use jiff::Timestamp;
use signals::{Facts, Signals};

use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal};
use crate::options::Options;
use crate::reference::thread_cpu;
use crate::statistics::median;

const PASSES: u32 = 2_000;
const ASKED: usize = 30;
const LOADED: usize = 50;

/// The figures of the area. The first load of this process comes first: nothing of the parser is warm.
pub(crate) fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    let rules = rules(LOADED);
    let before = thread_cpu()?;
    load(&rules)?;
    let first = thread_cpu()?.saturating_sub(before);
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push(asking_us(&load(&self::rules(ASKED))?)?);
    }
    let before = thread_cpu()?;
    for _ in 0..100 {
        black_box(load(black_box(&rules))?);
    }
    let again = thread_cpu()?.saturating_sub(before) / 100;
    Ok(vec![
        Figure::new("signals: 30 of one customer, CPU", median(rounds), "µs").goal(Goal::AtMost(20.0)),
        Figure::new("signals: loading 50 rules, first", Some(ms(first)), "ms").goal(Goal::AtMost(3.0)),
        Figure::new("signals: loading 50 rules, again", Some(ms(again)), "ms"),
    ])
}

fn ms(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e3
}

/// CPU microseconds of asking all of them about one customer; the mean of many, after as many not counted.
fn asking_us(signals: &Signals) -> Result<f64, Failure> {
    let customer = customer()?;
    ask(signals, &customer);
    let before = thread_cpu()?;
    ask(signals, &customer);
    let spent = thread_cpu()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(PASSES))
}

/// The flags of one time are given to the next, and it is asked when time alone changes something, as the worker does.
fn ask(signals: &Signals, customer: &Customer) {
    let now = customer.updated_at;
    let mut on = BTreeSet::new();
    for _ in 0..PASSES {
        let facts = Facts::of(black_box(customer), black_box(now));
        let reading = signals.read(&facts, &on);
        black_box(signals.next_change(&facts, &reading));
        on = reading.on;
    }
    black_box(on);
}

fn load(rules: &Rules) -> Result<Signals, Failure> {
    let unread = |cause| Failure::caused(FailureKind::Harness, "the bench's rules cannot be read", cause);
    Signals::of(rules).map_err(unread)
}

fn rules(count: usize) -> Rules {
    let rule = |n: usize| Some((SignalName::parse(&format!("signal_{n}")).ok()?, kind(n)));
    Rules { signals: (0..count).filter_map(rule).collect(), ..Rules::default() }
}

/// Of six kinds, in turn.
fn kind(n: usize) -> SignalRule {
    let enter = match n % 6 {
        0 => format!("customer.total_spent >= {}.50", 1_000 + n),
        1 => format!("customer.orders_count > {n} && customer.average_order_value >= {n}.99"),
        2 => format!(
            "\"vip-{n}\" in customer.tags || (size(customer.tags) > 3 && customer.currency == \"EUR\")"
        ),
        3 => format!("customer.refund_count >= 2 || customer.days_since_last_order > {}", 90 + n),
        4 => format!("has(customer.days_since_last_order) && customer.tenure_days > {n}"),
        _ => {
            let value = format!(
                "customer.total_spent >= {}.00 ? \"gold\" : customer.total_spent >= {n}.00 ? \"silver\" : \"\"",
                n * 1_000
            );
            return SignalRule::Valued { value };
        }
    };
    let leave = n.is_multiple_of(6).then(|| format!("customer.total_spent < {}.50", 900 + n));
    SignalRule::Flag { label: format!("Signal {n}"), enter, leave }
}

/// Somebody of whom about half of the signals are on; whether money went back was not read.
fn customer() -> Result<Customer, Failure> {
    let harness = || Failure::new(FailureKind::Harness, "the bench's customer cannot be made");
    let at = |text: &str| text.parse::<Timestamp>().map_err(|_| harness());
    let shop = ShopDomain::parse("demo.myshopify.com").map_err(|_| harness())?;
    let (id, processed_at) = (OrderId::new(11), at("2026-08-01T10:00:00Z")?);
    Ok(Customer {
        key: CustomerKey { shop, customer: CustomerId::new(7) },
        created_at: at("2024-01-01T00:00:00Z")?,
        updated_at: at("2026-11-20T10:00:00Z")?,
        first_name: Seen::Withheld,
        last_name: Seen::Withheld,
        email: Seen::Withheld,
        phone: Seen::Withheld,
        place: Place::default(),
        tags: ["b2b", "newsletter", "vip-2", "wholesale"].map(str::to_owned).to_vec(),
        orders_count: 17,
        amount_spent: Money::parse("1012.40", "USD").map_err(|_| harness())?,
        last_order: Some(OrderSummary { id, name: "#1017".to_owned(), processed_at }),
        companies: None,
        refunds: None,
        email_consent: Seen::Withheld,
        sms_consent: Seen::Withheld,
        metafields: [].into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_read_and_about_half_of_the_flags_are_on() {
        let signals = load(&rules(ASKED)).expect("they are right");
        let customer = customer().expect("somebody");
        let reading = signals.read(&Facts::of(&customer, customer.updated_at), &BTreeSet::new());
        assert!((8..=17).contains(&reading.on.len()), "{:?}", reading.on);
        assert_eq!(reading.values.len(), 5);
    }
}
