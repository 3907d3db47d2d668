//! What was written, remembered as keyed hashes: enough to see a change, nothing to read.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Field, Value};

/// The key of the hashes. Losing it makes everything look changed: each contact is written once more, a name or phone
/// that a rep had edited too.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

impl FingerprintKey {
    /// A key of any length.
    #[allow(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "HMAC takes a key of any length; this cannot fail"
    )]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }
}

/// A keyed hash of one field's value, sixteen hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The hash of `value` in `field`: the same value in another field hashes to something else.
    pub fn of(key: &FingerprintKey, field: Field, value: &Value) -> Self {
        let mut mac = key.0.clone();
        mac.update(field.name().as_bytes());
        mac.update(b"=");
        mac.update(value.canonical().as_bytes());
        let hash = mac.finalize().into_bytes();
        let head = hash.iter().take(8).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(format!("{head:016x}"))
    }

    /// A hash as it was stored.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The sixteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was last written to a record, by field.
pub type Fingerprints = BTreeMap<Field, Fingerprint>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_fingerprint_and_no_other() {
        let key = FingerprintKey::new(b"k");
        let of = |value: &str| Fingerprint::of(&key, Field::Email, &Value::Text(value.into()));
        assert_eq!(of("ada@example.com"), of("ada@example.com"));
        assert_ne!(of("ada@example.com"), of("bob@example.com"));
        assert_ne!(of("1"), Fingerprint::of(&key, Field::Phone, &Value::Text("1".into())));
        assert_ne!(
            of("1"),
            Fingerprint::of(&FingerprintKey::new(b"l"), Field::Email, &Value::Text("1".into()))
        );
        assert_eq!(of("x").as_str().len(), 16);
    }

    #[test]
    fn ten_point_zero_is_ten() {
        let key = FingerprintKey::new(b"k");
        let of = |n: &str| Fingerprint::of(&key, Field::TotalSpent, &Value::Number(n.parse().unwrap()));
        assert_eq!(of("10.0"), of("10.00"));
        assert_ne!(of("10.0"), of("10.01"));
    }
}
