//! The MD5 digests that SQS answers with and that some SDKs check.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde::Deserialize;

/// One message attribute as `SendMessage` carries it; the value is a string or base64.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attribute<'a> {
    #[serde(borrow)]
    data_type: Cow<'a, str>,
    #[serde(borrow, default)]
    string_value: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    binary_value: Option<Cow<'a, str>>,
}

/// `MD5OfMessageBody`.
pub(crate) fn of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// `MD5OfMessageAttributes`: name, type, a byte for the kind of value (1 string, 2 binary) and value, in the order of the
/// names, each but the byte led by its length (SQS Developer Guide, "Calculating the MD5 message digest").
pub(crate) fn of_attributes(attributes: &BTreeMap<Cow<'_, str>, Attribute<'_>>) -> String {
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        put(&mut digest, name.as_bytes());
        put(&mut digest, attribute.data_type.as_bytes());
        let binary = attribute.binary_value.as_ref().and_then(|value| STANDARD.decode(value.as_bytes()).ok());
        match (&attribute.string_value, binary) {
            (Some(text), _) => put_value(&mut digest, 1, text.as_bytes()),
            (None, Some(bytes)) => put_value(&mut digest, 2, &bytes),
            (None, None) => {}
        }
    }
    hex(&digest.finalize())
}

fn put_value(digest: &mut Md5, kind: u8, value: &[u8]) {
    digest.update([kind]);
    put(digest, value);
}

fn put(digest: &mut Md5, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    digest.update(length.to_be_bytes());
    digest.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(text: &str) -> BTreeMap<Cow<'_, str>, Attribute<'_>> {
        serde_json::from_str(text).expect("attributes")
    }

    #[test]
    fn a_body_has_the_md5_of_its_bytes() {
        assert_eq!(of_body("Hello World"), "b10a8db164e0754105b7a99be72e3fe5");
    }

    #[test]
    fn attributes_are_digested_in_the_order_of_their_names() {
        let one =
            r#"{"a":{"DataType":"String","StringValue":"1"},"b":{"DataType":"Number","StringValue":"2"}}"#;
        let other =
            r#"{"b":{"DataType":"Number","StringValue":"2"},"a":{"DataType":"String","StringValue":"1"}}"#;
        assert_eq!(of_attributes(&attributes(one)), of_attributes(&attributes(other)));
    }

    #[test]
    fn the_digest_is_that_of_the_documented_byte_string() {
        let mut bytes = Vec::new();
        for (led, part) in [(true, "shop"), (true, "String"), (false, "\u{1}"), (true, "demo")] {
            if led {
                bytes.extend([0, 0, 0, u8::try_from(part.len()).expect("short")]);
            }
            bytes.extend(part.as_bytes());
        }
        let found = of_attributes(&attributes(r#"{"shop":{"DataType":"String","StringValue":"demo"}}"#));
        assert_eq!(found, hex(&Md5::digest(&bytes)));
    }

    #[test]
    fn a_binary_value_counts_as_its_bytes_not_as_base64() {
        let text = attributes(r#"{"k":{"DataType":"Binary","StringValue":"hi"}}"#);
        let binary = attributes(r#"{"k":{"DataType":"Binary","BinaryValue":"aGk="}}"#);
        assert_ne!(of_attributes(&text), of_attributes(&binary), "the kind byte differs");
    }
}
