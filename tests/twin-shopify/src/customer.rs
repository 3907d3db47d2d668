//! A customer of the shop, and what is said of them elsewhere.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

/// A customer as the shop holds it. Counts and spend are not here: they follow from the orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// Numeric id; may exceed 2^53.
    pub id: u64,
    /// When the customer was made.
    pub created_at: Timestamp,
    /// When it last changed; whole seconds, as Shopify has it.
    pub updated_at: Timestamp,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// E-mail address, unchecked.
    pub email: Option<String>,
    /// Phone number, E.164 in a healthy shop.
    pub phone: Option<String>,
    /// Whether the e-mail address was proven.
    pub verified_email: bool,
    /// Tags, in alphabetical order.
    pub tags: Vec<String>,
    /// `disabled`, `invited`, `enabled` or `declined`.
    pub state: String,
    /// The merchant's note.
    pub note: Option<String>,
    /// Language.
    pub locale: String,
    /// Whether taxes are waived.
    pub tax_exempt: bool,
    /// The default address.
    pub address: Option<Address>,
    /// Consent to e-mail marketing.
    pub email_consent: Consent,
    /// Consent to SMS marketing.
    pub sms_consent: Consent,
    /// The companies that they buy for.
    pub companies: Vec<u64>,
    /// The merchant's own fields, by namespace and key, such as `custom.tier`.
    pub metafields: BTreeMap<String, Metafield>,
    /// Up to when the fields are known: an older payload does not overwrite them. `None` while only the id is known.
    pub(crate) known_at: Option<Timestamp>,
    /// Figures that a payload stated although its orders are not all here.
    pub(crate) claim: Option<Claim>,
}

impl Customer {
    /// Somebody of whom nothing is known but the id.
    pub(crate) fn unknown(id: u64, now: Timestamp) -> Self {
        Self {
            id,
            created_at: now,
            updated_at: now,
            first_name: None,
            last_name: None,
            email: None,
            phone: None,
            verified_email: true,
            tags: Vec::new(),
            state: "disabled".to_owned(),
            note: None,
            locale: "en".to_owned(),
            tax_exempt: false,
            address: None,
            email_consent: Consent::default(),
            sms_consent: Consent::default(),
            companies: Vec::new(),
            metafields: BTreeMap::new(),
            known_at: None,
            claim: None,
        }
    }

    /// Adds tags as Shopify does: one of each, whatever the case, in order. Gives those that are new.
    pub(crate) fn add_tags(&mut self, tags: &[String]) -> Vec<String> {
        let mut added = Vec::new();
        for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            if !self.tags.iter().any(|held| same_tag(held, tag)) {
                self.tags.push(tag.to_owned());
                added.push(tag.to_owned());
            }
        }
        self.tags.sort();
        added
    }

    /// Takes tags away. Gives those that were there.
    pub(crate) fn remove_tags(&mut self, tags: &[String]) -> Vec<String> {
        let goes = |held: &String| tags.iter().any(|tag| same_tag(held, tag.trim()));
        let removed = self.tags.iter().filter(|held| goes(held)).cloned().collect();
        self.tags.retain(|held| !goes(held));
        removed
    }

    /// Shopify's display name: the names, else the e-mail, else the phone.
    pub(crate) fn display_name(&self) -> String {
        let names: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() {
            self.email.clone().or_else(|| self.phone.clone()).unwrap_or_default()
        } else {
            names.join(" ")
        }
    }
}

fn same_tag(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Numeric id; 0 where the payload gave none.
    pub id: u64,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Street.
    pub address1: Option<String>,
    /// Second line.
    pub address2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Province or state, by name.
    pub province: Option<String>,
    /// Its code.
    pub province_code: Option<String>,
    /// Country, by name.
    pub country: Option<String>,
    /// ISO code.
    pub country_code: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

/// One of the merchant's own fields. What is set is never empty: Shopify has no metafield without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metafield {
    /// Such as `single_line_text_field`.
    pub kind: String,
    /// The value, a text whatever the type.
    pub value: String,
}

impl Metafield {
    /// Of this type, with this value.
    pub fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.to_owned(), value: value.to_owned() }
    }
}

/// Consent to one marketing channel, in the lower-case words of webhooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// `subscribed`, `not_subscribed`, ...; `None` was never asked.
    pub state: Option<String>,
    /// `single_opt_in`, `confirmed_opt_in`, `unknown`.
    pub opt_in_level: Option<String>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// Figures a payload carried: true for everything that happened up to `as_of`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    pub(crate) as_of: Timestamp,
    pub(crate) orders: Option<u64>,
    pub(crate) spent: Option<Decimal>,
    pub(crate) last_order: Option<u64>,
}
