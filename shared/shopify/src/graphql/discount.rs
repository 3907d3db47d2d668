//! A discount for one customer: what we make in a shop.

use std::future::Future;
use std::pin::Pin;

use domain::{CustomerId, ShopDomain};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Admin;
use super::discount_answer::{Held, Refusal, created, found};
use super::error::{ShopError, ShopErrorKind};
use super::query;

/// What `discountCodeBasicCreate` asks for (shopify.dev, access scopes).
const WRITES: &str = "write_discounts";
/// What `codeDiscountNodeByCode` asks for. Who may write may read, so nobody has to grant it beside the other.
const READS: &str = "read_discounts";

/// What a discount costs at most: the mutation with its object and its errors, and the look-up of a code that is taken
/// with its discount, its context and its customers (shopify.dev/docs/api/usage/limits).
const POINTS: u32 = 12 + 4;

/// A discount for one customer and for one order, on all that is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// What the customer enters; a shop has each code once, whatever its capitals.
    pub code: String,
    /// What the shop's team reads. With the customer it tells our discount from another of the same code.
    pub title: String,
    /// How many hundredths are taken off, more than 0 and at most 100.
    pub percent: Decimal,
    /// The one who may use it.
    pub customer: CustomerId,
    /// From when on it can be used, UTC.
    pub starts_at: Timestamp,
    /// Until when, UTC.
    pub ends_at: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is there from now on.
    Created,
    /// It was there: an earlier try made it, and its answer was lost.
    AlreadyThere,
}

/// What a grant gives back: boxed, because which shop it is is chosen at run time.
pub type Granting<'a> = Pin<Box<dyn Future<Output = Result<Made, ShopError>> + Send + 'a>>;

/// Shops in which discounts can be made.
pub trait GrantDiscount: Send + Sync {
    /// Makes a discount, or finds that it was made. It may be done again: there is never more than one of a code.
    fn grant<'a>(&'a self, shop: &'a ShopDomain, discount: &'a Discount, now: Timestamp) -> Granting<'a>;

    /// What that costs at most, in the shop's points.
    fn grant_points(&self) -> u32 {
        POINTS
    }
}

impl GrantDiscount for Admin {
    fn grant<'a>(&'a self, shop: &'a ShopDomain, discount: &'a Discount, now: Timestamp) -> Granting<'a> {
        Box::pin(self.create_discount(shop, discount, now))
    }
}

impl Admin {
    /// Makes a discount, or finds that it was made. Errors, beside those of every call: `MissingScope` without
    /// `write_discounts`; `Refused` where the shop will not have it or the code is another discount's; `Behind` where the
    /// code is taken but not found yet; `Unavailable` where no answer came, and then a second call finds what was made.
    pub async fn create_discount(
        &self,
        shop: &ShopDomain,
        discount: &Discount,
        now: Timestamp,
    ) -> Result<Made, ShopError> {
        let variables = json!({ "discount": discount.input() });
        let answer = self.ask(shop, query::CREATE_DISCOUNT, variables, now).await;
        match created(answer.map_err(|error| scoped(error, WRITES))?)? {
            None => Ok(Made::Created),
            Some(refusal) if refusal.is_of_code() => self.look_up(shop, discount, refusal, now).await,
            Some(refusal) => Err(refusal.into_error()),
        }
    }

    /// Whose is the code that was refused?
    async fn look_up(
        &self,
        shop: &ShopDomain,
        discount: &Discount,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<Made, ShopError> {
        let answer = self.ask(shop, query::DISCOUNT, json!({ "code": discount.code }), now).await;
        match found(answer.map_err(|error| scoped(error, READS))?)? {
            Some(held) if discount.is(&held) => Ok(Made::AlreadyThere),
            // What was made a moment ago may not be in the copy that is read.
            None if refusal.is_taken() => Err(ShopError::new(ShopErrorKind::Behind, refusal.code)),
            _ => Err(refusal.into_error()),
        }
    }
}

impl Discount {
    /// `DiscountCodeBasicInput`. What is not said of combining stays Shopify's: with no other discount.
    fn input(&self) -> Value {
        // Through the text, so that 15 is 0.15 and not the float beside it.
        let share = (self.percent / Decimal::ONE_HUNDRED).normalize().to_string().parse::<f64>().ok();
        json!({
            "code": self.code,
            "title": self.title,
            "startsAt": self.starts_at,
            "endsAt": self.ends_at,
            "usageLimit": 1,
            "appliesOncePerCustomer": true,
            "context": { "customers": { "add": [self.customer.gid()] } },
            "customerGets": { "value": { "percentage": share }, "items": { "all": true } },
        })
    }

