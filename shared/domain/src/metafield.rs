//! What a merchant added to the shop's own fields.

use std::fmt;

use crate::kept::kept;
use crate::{Field, SignalName};

/// The namespace and key of a metafield, such as `custom.loyalty_tier`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetafieldKey(String);

impl MetafieldKey {
    /// Reads `namespace.key`: each of letters, digits, `_` and `-` (a namespace may begin with `$`), 2 to 255 long the
    /// namespace, 2 to 64 the key (shopify.dev/docs/api/admin-graphql, `MetafieldDefinitionInput`).
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, key) = text.split_once('.')?;
        let is_word = |word: &str, most: usize| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            (2..=most).contains(&word.len()) && word.bytes().all(allowed)
        };
        let is_valid = is_word(namespace.strip_prefix('$').unwrap_or(namespace), 255) && is_word(key, 64);
        is_valid.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its two parts, such as `custom` and `loyalty_tier`.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once('.').unwrap_or_default()
    }
}

impl fmt::Display for MetafieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The longest name of a metafield in the CRM.
const LONGEST_NAME: usize = 100;

/// Under which name a CRM knows a metafield, such as `loyalty_tier`: small letters, digits and `_`, a letter first, at
/// most 100. It is no name of ours, and none of what the CRM or its people keep to themselves (S-014, S-093), so that a
/// write that touches those cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetafieldName(&'static str);

/// Why a text is no metafield's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidName {
    /// It is not spelled like one.
    Shape,
    /// It is the name of something that is ours or the CRM's.
    Taken,
}

impl MetafieldName {
    /// Reads a name. Each is kept once for the life of the process, so that a field stays as cheap to copy as a number.
    /// Such names come from the manifest, and from rows that were written by an earlier one: there are as many as people
    /// have thought of, however many events there are.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let begins = text.starts_with(|letter: char| letter.is_ascii_lowercase());
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !begins || text.len() > LONGEST_NAME || !text.bytes().all(is_name) {
            return Err(InvalidName::Shape);
        }
        if is_taken(text) { Err(InvalidName::Taken) } else { Ok(Self(kept(text))) }
    }

    /// As it was written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for MetafieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a name is the CRM's: what the people who work with it decide (S-014, S-093).
pub fn is_the_crms(name: &str) -> bool {
    let name = plain(name);
    ["owner", "leadstatus"].iter().any(|theirs| name.contains(theirs))
}

/// CRMs spell some of our fields without `_`, and have names of their own behind these beginnings, as we have.
fn is_taken(name: &str) -> bool {
    let is_ours = Field::ALL.iter().any(|field| plain(field.name()) == plain(name));
    is_ours
        || is_the_crms(name)
        || ["hs_", "hubspot_", "shopify_", SignalName::BEGIN].iter().any(|begin| name.starts_with(begin))
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_214_a_name_is_the_same_however_often_it_is_read() {
        let (one, two) = (MetafieldName::parse("loyalty_tier"), MetafieldName::parse("loyalty_tier"));
        assert_eq!(one, two);
        assert!(std::ptr::eq(one.unwrap().as_str(), two.unwrap().as_str()), "it is kept once");
        assert_ne!(one, MetafieldName::parse("loyalty_tier_2"));
        let longest = "x".repeat(100);
        assert!(MetafieldName::parse(&longest).is_ok());
        for text in ["", "_tier", "2nd", "Tier", "loyalty tier", "tier\"", "tiér", &format!("{longest}x")] {
            assert_eq!(MetafieldName::parse(text), Err(InvalidName::Shape), "{text}");
        }
    }

    #[test]
    fn s_014_and_s_093_what_is_the_crms_or_ours_is_no_metafields_name() {
        for text in [
            "hubspot_owner_id",
            "hs_lead_status",
            "contact_owner",
            "lead_status",
            "leadstatus",
            "ownerid",
            "hs_additional_emails",
            "hubspot_team_id",
            "email",
            "first_name",
            "firstname",
            "lifecyclestage",
            "shopify_customer_id",
            "signals",
            "signal_tier",
        ] {
            assert_eq!(MetafieldName::parse(text), Err(InvalidName::Taken), "{text}");
        }
    }

    #[test]
    fn s_214_a_metafield_is_named_by_namespace_and_key() {
        for text in ["custom.loyalty_tier", "my-app.tax-id", "$app.tier"] {
            let key = MetafieldKey::parse(text).unwrap();
            let (namespace, word) = key.parts();
            assert_eq!((key.as_str(), format!("{namespace}.{word}").as_str()), (text, text));
        }
        for text in ["", "loyalty_tier", "custom.", ".tier", "custom.a b", "c.tier", "custom.loyalty.tier"] {
            assert_eq!(MetafieldKey::parse(text), None, "{text}");
        }
    }
}
