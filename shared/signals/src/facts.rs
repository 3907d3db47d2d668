//! What is known of one customer at one moment.

use domain::{Consent, Customer, Seen};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::evaluate::Value;
use crate::fact::Fact;

/// The facts of a customer, as they are at a moment. Pure: what is not in the customer is not known.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    customer: &'a Customer,
    average: Option<Decimal>,
    since_last_order: Option<i64>,
    tenure: i64,
}

/// Whole days are of this many seconds, by UTC: no clock is put forward there.
const DAY: i64 = 24 * 60 * 60;

impl<'a> Facts<'a> {
    /// Of this customer at `now`.
    pub fn of(customer: &'a Customer, now: Timestamp) -> Self {
        let days = |since: Timestamp| now.duration_since(since).as_secs().max(0) / DAY;
        Self {
            customer,
            average: customer.amount_spent.per(customer.orders_count),
            since_last_order: customer.last_order.as_ref().map(|order| days(order.processed_at)),
            tenure: days(customer.created_at),
        }
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
            Fact::DaysSinceLastOrder => {
                self.since_last_order.map_or(Value::Nothing, |days| Value::Number(days.into()))
            }
            Fact::TenureDays => Value::Number(self.tenure.into()),
            Fact::RefundCount => refunds.map_or(Value::Unknown, |back| Value::Number(back.count.into())),
            Fact::RefundedAmount => {
                let amount = refunds.and_then(|back| back.amount);
                amount.map_or(Value::Unknown, |back| Value::Number(back.amount))
            }
            Fact::EmailConsent => consent(&customer.email_consent),
            Fact::SmsConsent => consent(&customer.sms_consent),
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
