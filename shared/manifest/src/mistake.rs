//! What is wrong with a manifest.

use std::error::Error;
use std::fmt;

/// One thing that is wrong. It says what shape was found and never the value, which may have been pasted from anywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where, counted from 1.
    pub line: usize,
    /// The key, from the root: `fields.phone.policy`. Empty for what is no key at all.
    pub key: String,
    /// What is there: `is a text of 7 letters`.
    pub found: String,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, found, mend } = self;
        match key.as_str() {
            "" => write!(f, "line {line}: {found}: {mend}"),
            key => write!(f, "line {line}: `{key}` {found}: {mend}"),
        }
    }
}

/// Everything that is wrong, by line; at least one thing.
#[derive(Clone, PartialEq, Eq)]
pub struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    /// One after the other, by line.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mistakes = if self.0.len() == 1 { "mistake" } else { "mistakes" };
        write!(f, "the manifest has {} {mistakes}", self.0.len())?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

/// As they are told: this is what is seen of them when they end a `main`.
impl fmt::Debug for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Mistakes {}
