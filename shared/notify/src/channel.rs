//! Where something is told.

use std::fmt;

/// A channel by the name that we give it, such as `sales`. Which room of the chat that is, the chat's secret says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(String);

/// Why a text is no channel's name. It does not hold the text: that may be a secret in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidChannel;

impl fmt::Display for InvalidChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the name of a channel is 1 to {} small letters, digits, - and _, such as sales",
            Channel::LONGEST
        )
    }
}

impl std::error::Error for InvalidChannel {}

impl Channel {
    /// The most characters that a name has.
    pub const LONGEST: usize = 80;

    /// A channel of this name: small letters, digits, `-` and `_`.
    pub fn new(name: &str) -> Result<Self, InvalidChannel> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        let is_name = (1..=Self::LONGEST).contains(&name.len()) && name.bytes().all(is_plain);
        if is_name { Ok(Self(name.to_owned())) } else { Err(InvalidChannel) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_small_letters_digits_and_two_signs() {
        for good in ["sales", "s", "vip-2_eu", &"a".repeat(80)] {
            assert_eq!(Channel::new(good).unwrap().to_string(), good);
        }
        for bad in ["", "Sales", "#sales", "sales team", "sälé", "https://hooks", &"a".repeat(81)] {
            assert_eq!(Channel::new(bad), Err(InvalidChannel), "{bad}");
        }
        assert!(InvalidChannel.to_string().contains("1 to 80 small letters"));
    }
}
