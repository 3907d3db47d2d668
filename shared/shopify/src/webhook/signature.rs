//! Is it really them?

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// A body whose signature was right. Made by [`verify`] alone.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    body: &'a [u8],
}

impl<'a> Verified<'a> {
    /// The raw bytes, as they were signed.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// Why a request is not believed. Never the expected signature: who reads it could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no signature.
    Missing,
    /// It is not 32 bytes in base64; in hexadecimal it is 64 characters, which is the usual mix-up.
    Malformed,
    /// It was not made with any of the secrets.
    Mismatch,
}

impl Refused {
    /// A stable code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "signature_missing",
            Self::Malformed => "signature_malformed",
            Self::Mismatch => "signature_mismatch",
        }
    }
}

/// Checks base64(HMAC-SHA256(client secret, raw body)) against every secret, in constant time and without stopping at
/// the first that fits (shopify.dev/docs/apps/build/webhooks/verify-deliveries; during a rotation several count).
pub fn verify<'a>(
    secrets: &[SecretString],
    body: &'a [u8],
    signature: Option<&str>,
) -> Result<Verified<'a>, Refused> {
    let signature = decode(signature.ok_or(Refused::Missing)?).ok_or(Refused::Malformed)?;
    let matches = secrets.iter().fold(false, |found, secret| found | signed_with(secret, body, &signature));
    if matches { Ok(Verified { body }) } else { Err(Refused::Mismatch) }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn signed_with(secret: &SecretString, body: &[u8], signature: &[u8; 32]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

/// Lets the tests of the payload begin behind the signature.
#[cfg(test)]
pub(super) fn tests_only(body: &[u8]) -> Verified<'_> {
    Verified { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(list: &[&str]) -> Vec<SecretString> {
        list.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    fn sign(secret: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body);
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn s_078_the_vectors_of_another_implementation_hold() {
        // Computed with Python's hmac over the same bytes.
        let vectors: [(&str, &[u8], &str); 2] = [
            ("hush", b"{}", "UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg="),
            (
                "hush",
                br#"{"id":9079211262258,"admin_graphql_api_id":"gid:\/\/shopify\/Customer\/9079211262258"}"#,
                "bFQP76nGCZzClA+JP7ITjqBQuuI3574ixkIFsR1NBBw=",
            ),
        ];
        for (secret, body, signature) in vectors {
            assert!(verify(&secrets(&[secret]), body, Some(signature)).is_ok());
        }
    }

    #[test]
    fn during_a_rotation_old_and_new_count() {
        let both = secrets(&["new", "old"]);
        for secret in ["new", "old"] {
            assert!(verify(&both, b"{}", Some(&sign(secret, b"{}"))).is_ok());
        }
        assert_eq!(verify(&both, b"{}", Some(&sign("older", b"{}"))).unwrap_err(), Refused::Mismatch);
    }

    #[test]
    fn s_078_what_is_not_signed_is_not_believed() {
        let hush = secrets(&["hush"]);
        let hex = "505c20ac604f662945b662a1f13a9ca2f03bf0b1986f505d5aef48e10da8c918";
        let table = [
            (None, Refused::Missing),
            (Some(""), Refused::Malformed),
            (Some(hex), Refused::Malformed),
            (Some("not base64!"), Refused::Malformed),
            (Some("AAAA"), Refused::Malformed),
            (Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), Refused::Mismatch),
        ];
        for (signature, refused) in table {
            assert_eq!(verify(&hush, b"{}", signature).unwrap_err(), refused, "{signature:?}");
        }
        assert_eq!(verify(&[], b"{}", Some(&sign("", b"{}"))).unwrap_err(), Refused::Mismatch);
    }

    #[test]
    fn one_changed_byte_is_enough() {
        let signature = sign("hush", br#"{"total":"10.00"}"#);
        assert!(verify(&secrets(&["hush"]), br#"{"total":"90.00"}"#, Some(&signature)).is_err());
    }
}
