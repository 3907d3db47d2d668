//! Our word for who we are, signed (OAuth 2.0 JWT bearer, RS256).

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

/// How long our word counts. Salesforce takes at most three to five minutes.
const COUNTS_FOR: SignedDuration = SignedDuration::from_mins(3);

/// An RSA key that signs.
#[derive(Clone)]
pub(crate) struct PrivateKey(Arc<RsaKeyPair>);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

impl PrivateKey {
    /// Reads PEM with PKCS#8 in it; `None` where it is anything else. Line ends may be written as `\n`, as they are in a
    /// secret that was pasted into JSON.
    pub(crate) fn parse(pem: &SecretString) -> Option<Self> {
        let text = pem.expose_secret().replace("\\n", "\n");
        let begin = text.split_once("-----BEGIN PRIVATE KEY-----")?.1;
        let body = begin.split_once("-----END PRIVATE KEY-----")?.0;
        let letters: String = body.split_whitespace().collect();
        let der = STANDARD.decode(letters).ok()?;
        RsaKeyPair::from_pkcs8(&der).ok().map(|pair| Self(Arc::new(pair)))
    }

    fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
        Some(URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What is sent: who asks (`issuer`, the consumer key), for whom (`user`), whom (`audience`). `None` where the machine has
/// no chance to sign with.
pub(crate) fn assertion(
    key: &PrivateKey,
    issuer: &str,
    user: &str,
    audience: &str,
    now: Timestamp,
) -> Option<SecretString> {
    let ends = now.saturating_add(COUNTS_FOR).unwrap_or(now).as_second();
    let head = json!({"alg": "RS256", "typ": "JWT"});
    let claims = json!({"iss": issuer, "sub": user, "aud": audience, "exp": ends});
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(head), part(claims));
    let signature = key.sign(&text)?;
    Some(SecretString::from(format!("{text}.{signature}")))
}

#[cfg(test)]
mod tests {
    use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    /// Made for this test: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`.
    const PEM: &str = include_str!("../tests/key.pem");

    fn key() -> PrivateKey {
        PrivateKey::parse(&SecretString::from(PEM)).unwrap()
    }

    #[test]
    fn s_101_our_word_is_signed_and_says_who_for_whom_and_until_when() {
        let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let word =
            assertion(&key(), "3MVG9", "ada@example.com", "https://login.salesforce.com", now).unwrap();
        let parts: Vec<_> = word.expose_secret().split('.').collect();
        let [head, claims, signature] = parts[..] else { panic!("three parts") };
        let public =
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key().0.public_key().as_ref().to_vec());
        let signed = format!("{head}.{claims}");
        public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["exp"], now.as_second() + 180);
        assert_eq!(claims["sub"], "ada@example.com");
    }

    #[test]
    fn a_key_is_read_with_its_line_ends_in_either_spelling_and_never_shown() {
        assert!(PrivateKey::parse(&SecretString::from(PEM.replace('\n', "\\n"))).is_some());
        assert_eq!(format!("{:?}", key()), "PrivateKey(..)");
        let other = PEM.replace("PRIVATE KEY", "RSA PRIVATE KEY");
        for bad in ["", "hush", &other, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert!(PrivateKey::parse(&SecretString::from(bad)).is_none());
        }
    }
}
