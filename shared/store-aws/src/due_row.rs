//! What comes due as rows of the table of records, and back.
//!
//! The index `due` has a row where both of its attributes are there: `due_in`, the shop and the day in UTC, and
//! `due_at_ms`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{CustomerId, CustomerKey, ShopDomain};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use store::{Checkout, Due, StoreError};

use crate::row::{Row, moment, n, number, s, text, unreadable};

const CUSTOMER: &str = "customer#";
const CHECKOUT: &str = "checkout#";
/// The second part of a checkout's key.
const OF_A_CHECKOUT: &str = "checkout";

/// The day of a moment, UTC.
pub(crate) fn day_of(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// The part of the index that a day of a shop is in. A shop's domain has no `#`.
pub(crate) fn part(shop: &ShopDomain, day: Date) -> AttributeValue {
    s(format!("{shop}#{day}"))
}

/// `due_in` and `due_at_ms` of what is due at that moment.
pub(crate) fn index_attributes(shop: &ShopDomain, at: Timestamp) -> [AttributeValue; 2] {
    [part(shop, day_of(at)), n(at.as_millisecond())]
}

/// When a row is due, where it is.
pub(crate) fn due_at(row: &Row) -> Result<Option<Timestamp>, StoreError> {
    if row.contains_key("due_at_ms") { moment(row, "due_at_ms").map(Some) } else { Ok(None) }
}

/// What is due, from a row of the index: it has keys only.
pub(crate) fn due(row: &Row) -> Result<Due, StoreError> {
    let (key, at) = (text(row, "pk")?, moment(row, "due_at_ms")?);
    let customer = key.strip_prefix(CUSTOMER).and_then(customer_key);
    let customer = customer.map(|customer| Due::Customer { customer, at });
    let checkout = || {
        let (shop, token) = key.strip_prefix(CHECKOUT)?.split_once('#')?;
        Some(Due::Checkout { shop: ShopDomain::parse(shop).ok()?, token: token.to_owned(), at })
    };
    customer.or_else(checkout).ok_or_else(|| unreadable("pk", "a customer's or a checkout's"))
}

fn customer_key(text: &str) -> Option<CustomerKey> {
    let (shop, id) = text.split_once('#')?;
    Some(CustomerKey { shop: ShopDomain::parse(shop).ok()?, customer: CustomerId::new(id.parse().ok()?) })
}

/// The first part of the key of a checkout's row.
pub(crate) fn checkout_pk(shop: &ShopDomain, token: &str) -> String {
    format!("{CHECKOUT}{shop}#{token}")
}

/// The key of a checkout's row.
pub(crate) fn checkout_row(shop: &ShopDomain, token: &str) -> Row {
    let key = [("pk", checkout_pk(shop, token)), ("sk", OF_A_CHECKOUT.to_owned())];
    key.map(|(name, value)| (name.to_owned(), s(value))).into()
}

/// The checkout in that row. It is over where the row says so at all.
pub(crate) fn checkout(shop: &ShopDomain, token: &str, row: &Row) -> Result<Checkout, StoreError> {
    let customer = row
        .contains_key("customer_id")
        .then(|| number(row, "customer_id").map(CustomerId::new))
        .transpose()?;
    let (touched_at, is_over) = (moment(row, "touched_at_ms")?, row.contains_key("is_over"));
    Ok(Checkout { shop: shop.clone(), token: token.to_owned(), customer, touched_at, is_over })
}

#[cfg(test)]
mod tests {
    use store::StoreErrorKind;

    use super::*;

    fn row(attributes: &[(&str, AttributeValue)]) -> Row {
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn a_day_is_that_of_utc() {
        let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
        let table = [
            ("2026-11-24T23:59:59.999Z", "2026-11-24", 1_795_564_799_999_i64),
            ("2026-11-25T00:30:00+01:00", "2026-11-24", 1_795_563_000_000),
            ("2026-11-25T00:00:00Z", "2026-11-25", 1_795_564_800_000),
        ];
        for (at, day, ms) in table {
            let [due_in, due_at_ms] = index_attributes(&shop, at.parse().unwrap());
            assert_eq!((due_in, due_at_ms), (s(format!("demo.myshopify.com#{day}")), n(ms)));
        }
    }

    #[test]
    fn a_row_of_the_index_that_is_nothing_of_ours_is_said_to_be_so_and_never_by_its_value() {
        let due_at = ("due_at_ms", n(1));
        let keys = [
            "secret",
            "customer#secret",
            "customer#a.myshopify.com#secret",
            "checkout#secret#x",
            "checkout#secret",
        ];
        for key in keys {
            let error = due(&row(&[("pk", s(key)), due_at.clone()])).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unreadable);
            assert!(error.to_string().contains("`pk`") && !error.to_string().contains("secret"), "{error}");
        }
        let error = due(&row(&[("pk", s("customer#a.myshopify.com#1"))])).unwrap_err();
        assert!(error.to_string().contains("`due_at_ms`"), "{error}");
    }
}
