//! What a record of the CRM comes to, in the form that both halves are hashed in.

use bulk::{Amount, Commerce, Compared, Count, Figure, Newest};
use domain::{Currency, CustomerId, Field, OrderId, Policy, Record, Rules, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Each figure of a customer and the field that holds it.
const FIELDS: [(Figure, Field); 8] = [
    (Figure::Orders, Field::OrdersCount),
    (Figure::Spent, Field::TotalSpent),
    (Figure::Currency, Field::Currency),
    (Figure::NewestId, Field::LastOrderId),
    (Figure::NewestName, Field::LastOrderName),
    (Figure::NewestAt, Field::LastOrderAt),
    (Figure::Refunds, Field::RefundCount),
    (Figure::Refunded, Field::RefundedAmount),
];

/// What is compared by a shop's rules: what is written, and always as the shop says.
pub fn compared(rules: &Rules) -> Compared {
    let is_shops = |field| rules.writes(field) && rules.policy(field) == Policy::Always;
    let left_out = FIELDS.into_iter().filter(|(_, field)| !is_shops(*field)).map(|(figure, _)| figure);
    Compared { count: Count::Told, left_out: left_out.collect() }
}

/// What a record says of a customer; none where it names no currency and should. What is empty or cannot be read is like
/// nothing that a shop says; but of refunds, which are only written where there are some, nothing there means none.
pub fn commerce(customer: CustomerId, record: &Record, compared: &Compared) -> Option<Commerce> {
    let value = |field| record.fields.get(&field).unwrap_or(&Value::Empty);
    let refunded = if *value(Field::RefundedAmount) == Value::Empty {
        Some(Amount::default())
    } else {
        amount(value(Field::RefundedAmount))
    };
    Some(compared.reduce(Commerce {
        customer,
        orders: number(value(Field::OrdersCount)).unwrap_or(u64::MAX),
        spent: amount(value(Field::TotalSpent)),
        currency: currency(value(Field::Currency), compared)?,
        newest: newest(value(Field::LastOrderId), value(Field::LastOrderName), value(Field::LastOrderAt)),
        refunds: match value(Field::RefundCount) {
            Value::Empty => 0,
            other => number(other).unwrap_or(u64::MAX),
        },
        refunded,
    }))
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    decimal(value).filter(|number| number.fract().is_zero()).and_then(|number| number.to_u64())
}

fn amount(value: &Value) -> Option<Amount> {
    decimal(value).and_then(Amount::of)
}

/// Any will do where it is left out.
fn currency(value: &Value, compared: &Compared) -> Option<Currency> {
    let text = match value {
        Value::Text(text) if !compared.left_out.contains(&Figure::Currency) => text.as_str(),
        _ if compared.left_out.contains(&Figure::Currency) => "XXX",
        _ => return None,
    };
    Currency::parse(text).ok()
}

fn newest(id: &Value, name: &Value, at: &Value) -> Option<Newest> {
    if [id, name, at].into_iter().all(|value| *value == Value::Empty) {
        return None;
    }
    let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { String::new() };
    let processed_at = if let Value::Time(at) = at { at.as_second() } else { i64::MIN };
    Some(Newest { id: OrderId::new(text(id).parse().unwrap_or_default()), processed_at, name: text(name) })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use domain::{ExternalKey, FieldRule, RecordId};

    use super::*;

    pub(crate) fn fields(spent: &str) -> BTreeMap<Field, Value> {
        let text = |text: &str| Value::Text(text.to_owned());
        BTreeMap::from([
            (Field::CustomerKey, text("7")),
            (Field::OrdersCount, Value::Number(2.into())),
            (Field::TotalSpent, Value::Number(spent.parse().unwrap())),
            (Field::Currency, text("EUR")),
            (Field::LastOrderId, text("9")),
            (Field::LastOrderName, text("#1001")),
            (Field::LastOrderAt, Value::Time("1970-01-01T00:00:05.250Z".parse().unwrap())),
        ])
    }

    pub(crate) fn record(fields: BTreeMap<Field, Value>) -> Record {
        Record { id: RecordId::new("55"), key: Some(ExternalKey::from_crm("7")), fields }
    }

    fn said(fields: BTreeMap<Field, Value>, compared: &Compared) -> Option<Commerce> {
        commerce(CustomerId::new(7), &record(fields), compared)
    }

    #[test]
    fn s_190_a_record_comes_to_the_same_as_the_customer_it_was_written_from() {
        let shop = Commerce {
            customer: CustomerId::new(7),
            orders: 2,
            spent: Amount::parse("30.50"),
            currency: Currency::parse("EUR").unwrap(),
            newest: Some(Newest { id: OrderId::new(9), processed_at: 5, name: "#1001".into() }),
            refunds: 0,
            refunded: Some(Amount::default()),
        };
        assert_eq!(said(fields("30.5"), &Compared::default()), Some(shop.clone()));
        assert_ne!(said(fields("30.51"), &Compared::default()), Some(shop));
    }

    #[test]
    fn what_is_empty_or_unreadable_is_like_nothing_that_a_shop_says() {
        let empty = |field| {
            let mut fields = fields("1");
            fields.insert(field, Value::Empty);
            said(fields, &Compared::default())
        };
        assert_eq!(empty(Field::Currency), None);
        assert_eq!(empty(Field::OrdersCount).map(|said| said.orders), Some(u64::MAX));
        assert_eq!(empty(Field::TotalSpent).map(|said| said.spent), Some(None));
        assert_eq!(
            empty(Field::LastOrderAt).and_then(|said| said.newest?.processed_at.into()),
            Some(i64::MIN)
        );
    }

    #[test]
    fn s_198_only_what_is_always_the_shops_is_compared() {
        let mut rules = Rules::default();
        assert_eq!(compared(&rules).left_out, [].into());
        let spent = FieldRule { policy: Policy::ForwardOnly, ..FieldRule::usual(Field::TotalSpent) };
        rules.fields.insert(Field::TotalSpent, spent);
        rules.fields.remove(&Field::Currency);
        assert_eq!(compared(&rules).left_out, [Figure::Spent, Figure::Currency].into());
        assert_eq!(said(fields("1"), &compared(&rules)), said(fields("2"), &compared(&rules)));
    }
}
