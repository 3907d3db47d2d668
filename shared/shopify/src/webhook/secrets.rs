//! The client secrets by which each shop signs.

use std::collections::BTreeMap;
use std::fmt;

use domain::ShopDomain;
use secrecy::SecretString;
use serde::Deserialize;

/// The secrets of every configured shop, the newest first. Read from
/// `{"shops":{"example.myshopify.com":{"client_secrets":["new","old"]}}}`.
#[derive(Debug, Default)]
pub struct ClientSecrets {
    shops: BTreeMap<ShopDomain, Vec<SecretString>>,
}

/// What is wrong with the text; never the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSecrets(String);

impl fmt::Display for InvalidSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the webhook secret is not usable: {}; expected \
             {{\"shops\":{{\"example.myshopify.com\":{{\"client_secrets\":[\"...\"]}}}}}}",
            self.0
        )
    }
}

impl std::error::Error for InvalidSecrets {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    shops: BTreeMap<ShopDomain, StoredShop>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredShop {
    client_secrets: Vec<SecretString>,
}

impl ClientSecrets {
    /// Reads the stored JSON. A shop without a secret, or with an empty one, is refused: anybody could sign for it.
    pub fn parse(json: &str) -> Result<Self, InvalidSecrets> {
        use secrecy::ExposeSecret;
        // serde_json's message may quote what it read, so only the place is told.
        let stored: Stored = serde_json::from_str(json).map_err(|e| {
            InvalidSecrets(format!("it is not JSON of that shape (line {}, column {})", e.line(), e.column()))
        })?;
        let usable = |shop: &StoredShop| {
            !shop.client_secrets.is_empty()
                && shop.client_secrets.iter().all(|s| !s.expose_secret().is_empty())
        };
        if let Some((shop, _)) = stored.shops.iter().find(|(_, shop)| !usable(shop)) {
            return Err(InvalidSecrets(format!("{shop} has no client secret, or an empty one")));
        }
        let shops = stored.shops.into_iter().map(|(domain, shop)| (domain, shop.client_secrets)).collect();
        Ok(Self { shops })
    }

    /// The secrets of a configured shop.
    pub fn of(&self, shop: &ShopDomain) -> Option<&[SecretString]> {
        self.shops.get(shop).map(Vec::as_slice)
    }

    /// The secrets of all shops.
    pub fn all(&self) -> Vec<SecretString> {
        self.shops.values().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_secrets_are_read_by_shop() {
        let json = r#"{"shops":{"Demo.myshopify.com":{"client_secrets":["a","b"]}}}"#;
        let secrets = ClientSecrets::parse(json).unwrap();
        assert_eq!(secrets.of(&ShopDomain::parse("demo.myshopify.com").unwrap()).unwrap().len(), 2);
        assert!(secrets.of(&ShopDomain::parse("other.myshopify.com").unwrap()).is_none());
    }

    #[test]
    fn what_is_not_usable_is_refused_without_being_repeated() {
        for json in [
            "hush-hush",
            "{}",
            r#"{"shops":{"demo.myshopify.com":{"client_secrets":[]}}}"#,
            r#"{"shops":{"demo.myshopify.com":{"client_secrets":[""]}}}"#,
            r#"{"shops":{"hush-hush.example.com":{"client_secrets":["x"]}}}"#,
            r#"{"shops":{"demo.myshopify.com":{"client_secrets":"hush-hush"}}}"#,
        ] {
            let refused = ClientSecrets::parse(json).unwrap_err().to_string();
            assert!(refused.contains("expected") && !refused.contains("hush-hush"), "{refused}");
        }
    }
}
