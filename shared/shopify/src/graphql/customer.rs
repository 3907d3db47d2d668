//! From their words to a customer.

use domain::{
    Consent, Customer, CustomerId, CustomerKey, Email, Money, OrderId, OrderSummary, Place, Seen, ShopDomain,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::error::{ShopError, ShopErrorKind};
use super::metafield::Metafields;

/// `Customer` of the Admin GraphQL API 2026-10, as far as it is asked for. Every field is optional here: one that is
/// missing is decided on below, and never read as zero.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    id: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    first_name: Option<String>,
    last_name: Option<String>,
    #[serde(default)]
    verified_email: Option<bool>,
    tags: Option<Vec<String>>,
    /// `UnsignedInt64`: a text in JSON.
    number_of_orders: Option<String>,
    amount_spent: Option<MoneyNode>,
    last_order: Option<LastOrder>,
    default_email_address: Option<EmailAddress>,
    default_phone_number: Option<PhoneNumber>,
    default_address: Option<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoneyNode {
    amount: String,
    currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LastOrder {
    id: String,
    name: String,
    processed_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailAddress {
    email_address: Option<String>,
    marketing_state: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneNumber {
    phone_number: Option<String>,
    sms_marketing_consent: Option<SmsConsent>,
}

/// `defaultPhoneNumber.marketingState` says the same and is deprecated since 2026-10.
#[derive(Debug, Deserialize)]
struct SmsConsent {
    state: Option<String>,
}

/// `MailingAddress`: `countryCodeV2` is ISO 3166, `zip` is protected.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    country_code_v2: Option<String>,
    zip: Option<String>,
}

fn missing(field: &'static str) -> ShopError {
    ShopError::new(ShopErrorKind::Incomplete { field }, "a field is missing")
}

impl Node {
    /// The customer. `withheld` tells, for a field's name, whether Shopify would not give it.
    pub(super) fn read(
        self,
        shop: &ShopDomain,
        metafields: Metafields,
        withheld: impl Fn(&str) -> bool,
    ) -> Result<Customer, ShopError> {
        let id =
            self.id.as_deref().and_then(|gid| CustomerId::parse(gid).ok()).ok_or_else(|| missing("id"))?;
        // A list or an order that was withheld must not look like "none".
        for field in ["tags", "numberOfOrders", "amountSpent", "lastOrder"] {
            if withheld(field) {
                return Err(missing(static_name(field)));
            }
        }
        let verified = self.verified_email.unwrap_or(false);
        let seen = |field: &str, value: Option<String>| {
            if withheld(field) { Seen::Withheld } else { Seen::Known(value.filter(|text| !text.is_empty())) }
        };
        let stated = |field: &'static str, there: bool, state: Option<&str>| match state {
            Some(state) => Ok(Seen::Known(Some(consent(state).ok_or_else(|| missing(field))?))),
            None if withheld(field) => Ok(Seen::Withheld),
            None if there => Err(missing(field)),
            None => Ok(Seen::Known(None)),
        };
        let (email, phone) = (self.default_email_address, self.default_phone_number);
        let email_state = email.as_ref().and_then(|email| email.marketing_state.as_deref());
        let email_consent = stated("defaultEmailAddress", email.is_some(), email_state)?;
        let sms = phone.as_ref().and_then(|phone| phone.sms_marketing_consent.as_ref());
        let sms_state = sms.and_then(|consent| consent.state.as_deref());
        let sms_consent = stated("defaultPhoneNumber", phone.is_some(), sms_state)?;
        let address = email.and_then(|email| email.email_address);
        let email = match seen("defaultEmailAddress", address) {
            Seen::Known(address) => Seen::Known(address.map(|address| Email { address, verified })),
            Seen::Withheld => Seen::Withheld,
        };
        Ok(Customer {
            key: CustomerKey { shop: shop.clone(), customer: id },
            created_at: self.created_at.ok_or_else(|| missing("createdAt"))?,
            updated_at: self.updated_at.ok_or_else(|| missing("updatedAt"))?,
            first_name: seen("firstName", self.first_name),
            last_name: seen("lastName", self.last_name),
            email,
            phone: seen("defaultPhoneNumber", phone.and_then(|phone| phone.phone_number)),
            place: self.default_address.map(place).unwrap_or_default(),
            tags: self.tags.ok_or_else(|| missing("tags"))?,
            orders_count: count(self.number_of_orders)?,
            amount_spent: money(self.amount_spent)?,
            last_order: self.last_order.map(last_order).transpose()?,
            refunds: None,
            companies: None,
            email_consent,
            sms_consent,
            metafields,
        })
    }
}

/// The words of `CustomerEmailAddressMarketingState` and `CustomerMarketingConsentState`, which differ in how they call
/// somebody who was never asked. A word that is new is no consent, and must not be taken for one.
fn consent(state: &str) -> Option<Consent> {
    match state {
        "SUBSCRIBED" => Some(Consent::Subscribed),
        "NOT_SUBSCRIBED" | "NEVER_SUBSCRIBED" => Some(Consent::NotSubscribed),
        "PENDING" => Some(Consent::Pending),
        "UNSUBSCRIBED" => Some(Consent::Unsubscribed),
        "REDACTED" => Some(Consent::Redacted),
        "INVALID" => Some(Consent::Invalid),
        _ => None,
    }
}

fn static_name(field: &str) -> &'static str {
    match field {
        "tags" => "tags",
        "numberOfOrders" => "numberOfOrders",
        "amountSpent" => "amountSpent",
        _ => "lastOrder",
    }
}

fn count(text: Option<String>) -> Result<u64, ShopError> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| missing("numberOfOrders"))
}

