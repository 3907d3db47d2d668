//! AWS Signature Version 4 for one kind of request: `SendMessage` in the JSON protocol.

use std::io;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::variable;

const TARGET: &str = "AmazonSQS.SendMessage";
const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const SIGNED_HEADERS: &str = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";

/// Signs with one set of credentials; the derived key is kept for the day.
pub(crate) struct Signer {
    host: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    day: String,
    key: [u8; 32],
}

impl Signer {
    /// Reads region and credentials from the environment.
    pub(crate) fn from_environment(host: &str) -> io::Result<Self> {
        Ok(Self {
            host: host.to_owned(),
            region: variable("AWS_REGION")?,
            access_key_id: variable("AWS_ACCESS_KEY_ID")?,
            secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN")?,
            day: String::new(),
            key: [0; 32],
        })
    }

    /// The header lines of a signed request with this body, each with its CRLF; `Host` and the length are not among them.
    pub(crate) fn headers(&mut self, body: &[u8], now: Timestamp) -> String {
        let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        self.keep_key_of(&date[..8]);
        let scope = format!("{}/{}/sqs/aws4_request", self.day, self.region);
        let request = hex(&Sha256::digest(self.canonical_request(body, &date).as_bytes()));
        let signature = hex(&hmac(&self.key, &format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{request}")));
        let (token, key_id) = (&self.session_token, &self.access_key_id);
        format!(
            "Content-Type: {CONTENT_TYPE}\r\nX-Amz-Date: {date}\r\nX-Amz-Security-Token: {token}\r\nX-Amz-Target: {TARGET}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}\r\n"
        )
    }

    fn canonical_request(&self, body: &[u8], date: &str) -> String {
        let (host, token, digest) = (&self.host, &self.session_token, hex(&Sha256::digest(body)));
        format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\nx-amz-security-token:{token}\n\
             x-amz-target:{TARGET}\n\n{SIGNED_HEADERS}\n{digest}"
        )
    }

    fn keep_key_of(&mut self, day: &str) {
        if self.day == day {
            return;
        }
        day.clone_into(&mut self.day);
        let secret = format!("AWS4{}", self.secret_access_key);
        let of_region = hmac(&hmac(secret.as_bytes(), day), &self.region);
        self.key = hmac(&hmac(&of_region, "sqs"), "aws4_request");
    }
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    // HMAC takes a key of any length, so the second arm is never reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer {
            host: "127.0.0.1:9324".into(),
            region: "us-east-1".into(),
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: "token".into(),
            day: String::new(),
            key: [0; 32],
        }
    }

    #[test]
    fn the_key_of_a_day_is_the_one_aws_publishes() {
        // docs.aws.amazon.com, "Deriving a signing key": 20150830, us-east-1, there for iam.
        let secret = b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let key = hmac(&hmac(&hmac(&hmac(secret, "20150830"), "us-east-1"), "iam"), "aws4_request");
        assert_eq!(hex(&key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn the_headers_of_one_moment_are_always_the_same() {
        let moment: Timestamp = "2026-11-24T01:02:03Z".parse().expect("a moment");
        let (mut one, mut other) = (signer(), signer());
        let headers = one.headers(b"{}", moment);
        assert_eq!(headers, other.headers(b"{}", moment));
        assert!(headers.contains("X-Amz-Date: 20261124T010203Z\r\n"), "{headers}");
        assert!(headers.contains("Credential=AKIDEXAMPLE/20261124/us-east-1/sqs/aws4_request,"), "{headers}");
        assert_ne!(headers, other.headers(b"{ }", moment), "the body is signed");
    }
}
