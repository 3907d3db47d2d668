//! The assertion of a JWT bearer grant: RS256 and four claims.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use crate::{oauth::Keys, org::Org};

/// An assertion may be good for so long at most; Salesforce says three minutes and allows some drift.
const LONGEST_S: i64 = 300;
const AUDIENCES: [&str; 2] = ["https://login.salesforce.com", "https://test.salesforce.com"];

type Refused = (&'static str, &'static str);

const ASSERTION: Refused = ("invalid_grant", "invalid assertion");

/// Holds an assertion against the app's id, its user, the audience, the time and, with a key, its signature.
pub(crate) fn check(keys: &Keys, assertion: &str, now_ms: i64) -> Result<(), Refused> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or(ASSERTION)?;
    let (header, claims) = signed.split_once('.').ok_or(ASSERTION)?;
    let (header, claims) = (decoded(header).ok_or(ASSERTION)?, decoded(claims).ok_or(ASSERTION)?);
    if header["alg"] != "RS256" {
        return Err(("invalid_grant", "algorithm in jwt not supported"));
    }
    check_signature(keys, signed, signature)?;
    check_claims(keys, &claims, now_ms / 1_000)
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn check_signature(keys: &Keys, signed: &str, signature: &str) -> Result<(), Refused> {
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| ASSERTION)?;
    let Some(key) = &keys.public_key else {
        return if signature.is_empty() { Err(ASSERTION) } else { Ok(()) };
    };
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(signed.as_bytes(), &signature).map_err(|_| ASSERTION)
}

fn check_claims(keys: &Keys, claims: &Value, now_s: i64) -> Result<(), Refused> {
    if claims["iss"] != keys.client_id.as_str() {
        return Err(("invalid_client_id", "client identifier invalid"));
    }
    if !claims["aud"].as_str().is_some_and(|aud| AUDIENCES.contains(&aud)) {
        return Err(("invalid_grant", "audience is invalid"));
    }
    let left = claims["exp"].as_i64().unwrap_or(0) - now_s;
    if left <= 0 {
        return Err(("invalid_grant", "expired authorization code"));
    }
    if left > LONGEST_S {
        return Err(ASSERTION);
    }
    // An unknown user, and one who never let the app in, are answered alike.
    let approved = claims["sub"] == Org::USERNAME && keys.approved;
    if approved { Ok(()) } else { Err(("invalid_grant", "user hasn't approved this consumer")) }
}

/// The PKCS#1 key in the PEM of a public key, which wraps it (RFC 5280, `SubjectPublicKeyInfo`).
pub(crate) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    if pem.contains("BEGIN RSA PUBLIC KEY") {
        return Some(der);
    }
    let (_, outer, _) = element(&der)?;
    let (_, _, rest) = element(outer)?;
    let (tag, bits, _) = element(rest)?;
    // A bit string begins with the number of bits that are not used.
    (tag == 3 && bits.first() == Some(&0)).then(|| bits[1..].to_vec())
}

/// Tag, content and rest of the first element of DER.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        length = digits
            .iter()
            .try_fold(0_usize, |all, digit| all.checked_mul(256)?.checked_add(usize::from(*digit)))?;
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}
