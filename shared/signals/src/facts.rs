//! What is known of one customer at one moment.

use domain::{Consent, Customer, Order, Seen, SignalState};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::evaluate::Value;
use crate::fact::Fact;

/// The facts of a customer, as they are at a moment. Pure: what is not in the customer is not known.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    customer: &'a Customer,
    now: Timestamp,
    average: Option<Decimal>,
    abandoned_at: Option<Timestamp>,
    median: Option<Decimal>,
    order: Option<&'a Order>,
}

/// Whole days are of this many seconds, by UTC: no clock is put forward there.
const DAY: i64 = 24 * 60 * 60;
/// Who ordered so shortly before a checkout was touched last left nothing.
const JUST_BOUGHT: SignedDuration = SignedDuration::from_hours(1);
/// What is further away than a hundred years is never due.
const MOST_DAYS: i64 = 36_500;

impl<'a> Facts<'a> {
    /// Of this customer at `now`.
    pub fn of(customer: &'a Customer, now: Timestamp) -> Self {
        let average = customer.amount_spent.per(customer.orders_count);
        Self { customer, now, average, abandoned_at: None, median: None, order: None }
    }

    /// With what is remembered of the customer: a checkout that was left, unless something was ordered since or just before:
    /// a shop still speaks of a checkout that became an order a moment ago.
    #[must_use]
    pub fn remembering(self, state: &SignalState) -> Self {
        let ordered_at = self.customer.last_order.as_ref().map(|order| order.processed_at);
        let is_open =
            |at: &Timestamp| ordered_at.is_none_or(|ordered_at| at.duration_since(ordered_at) > JUST_BOUGHT);
        Self { abandoned_at: state.abandoned_at.filter(is_open), ..self }
    }

    /// With the median of the values of the shop's orders.
    #[must_use]
    pub fn with_median(self, median: Option<Decimal>) -> Self {
        Self { median, ..self }
    }

    /// With one order of theirs.
    #[must_use]
    pub fn with_order(&self, order: &'a Order) -> Self {
        Self { order: Some(order), ..self.clone() }
    }

    /// The same at another moment, if nothing happens until then.
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// When a fact that is whole days becomes so many, and when it becomes more.
    pub(crate) fn moments(&self, fact: Fact, days: Decimal) -> impl Iterator<Item = Timestamp> {
        let days = days.floor().to_i64().filter(|days| (0..MOST_DAYS).contains(days));
        let at = |since: Timestamp, days: i64| since.checked_add(SignedDuration::from_secs(days * DAY)).ok();
        let both = self.since(fact).zip(days);
        both.into_iter().flat_map(move |(since, days)| [at(since, days), at(since, days + 1)]).flatten()
    }

    /// Since when the days of such a fact are counted.
    fn since(&self, fact: Fact) -> Option<Timestamp> {
        match fact {
            Fact::DaysSinceLastOrder => self.customer.last_order.as_ref().map(|order| order.processed_at),
            Fact::TenureDays => Some(self.customer.created_at),
            Fact::DaysSinceAbandonedCheckout => self.abandoned_at,
            _ => None,
        }
    }

    fn days(&self, fact: Fact) -> Value<'a> {
        let days = |since: Timestamp| self.now.duration_since(since).as_secs().max(0) / DAY;
        self.since(fact).map_or(Value::Nothing, |since| Value::Number(days(since).into()))
    }

    pub(crate) fn value(&self, fact: Fact) -> Value<'a> {
        let customer = self.customer;
        let refunds = customer.refunds.as_ref();
        match fact {
            Fact::TotalSpent => Value::Number(customer.amount_spent.amount),
            Fact::OrdersCount => Value::Number(customer.orders_count.into()),
            Fact::AverageOrderValue => self.average.map_or(Value::Nothing, Value::Number),
            Fact::Currency => Value::Text(customer.amount_spent.currency.as_str()),
            Fact::Tags => Value::List(&customer.tags),
            Fact::RefundCount => refunds.map_or(Value::Unknown, |back| Value::Number(back.count.into())),
            Fact::RefundedAmount => {
                let amount = refunds.and_then(|back| back.amount);
                amount.map_or(Value::Unknown, |back| Value::Number(back.amount))
            }
            Fact::EmailConsent => consent(&customer.email_consent),
            Fact::SmsConsent => consent(&customer.sms_consent),
            Fact::HasCompany => {
                customer.companies.as_ref().map_or(Value::Unknown, |all| Value::Truth(!all.is_empty()))
            }
            Fact::MedianOrderValue => self.median.map_or(Value::Unknown, Value::Number),
            _ if fact.is_clock() => self.days(fact),
            _ => self.order.map_or(Value::Unknown, |order| of_order(fact, order)),
        }
    }
}

fn consent(seen: &Seen<Consent>) -> Value<'static> {
    match seen {
        Seen::Known(Some(consent)) => Value::Text(consent.name()),
        Seen::Known(None) => Value::Nothing,
        Seen::Withheld => Value::Unknown,
    }
}

fn of_order(fact: Fact, order: &Order) -> Value<'_> {
    match fact {
        Fact::OrderName => Value::Text(&order.name),
        Fact::OrderTotal => Value::Number(order.total.amount),
        Fact::OrderCurrency => Value::Text(order.total.currency.as_str()),
        Fact::OrderPayment => {
            order.financial.as_deref().map_or(Value::Nothing, |status| Value::Text(small(status)))
        }
        Fact::OrderFulfilment => Value::Text(small(&order.fulfilment)),
        Fact::OrderIsCancelled => Value::Truth(order.cancelled_at.is_some()),
        _ => Value::Unknown,
    }
}

/// Shopify's words for statuses in small letters; a word that is new there stays as it is.
fn small(status: &str) -> &str {
    const KNOWN: [&str; 16] = [
        "authorized",
        "expired",
        "paid",
        "partially_paid",
        "partially_refunded",
        "pending",
        "refunded",
        "voided",
        "fulfilled",
        "in_progress",
        "on_hold",
        "open",
        "partially_fulfilled",
        "pending_fulfillment",
        "scheduled",
        "unfulfilled",
    ];
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(status)).unwrap_or(status)
}
