//! Why an expression is refused.

/// What is wrong with an expression: where, what was found there, and what would fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The letter at which it begins, counted from 1.
    pub at: usize,
    /// What is there: `is a text where a number is expected`.
    pub found: String,
    /// What to do about it.
    pub mend: Mend,
}

/// How to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// In words.
    Words(&'static str),
    /// It was meant to be one of these.
    OneOf {
        /// What was written in its place.
        written: String,
        /// Everything that is known.
        known: Vec<&'static str>,
    },
}

/// What is wrong with a part of an expression, and which part it is, by the number that the parser gave it.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) id: u64,
    pub(crate) found: String,
    pub(crate) mend: Mend,
}

impl Wrong {
    pub(crate) fn new(id: u64, found: impl Into<String>, words: &'static str) -> Self {
        Self { id, found: found.into(), mend: Mend::Words(words) }
    }

    pub(crate) fn unknown(id: u64, what: &str, written: &str, known: Vec<&'static str>) -> Self {
        let found = format!("has {what} `{}`, which is not known", short(written));
        Self { id, found, mend: Mend::OneOf { written: written.to_owned(), known } }
    }

    pub(crate) fn at(self, at: usize) -> Refused {
        Refused { at, found: self.found, mend: self.mend }
    }
}

/// A name is told as far as a name goes: what was pasted by mistake is longer.
pub(crate) fn short(name: &str) -> String {
    const MOST: usize = 40;
    if name.chars().count() <= MOST {
        name.to_owned()
    } else {
        format!("{}...", name.chars().take(MOST).collect::<String>())
    }
}
