//! A hundred contacts as a shop has them, each with every field that is written by default.

use std::collections::BTreeMap;

use domain::{CustomerId, ExternalKey, Field, Value, Write};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// Above 2^53, as real ids may be.
const FIRST: u64 = 9_007_199_254_740_993;

/// A hundred creates.
pub(super) fn hundred() -> Vec<Write> {
    (0..100).map(|n| create(FIRST + 7 * n)).collect()
}

fn create(id: u64) -> Write {
    let fields = Field::ALL.into_iter().filter_map(|field| Some((field, value(field, id)?)));
    Write::Create {
        key: ExternalKey::new("", CustomerId::new(id)),
        fields: fields.collect::<BTreeMap<_, _>>(),
    }
}

fn value(field: Field, id: u64) -> Option<Value> {
    let text = |text: String| Some(Value::Text(text));
    let cents = |most: u64| Some(Value::Number(Decimal::new(i64::try_from(id % most).unwrap_or(0), 2)));
    let moment = |ago: u64| Timestamp::from_second(1_790_000_000 - i64::try_from(ago).unwrap_or(0)).ok();
    match field {
        Field::CustomerKey => text(id.to_string()),
        Field::FirstName => text(format!("Zoë {}", id % 97)),
        Field::LastName => text(format!("Müller-{}", id % 1_009)),
        Field::Email => text(format!("customer.{id}@example.com")),
        Field::Phone => text(format!("+4144668{:04}", id % 10_000)),
        Field::LeadSource => text("Shopify".to_owned()),
        Field::TotalSpent => cents(1_000_000),
        Field::OrdersCount | Field::RefundCount => Some(Value::Number(Decimal::from(id % 20))),
        Field::AverageOrderValue | Field::RefundedAmount => cents(50_000),
        Field::Currency => text("EUR".to_owned()),
        Field::Tags => Some(Value::List(vec!["b2b".to_owned(), "newsletter".to_owned(), "vip".to_owned()])),
        Field::CustomerSince => moment(90_000_000).map(Value::Time),
        Field::LastOrderAt => moment(id % 1_000_000).map(Value::Time),
        Field::LastOrderId => text((id + 1).to_string()),
        Field::LastOrderName => text(format!("#{}", id % 100_000)),
        Field::EmailConsent => text("subscribed".to_owned()),
        Field::SmsConsent => text("not_subscribed".to_owned()),
        Field::Signals => Some(Value::List(vec!["Repeat Purchaser".to_owned(), "VIP Buyer".to_owned()])),
        Field::Segments => Some(Value::List(vec!["High Value".to_owned()])),
        Field::Score => Some(Value::Number(Decimal::from(id % 100))),
        Field::Invitation
        | Field::DiscountCode
        | Field::Companies
        | Field::LifecycleStage
        | Field::Metafield(_)
        | Field::Signal(_) => None,
    }
}
