//! What the shop says about its file.

use std::fmt;

/// `objectCount`, `rootObjectCount` and `fileSize` of a completed operation
/// (shopify.dev/docs/api/usage/bulk-operations/queries).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// How many lines.
    pub objects: u64,
    /// How many of them have no parent.
    pub roots: u64,
    /// How many bytes, as they are after any content encoding was undone.
    pub bytes: u64,
}

/// A count that is no number: names the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCount(&'static str);

impl fmt::Display for InvalidCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of the bulk operation is not a number", self.0)
    }
}

impl std::error::Error for InvalidCount {}

impl Told {
    /// Reads the three counts, which Shopify writes as strings.
    pub fn parse(objects: &str, roots: &str, bytes: &str) -> Result<Self, InvalidCount> {
        let read = |name, text: &str| text.parse().map_err(|_| InvalidCount(name));
        Ok(Self {
            objects: read("objectCount", objects)?,
            roots: read("rootObjectCount", roots)?,
            bytes: read("fileSize", bytes)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_161_counts_are_strings_of_digits() {
        assert_eq!(Told::parse("5", "2", "443"), Ok(Told { objects: 5, roots: 2, bytes: 443 }));
        let wrong = Told::parse("5", "", "443").unwrap_err();
        assert_eq!(wrong.to_string(), "rootObjectCount of the bulk operation is not a number");
    }
}
