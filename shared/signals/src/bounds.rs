//! What is looked at before anything is parsed: parsers call themselves for what lies within something else, and a stack
//! that overflows ends the process.

use crate::refused::{Mend, Refused};

/// At most so many letters.
const LETTERS: usize = 1_000;
/// At most so many signs, of which operators are made.
const SIGNS: usize = 300;
/// At most so many brackets within each other.
const DEPTH: usize = 24;
/// At most so many choices.
const CHOICES: usize = 24;
/// At most so many of ! and - in a row.
const ROW: usize = 4;

/// Whether a text is short and flat enough. Signs within quotes count too: they are few.
pub(crate) fn check(text: &str) -> Result<(), Refused> {
    let mut tally = Tally::default();
    for (place, letter) in text.chars().enumerate() {
        tally.add(letter);
        if let Some(found) = tally.excess() {
            return Err(Refused {
                at: place + 1,
                found: found.to_owned(),
                mend: Mend::Words("make two signals of it"),
            });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    letters: usize,
    signs: usize,
    depth: usize,
    choices: usize,
    row: usize,
}

impl Tally {
    fn add(&mut self, letter: char) {
        self.letters += 1;
        self.signs += usize::from(letter.is_ascii_punctuation() && !matches!(letter, '_' | '"' | '\''));
        self.choices += usize::from(letter == '?');
        match letter {
            '!' | '-' => self.row += 1,
            _ if letter.is_whitespace() => {}
            _ => self.row = 0,
        }
        match letter {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn excess(&self) -> Option<&'static str> {
        if self.letters > LETTERS {
            Some("is longer than 1,000 letters")
        } else if self.signs > SIGNS {
            Some("has more than 300 signs")
        } else if self.depth > DEPTH {
            Some("has more than 24 brackets within each other")
        } else if self.choices > CHOICES {
            Some("has more than 24 choices")
        } else {
            (self.row > ROW).then_some("has more than 4 of ! and - in a row")
        }
    }
}
