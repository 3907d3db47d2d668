//! Who is reached where: kept beside the customers, so that a new address is not held against all of them.

use std::collections::{BTreeSet, HashMap};

use crate::customer::Customer;

/// Customers by e-mail address and by phone number. Several may share one: a payload that is taken is not refused.
#[derive(Default)]
pub(crate) struct Reached {
    emails: HashMap<String, BTreeSet<u64>>,
    phones: HashMap<String, BTreeSet<u64>>,
}

impl Reached {
    pub(crate) fn note(&mut self, customer: &Customer) {
        if let Some(email) = plain(customer.email.as_ref()) {
            self.emails.entry(email).or_default().insert(customer.id);
        }
        if let Some(phone) = plain(customer.phone.as_ref()) {
            self.phones.entry(phone).or_default().insert(customer.id);
        }
    }

    pub(crate) fn forget(&mut self, customer: &Customer) {
        let both = [(&mut self.emails, &customer.email), (&mut self.phones, &customer.phone)];
        for (held, text) in both {
            if let Some(ids) = plain(text.as_ref()).and_then(|text| held.get_mut(&text)) {
                ids.remove(&customer.id);
            }
        }
    }

    /// Somebody else who is reached as this customer is: by which field, and who.
    pub(crate) fn other(&self, customer: &Customer) -> Option<(&'static str, u64)> {
        let both = [("email", &self.emails, &customer.email), ("phone", &self.phones, &customer.phone)];
        let other = |(field, held, text): (_, &HashMap<String, BTreeSet<u64>>, &Option<String>)| {
            let ids = held.get(&plain(text.as_ref())?)?;
            Some((field, ids.iter().copied().find(|id| *id != customer.id)?))
        };
        both.into_iter().filter_map(other).min_by_key(|(_, id)| *id)
    }
}

fn plain(text: Option<&String>) -> Option<String> {
    text.map(|text| text.to_ascii_lowercase())
}
