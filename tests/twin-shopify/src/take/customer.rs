//! Customers in payloads.

use jiff::Timestamp;

use super::{Taking, reading::Reading};
use crate::{
    customer::{Address, Consent, Customer},
    gid,
};

impl Taking<'_> {
    /// Takes a customer. A payload that is older than what is here changes nothing; one without a date fills gaps only,
    /// unless it is the payload's own subject. Gives the id.
    pub(super) fn customer(&mut self, read: &Reading<'_>, subject: bool) -> Option<u64> {
        let id = read.own_id("Customer")?;
        let mut held = self.ensure_customer(id);
        let stated = read.time(&["updated_at"]);
        let newer = held.known_at.is_none_or(|known| stated.map_or(subject, |time| time >= known));
        if newer {
            overwrite(&mut held, read);
            held.updated_at = stated.unwrap_or(self.now);
            held.known_at = stated.or(held.known_at);
        } else {
            fill(&mut held, read);
        }
        if let Some(made) = read.time(&["created_at"]) {
            held.created_at = made;
        }
        let as_of = stated.unwrap_or(self.now);
        self.claim(&mut held, read, as_of);
        self.shop.put_customer(held);
        Some(id)
    }

    /// The customer as it is here, made with its id alone if it was not.
    pub(super) fn ensure_customer(&mut self, id: u64) -> Customer {
        self.taken.customer(id);
        if let Some(held) = self.shop.customers.get(&id) {
            return (**held).clone();
        }
        let made = Customer::unknown(id, self.now);
        self.shop.put_customer(made.clone());
        made
    }
}

/// Key by key: what is absent stays, what is null goes.
fn overwrite(held: &mut Customer, read: &Reading<'_>) {
    for (name, slot) in slots(held) {
        if read.has(name) {
            *slot = read.text(name).filter(|text| !text.is_empty());
        }
    }
    held.verified_email = read.flag("verified_email").unwrap_or(held.verified_email);
    held.tax_exempt = read.flag("tax_exempt").unwrap_or(held.tax_exempt);
    held.state = read.text_of(&["state"]).unwrap_or_else(|| held.state.clone()).to_lowercase();
    held.locale = read.text_of(&["locale", "customer_locale"]).unwrap_or_else(|| held.locale.clone());
    if let Some(tags) = read.words("tags") {
        held.tags.clear();
        held.add_tags(&tags);
    }
    if let Some(found) = address(read, "default_address") {
        held.address = Some(found);
    }
    consents(held, read);
}

fn fill(held: &mut Customer, read: &Reading<'_>) {
    for (name, slot) in slots(held) {
        if slot.is_none() {
            *slot = read.text(name).filter(|text| !text.is_empty());
        }
    }
    if held.address.is_none() {
        held.address = address(read, "default_address");
    }
}

fn slots(held: &mut Customer) -> [(&'static str, &mut Option<String>); 5] {
    [
        ("first_name", &mut held.first_name),
        ("last_name", &mut held.last_name),
        ("email", &mut held.email),
        ("phone", &mut held.phone),
        ("note", &mut held.note),
    ]
}

/// Consents in old payloads (before 2025-01) and in the consent topics.
pub(super) fn consents(held: &mut Customer, read: &Reading<'_>) {
    if let Some(found) = read.part("email_marketing_consent") {
        held.email_consent = consent(&found);
    }
    if let Some(found) = read.part("sms_marketing_consent") {
        held.sms_consent = consent(&found);
    }
}

fn consent(read: &Reading<'_>) -> Consent {
    Consent {
        state: read.text_of(&["state"]).map(|state| state.to_lowercase()),
        opt_in_level: read.text_of(&["opt_in_level"]).map(|level| level.to_lowercase()),
        updated_at: read.time(&["consent_updated_at"]),
    }
}

/// An address; `[]`, `{}` and null are none.
pub(super) fn address(read: &Reading<'_>, name: &str) -> Option<Address> {
    let part = read.part(name)?;
    Some(Address {
        id: part.0.get("id").and_then(|id| gid::from_value("MailingAddress", id)).unwrap_or(0),
        first_name: part.text("first_name"),
        last_name: part.text("last_name"),
        company: part.text("company"),
        address1: part.text("address1"),
        address2: part.text("address2"),
        city: part.text("city"),
        province: part.text("province"),
        province_code: part.text("province_code"),
        country: part.text("country"),
        country_code: part.text("country_code").map(|code| code.to_uppercase()),
        zip: part.text("zip"),
        phone: part.text("phone"),
    })
}

/// The later of two times, where there are two.
pub(super) fn later(one: Timestamp, other: Option<Timestamp>) -> Timestamp {
    other.map_or(one, |other| one.max(other))
}