fn money(node: Option<MoneyNode>) -> Result<Money, ShopError> {
    let node = node.ok_or_else(|| missing("amountSpent"))?;
    Money::parse(&node.amount, &node.currency_code).map_err(|e| missing("amountSpent").because(e))
}

fn place(address: Address) -> Place {
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Place { country: said(address.country_code_v2), postal_code: said(address.zip) }
}

fn last_order(node: LastOrder) -> Result<OrderSummary, ShopError> {
    let id = OrderId::parse(&node.id).map_err(|e| missing("lastOrder").because(e))?;
    Ok(OrderSummary { id, name: node.name, processed_at: node.processed_at })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn ada() -> Value {
        json!({
            "id": "gid://shopify/Customer/820982911946154508", "createdAt": "2025-01-01T00:00:00Z",
            "updatedAt": "2026-11-20T10:00:00Z", "firstName": "Ada", "lastName": "", "verifiedEmail": true,
            "tags": ["vip"], "numberOfOrders": "3", "amountSpent": {"amount": "100.0", "currencyCode": "USD"},
            "lastOrder": {"id": "gid://shopify/Order/11", "name": "#1003", "processedAt": "2026-11-20T09:59:00Z"},
            "defaultEmailAddress": {"emailAddress": "ada@example.com", "marketingState": "SUBSCRIBED"},
            "defaultPhoneNumber": null,
            "defaultAddress": {"countryCodeV2": "GB", "zip": "W1J 7NT"},
        })
    }

    fn read(json: Value, withheld: &[&str]) -> Result<Customer, ShopError> {
        let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
        serde_json::from_value::<Node>(json)
            .unwrap()
            .read(&shop, Metafields::new(), |field| withheld.contains(&field))
    }

    #[test]
    fn a_customer_is_read_exactly() {
        let customer = read(ada(), &[]).unwrap();
        assert_eq!(customer.key.customer.get(), 820_982_911_946_154_508);
        assert_eq!(customer.orders_count, 3);
        assert_eq!(customer.last_name, Seen::Known(None), "an empty name is no name");
        assert_eq!(customer.phone, Seen::Known(None));
        assert_eq!(customer.place.country.as_deref(), Some("GB"));
        assert_eq!(customer.place.postal_code.as_deref(), Some("W1J 7NT"));
    }

    #[test]
    fn somebody_without_an_address_or_with_a_part_of_it_withheld_lives_somewhere() {
        let mut json = ada();
        json["defaultAddress"] = json!({"countryCodeV2": "GB", "zip": null});
        let place = read(json.clone(), &["defaultAddress"]).unwrap().place;
        assert_eq!((place.country.as_deref(), place.postal_code), (Some("GB"), None));
        json["defaultAddress"] = Value::Null;
        assert_eq!(read(json, &[]).unwrap().place, Place::default());
    }

    #[test]
    fn a_commerce_field_that_is_missing_is_an_error_and_never_zero() {
        for field in ["numberOfOrders", "amountSpent", "tags", "updatedAt"] {
            for gone in [true, false] {
                let mut json = ada();
                if gone {
                    json.as_object_mut().unwrap().remove(field);
                } else {
                    json[field] = Value::Null;
                }
                let error = read(json, &[]).unwrap_err();
                assert!(
                    matches!(error.kind(), ShopErrorKind::Incomplete { field: f } if *f == field),
                    "{error}"
                );
            }
        }
        assert!(read(ada(), &["lastOrder"]).is_err(), "an order that was withheld is not 'no order'");
    }

    #[test]
    fn a_protected_field_that_is_withheld_is_not_empty() {
        let mut json = ada();
        (json["firstName"], json["defaultEmailAddress"]) = (Value::Null, Value::Null);
        let customer = read(json, &["firstName", "defaultEmailAddress"]).unwrap();
        assert_eq!((customer.first_name, customer.email), (Seen::Withheld, Seen::Withheld));
    }

    #[test]
    fn consent_is_read_in_both_vocabularies_and_a_new_word_is_no_consent() {
        let mut json = ada();
        json["defaultPhoneNumber"] =
            json!({"phoneNumber": "+15550100", "smsMarketingConsent": {"state": "NEVER_SUBSCRIBED"}});
        let customer = read(json.clone(), &[]).unwrap();
        assert_eq!(customer.email_consent, Seen::Known(Some(Consent::Subscribed)));
        assert_eq!(customer.sms_consent, Seen::Known(Some(Consent::NotSubscribed)));
        assert_eq!(read(ada(), &[]).unwrap().sms_consent, Seen::Known(None), "no number, no consent");
        json["defaultPhoneNumber"]["smsMarketingConsent"]["state"] = "PERHAPS".into();
        let error = read(json.clone(), &[]).unwrap_err();
        assert!(matches!(error.kind(), ShopErrorKind::Incomplete { field: "defaultPhoneNumber" }), "{error}");
        json["defaultPhoneNumber"] = Value::Null;
        let customer = read(json, &["defaultPhoneNumber"]).unwrap();
        assert_eq!(customer.sms_consent, Seen::Withheld);
    }
}
