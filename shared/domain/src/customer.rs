//! A customer as the shop tells it: the truth that a contact is made from.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Buyer, Consent, CustomerKey, MetafieldKey, Money, OrderId, Refunds, Value};

/// A value that the shop may not tell us.
///
/// Without approval for protected customer data Shopify answers null *and* an error for that field
/// (shopify.dev/docs/apps/launch/protected-customer-data); such a null must never overwrite a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<T> {
    /// This is how it is; `None` is really nothing.
    Known(Option<T>),
    /// We were not told.
    Withheld,
}

impl<T> Seen<T> {
    /// The value, where there is one and we were told it.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) => value.as_ref(),
            Self::Withheld => None,
        }
    }
}

/// An e-mail address and whether its owner has shown that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The address as the shop has it.
    pub address: String,
    /// Only a verified address may be matched with a record that is already in the CRM (S-210).
    pub verified: bool,
}

impl Email {
    /// The address as it is compared: without surrounding space, in lower case.
    pub fn normalised(&self) -> String {
        self.address.trim().to_lowercase()
    }
}

/// Where somebody lives, as far as the shop tells us. Never written to a CRM: it only helps to tell who is who, so what
/// was withheld is as good as nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The country of the default address: ISO 3166, such as `CH`.
    pub country: Option<String>,
    /// Its postal code.
    pub postal_code: Option<String>,
}

/// The newest order of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Which.
    pub id: OrderId,
    /// The shop's name for it, such as `#1001`.
    pub name: String,
    /// When it was placed, UTC.
    pub processed_at: Timestamp,
}

/// A customer, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Whose customer and which.
    pub key: CustomerKey,
    /// Since when the shop knows them, UTC.
    pub created_at: Timestamp,
    /// The version of what we read, UTC; one second is its finest step.
    pub updated_at: Timestamp,
    /// Given name.
    pub first_name: Seen<String>,
    /// Family name.
    pub last_name: Seen<String>,
    /// Address.
    pub email: Seen<Email>,
    /// Number as the shop has it (E.164).
    pub phone: Seen<String>,
    /// Where they live.
    pub place: Place,
    /// All tags.
    pub tags: Vec<String>,
    /// How many orders, over the whole life.
    pub orders_count: u64,
    /// How much was spent, over the whole life, less refunds, in the shop's currency.
    pub amount_spent: Money,
    /// The newest order.
    pub last_order: Option<OrderSummary>,
    /// What went back; none where it was not asked for, which says nothing.
    pub refunds: Option<Refunds>,
    /// The companies that they buy for; none where they were not asked for, which says nothing.
    pub companies: Option<Vec<Buyer>>,
    /// Whether marketing to the address is agreed to; `Known(None)` without an address.
    pub email_consent: Seen<Consent>,
    /// Whether text messages to the number are agreed to; `Known(None)` without a number.
    pub sms_consent: Seen<Consent>,
    /// The merchant's own fields that were asked for; one that is not here was not asked for.
    pub metafields: BTreeMap<MetafieldKey, Seen<Value>>,
}
