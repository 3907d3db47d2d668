//! Bodies of webhooks, as Shopify writes them: REST-shaped, in the shop's offset, with `/` and `&` escaped.

pub(crate) mod address;
pub(crate) mod company;
pub(crate) mod customer;
pub(crate) mod line;
pub(crate) mod notice;
pub(crate) mod order;
mod price;
pub(crate) mod refund;

use std::io;

use serde::Serialize as _;
use serde_json::{
    Value,
    ser::{Formatter, Serializer},
};

/// Serialises with Shopify's escapes, so that a reader who parses and writes again gets other bytes.
pub(crate) fn bytes(content: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing a value into memory cannot fail: its keys are strings and a vector takes what it is given.
    content.serialize(&mut Serializer::with_formatter(&mut out, Escapes)).unwrap_or_default();
    out
}

struct Escapes;

impl Formatter for Escapes {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['/', '&', '<', '>']) {
            writer.write_all(&rest.as_bytes()[..at])?;
            writer.write_all(escape(rest.as_bytes()[at]))?;
            rest = &rest[at + 1..];
        }
        writer.write_all(rest.as_bytes())
    }
}

fn escape(byte: u8) -> &'static [u8] {
    match byte {
        b'/' => b"\\/",
        b'&' => b"\\u0026",
        b'<' => b"\\u003c",
        _ => b"\\u003e",
    }
}

/// Nulls the protected fields an app without approval gets as null.
pub(crate) fn redact(content: &mut Value, kinds: &[String]) {
    match content {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if protected(name).is_some_and(|kind| kinds.iter().any(|redacted| redacted == kind)) {
                    *value = Value::Null;
                } else {
                    redact(value, kinds);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, kinds)),
        _ => {}
    }
}

fn protected(field: &str) -> Option<&'static str> {
    match field {
        "email" | "contact_email" => Some("email"),
        "phone" => Some("phone"),
        "first_name" | "last_name" => Some("name"),
        "address1" | "address2" | "zip" | "latitude" | "longitude" => Some("address"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn slashes_and_ampersands_are_escaped_and_everything_else_is_as_it_was() {
        let content = json!({"id": 820_982_911_946_154_508_u64, "a/b": "gid://x & \"y\" ☃ <b>"});
        let written = String::from_utf8(bytes(&content)).unwrap();
        assert!(written.contains(r#""a\/b":"gid:\/\/x \u0026 \"y\" ☃ \u003cb\u003e""#), "{written}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), content);
    }

    #[test]
    fn redaction_reaches_every_level() {
        let mut content = json!({"email": "a@b", "customer": {"email": "a@b", "phone": "1"}});
        redact(&mut content, &["email".to_owned()]);
        assert_eq!(content, json!({"email": null, "customer": {"email": null, "phone": "1"}}));
    }
}
