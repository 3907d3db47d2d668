//! What a merchant added to the shop's own fields.

use std::fmt;

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
}

impl fmt::Display for MetafieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_214_a_metafield_is_named_by_namespace_and_key() {
        for text in ["custom.loyalty_tier", "my-app.tax-id", "$app.tier"] {
            assert_eq!(MetafieldKey::parse(text).as_ref().map(MetafieldKey::as_str), Some(text));
        }
        for text in ["", "loyalty_tier", "custom.", ".tier", "custom.a b", "c.tier", "custom.loyalty.tier"] {
            assert_eq!(MetafieldKey::parse(text), None, "{text}");
        }
    }
}