    /// Whether that is this discount. Its dates and its share are not compared: a second decision may have others.
    fn is(&self, held: &Held) -> bool {
        held.title.trim() == self.title.trim() && held.customers == [self.customer.gid()]
    }
}

/// A refusal for want of access, with the scope that has to be granted. That of a value inside an answer is no such error.
fn scoped(error: ShopError, scope: &'static str) -> ShopError {
    if *error.kind() != ShopErrorKind::Unauthorized || error.code() != "ACCESS_DENIED" {
        return error;
    }
    ShopError::new(ShopErrorKind::MissingScope { scope }, error.code()).of_request(error.request_id())
}

#[cfg(test)]
mod tests {
    use super::super::answer::Data;
    use super::*;

    fn discount(percent: Decimal) -> Discount {
        Discount {
            code: "ADA-15".into(),
            title: "Thanks".into(),
            percent,
            customer: CustomerId::new(7),
            starts_at: "2026-11-25T10:00:00Z".parse().unwrap(),
            ends_at: "2026-12-25T10:00:00Z".parse().unwrap(),
        }
    }

    fn answer(data: Value) -> Data {
        Data { data, withheld: vec![] }
    }

    #[test]
    fn s_114_a_discount_is_for_one_customer_and_for_one_use() {
        let expected = json!({
            "code": "ADA-15", "title": "Thanks", "startsAt": "2026-11-25T10:00:00Z", "endsAt": "2026-12-25T10:00:00Z",
            "usageLimit": 1, "appliesOncePerCustomer": true,
            "context": {"customers": {"add": ["gid://shopify/Customer/7"]}},
            "customerGets": {"value": {"percentage": 0.15}, "items": {"all": true}},
        });
        assert_eq!(discount(Decimal::from(15)).input(), expected);
    }

    #[test]
    fn a_share_is_written_as_it_was_meant_to_the_tenth_of_a_hundredth() {
        for tenths in 1..=1000 {
            let share = &discount(Decimal::new(tenths, 1)).input()["customerGets"]["value"]["percentage"];
            let written: Decimal = share.to_string().parse().unwrap();
            assert_eq!(written, Decimal::new(tenths, 3), "{tenths}");
        }
    }

    #[test]
    fn only_a_discount_of_this_title_for_this_customer_alone_is_ours() {
        let held = |discount: Value| {
            found(answer(json!({"codeDiscountNodeByCode": {"codeDiscount": discount}}))).unwrap().unwrap()
        };
        let basic = |title: &str, customers: &[u64]| {
            let customers: Vec<_> =
                customers.iter().map(|id| json!({"id": CustomerId::new(*id).gid()})).collect();
            json!({"__typename": "DiscountCodeBasic", "title": title,
                "context": {"__typename": "DiscountCustomers", "customers": customers}})
        };
        let everybody = json!({"__typename": "DiscountCodeBasic", "title": "Thanks",
            "context": {"__typename": "DiscountBuyerSelectionAll"}});
        let table = [
            (basic("Thanks", &[7]), true),
            (basic("Thanks", &[8]), false),
            (basic("Thanks", &[7, 8]), false),
            (basic("Summer", &[7]), false),
            (everybody, false),
            (json!({"__typename": "DiscountCodeFreeShipping"}), false),
        ];
        for (theirs, is_ours) in table {
            assert_eq!(discount(Decimal::TEN).is(&held(theirs.clone())), is_ours, "{theirs}");
        }
    }

    #[test]
    fn s_063_a_missing_scope_is_named() {
        let denied = |code: &str| ShopError::new(ShopErrorKind::Unauthorized, code);
        let error = scoped(denied("ACCESS_DENIED"), WRITES);
        assert_eq!(*error.kind(), ShopErrorKind::MissingScope { scope: "write_discounts" });
        assert!(error.to_string().contains("`write_discounts`"), "{error}");
        assert_eq!(*scoped(denied("HTTP 401"), WRITES).kind(), ShopErrorKind::Unauthorized);
    }
}
