//! By what right we read each shop.

use std::collections::BTreeMap;
use std::fmt;

use domain::ShopDomain;
use secrecy::SecretString;
use serde::Deserialize;

/// The API credentials of every configured shop. Read from `{"shops":{"example.myshopify.com":{...}}}`, where each shop
/// has an `access_token`, or a `client_id` and `client_secret` (for the client credentials grant), and may have a
/// `key_prefix`.
#[derive(Debug, Default)]
pub struct Credentials {
    shops: BTreeMap<ShopDomain, OfShop>,
}

#[derive(Debug)]
pub(super) struct OfShop {
    pub(super) grant: Grant,
    key_prefix: String,
}

#[derive(Debug, Clone)]
pub(super) enum Grant {
    /// A token that does not expire (offline, or of an app made in the admin before 2026).
    Token(SecretString),
    /// A Dev Dashboard app of the shop's own organisation: a token of 24 hours
    /// (shopify.dev, client-credentials-grant).
    Client { id: String, secret: SecretString },
}

/// What is wrong with the text; never the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCredentials(String);

impl fmt::Display for InvalidCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the Shopify secret is not usable: {}", self.0)
    }
}

impl std::error::Error for InvalidCredentials {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    shops: BTreeMap<ShopDomain, StoredShop>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredShop {
    access_token: Option<SecretString>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    #[serde(default)]
    key_prefix: String,
}

impl StoredShop {
    fn grant(self) -> Option<Grant> {
        match (self.access_token, self.client_id, self.client_secret) {
            (Some(token), None, None) => Some(Grant::Token(token)),
            (None, Some(id), Some(secret)) => Some(Grant::Client { id, secret }),
            _ => None,
        }
    }
}

impl Credentials {
    /// Reads the stored JSON; all that is wrong with the shops is said at once.
    pub fn parse(json: &str) -> Result<Self, InvalidCredentials> {
        let stored: Stored = serde_json::from_str(json).map_err(|e| {
            InvalidCredentials(format!(
                "it is not JSON of the shape {{\"shops\":{{\"example.myshopify.com\":{{\"access_token\":\"...\"}}}}}} \
                 (line {}, column {})",
                e.line(),
                e.column()
            ))
        })?;
        let (mut shops, mut wrong) = (BTreeMap::new(), Vec::new());
        for (domain, shop) in stored.shops {
            let key_prefix = shop.key_prefix.clone();
            if let Some(grant) = shop.grant() {
                shops.insert(domain, OfShop { grant, key_prefix });
            } else {
                wrong.push(format!("{domain} needs either access_token, or client_id and client_secret"));
            }
        }
        wrong.extend(colliding(&shops));
        if wrong.is_empty() { Ok(Self { shops }) } else { Err(InvalidCredentials(wrong.join("; "))) }
    }

    pub(super) fn of(&self, shop: &ShopDomain) -> Option<&OfShop> {
        self.shops.get(shop)
    }

    /// What stands before the customer's id in the CRM key of this shop's customers; empty for a single shop.
    pub fn key_prefix(&self, shop: &ShopDomain) -> &str {
        self.shops.get(shop).map_or("", |of_shop| of_shop.key_prefix.as_str())
    }

    /// The shops, in order.
    pub fn shops(&self) -> impl Iterator<Item = &ShopDomain> {
        self.shops.keys()
    }
}

/// Two shops that write into one CRM account must not be able to make the same key: each prefix is its own and does
/// not end in a digit, so that `1` + `23` is not `12` + `3`.
fn colliding(shops: &BTreeMap<ShopDomain, OfShop>) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut wrong = Vec::new();
    for (domain, shop) in shops {
        if let Some(other) = seen.insert(&shop.key_prefix, domain) {
            wrong.push(format!("{other} and {domain} need a key_prefix each, different from the other's"));
        }
        if shop.key_prefix.ends_with(|c: char| c.is_ascii_digit()) {
            wrong.push(format!("the key_prefix of {domain} must not end in a digit"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_credentials_are_read() {
        let json = r#"{"shops":{"a.myshopify.com":{"access_token":"t","key_prefix":"a-"},
            "b.myshopify.com":{"client_id":"i","client_secret":"s","key_prefix":"b-"}}}"#;
        let credentials = Credentials::parse(json).unwrap();
        let b = ShopDomain::parse("b.myshopify.com").unwrap();
        assert!(matches!(credentials.of(&b).unwrap().grant, Grant::Client { .. }));
        assert_eq!(credentials.key_prefix(&b), "b-");
    }

    #[test]
    fn two_shops_that_could_make_the_same_key_are_refused_with_all_that_is_wrong() {
        let json = r#"{"shops":{"a.myshopify.com":{"access_token":"hush"},"b.myshopify.com":{"access_token":"hush"},
            "c.myshopify.com":{"client_id":"hush"},"d.myshopify.com":{"access_token":"hush","key_prefix":"1"}}}"#;
        let refused = Credentials::parse(json).unwrap_err().to_string();
        for part in [
            "a.myshopify.com and b.myshopify.com",
            "c.myshopify.com needs either",
            "d.myshopify.com must not",
        ] {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(!refused.contains("hush"));
    }
}
