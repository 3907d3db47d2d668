//! Mistakes are noted while reading goes on, so that all are told at once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::de::Error;

use crate::mistake::{Mistake, Mistakes};

/// What was noted so far about a text.
pub(crate) struct Notes<'t> {
    text: &'t str,
    /// It is no TOML as a whole: what is missing may have been in the part that could not be read.
    is_partial: bool,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'t> Notes<'t> {
    pub(crate) fn new(text: &'t str, errors: &[Error]) -> Self {
        let notes = Self { text, is_partial: !errors.is_empty(), mistakes: RefCell::default() };
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let found = format!("this is no TOML: {}", error.message().replace('\n', ", "));
            notes.wrong(at, "", &found, "see toml.io for how it is written");
        }
        notes
    }

    /// Something at this byte is wrong.
    pub(crate) fn wrong(&self, at: usize, key: &str, found: &str, mend: &str) {
        let before = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let (key, found, mend) = (key.to_owned(), found.to_owned(), mend.to_owned());
        self.mistakes.borrow_mut().push(Mistake { line: before + 1, key, found, mend });
    }

    /// Something that has to be in the section at this byte is not.
    pub(crate) fn missing(&self, at: usize, key: &str, mend: &str) {
        if !self.is_partial {
            self.wrong(at, key, "is missing", mend);
        }
    }

    pub(crate) fn into_mistakes(self) -> Option<Mistakes> {
        let mut mistakes = self.mistakes.into_inner();
        // What a broken line seems to say is of no use beside that it is broken.
        let broken: BTreeSet<_> = mistakes.iter().filter(|m| m.key.is_empty()).map(|m| m.line).collect();
        mistakes.retain(|mistake| mistake.key.is_empty() || !broken.contains(&mistake.line));
        mistakes.sort();
        mistakes.dedup();
        (!mistakes.is_empty()).then_some(Mistakes(mistakes))
    }
}
