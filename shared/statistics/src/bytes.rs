//! How values rest: a version, a check, and what the sketch wrote.

use std::fmt;

use sha2::{Digest, Sha256};

/// The first byte. It stands for all that follows: our frame, the sketch's own format, and the width of its ranges.
const VERSION: u8 = 1;
/// How many bytes of the hash are kept.
const CHECK: usize = 4;

/// Why bytes are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// They are of another version: this one.
    Version(u8),
    /// They are cut, changed, or were never ours.
    Damaged,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(f, "the order values are of version {version}, and only {VERSION} can be read")
            }
            Self::Damaged => f.write_str("the order values are damaged"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Puts a frame around what the sketch wrote.
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend(check(body));
    bytes.extend_from_slice(body);
    bytes
}

/// What is in the frame.
pub(crate) fn unframed(bytes: &[u8]) -> Result<&[u8], Unreadable> {
    let (version, rest) = bytes.split_first().ok_or(Unreadable::Damaged)?;
    if *version != VERSION {
        return Err(Unreadable::Version(*version));
    }
    let (held, body) = rest.split_at_checked(CHECK).ok_or(Unreadable::Damaged)?;
    if check(body).eq(held.iter().copied()) { Ok(body) } else { Err(Unreadable::Damaged) }
}

fn check(body: &[u8]) -> impl Iterator<Item = u8> {
    Sha256::digest(body).into_iter().take(CHECK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_version_is_refused_by_its_number() {
        let mut bytes = framed(b"body");
        bytes[0] = 2;
        let refused = unframed(&bytes).unwrap_err();
        assert_eq!(refused, Unreadable::Version(2));
        assert!(refused.to_string().contains("version 2"), "{refused}");
    }

    #[test]
    fn what_is_in_the_frame_comes_back() {
        for body in [&b""[..], b"body"] {
            assert_eq!(unframed(&framed(body)), Ok(body));
        }
    }
}
