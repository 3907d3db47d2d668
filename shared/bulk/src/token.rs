//! What a reader remembers, as bytes: so that reading goes on in another process.

use std::fmt;

use crate::broken::Broken;
use crate::buckets::Buckets;
use crate::group::{read_commerce, write_commerce};
use crate::reader::{Reader, Work};
use crate::record::{self, Taking};
use crate::seen::Seen;
use crate::settings::Settings;
use crate::sip;
use crate::values::Values;
use crate::waiting::Waiting;

/// The version of the form.
const VERSION: u64 = 3;

/// Bytes that are no token of this reading: of another file or other settings, or not as they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidToken;

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a token of this reading; read the file from its beginning")
    }
}

impl std::error::Error for InvalidToken {}

impl Reader {
    /// All that is needed to go on at [`Reader::offset`]: the buckets and what is held, and three to four bytes for each
    /// customer, by whom one that comes twice is found. A broken file has none.
    pub fn token(&self) -> Result<Vec<u8>, Broken> {
        self.whole()?;
        let mut token = Vec::new();
        self.work.write(&mut token);
        let seal = sip::hash(self.work.settings.key.0, &token);
        token.extend(seal.to_le_bytes());
        Ok(token)
    }

    /// A reader that goes on where the one that made `token` was.
    pub fn resume(settings: Settings, token: &[u8]) -> Result<Self, InvalidToken> {
        let (form, seal) = token.split_last_chunk().ok_or(InvalidToken)?;
        if sip::hash(settings.key.0, form) != u64::from_le_bytes(*seal) {
            return Err(InvalidToken);
        }
        let mut from = Taking::of(form);
        let work = Work::read(&mut from, settings).filter(|_| from.is_empty()).ok_or(InvalidToken)?;
        Ok(Self::with(work))
    }
}

impl Work {
    fn write(&self, to: &mut Vec<u8>) {
        record::numbers(
            to,
            &[VERSION, self.settings.mark(), self.lines, self.bytes, self.roots, self.uneven],
        );
        record::number(to, u64::from(self.newest_update.is_some()));
        self.newest_update.iter().for_each(|update| record::signed(to, *update));
        self.values.write(to);
        self.buckets.write(to);
        record::number(to, self.kept.len() as u64);
        self.kept.iter().for_each(|commerce| write_commerce(to, commerce));
        self.seen.write(to);
        self.waiting.write(to);
    }

    fn read(from: &mut Taking<'_>, settings: Settings) -> Option<Self> {
        let counts = from.list(Taking::number)?;
        let [VERSION, mark, lines, bytes, roots, uneven] = counts[..] else { return None };
        if mark != settings.mark() {
            return None;
        }
        let newest_update = from.maybe(Taking::signed)?;
        let values = Values::read(from)?;
        let buckets = Buckets::read(from)?;
        let kept = from.list(read_commerce)?;
        let seen = Seen::read(from)?;
        let waiting = Waiting::read(from, settings.arrangement)?;
        let fresh = Self::new(settings);
        Some(Self {
            lines,
            bytes,
            roots,
            newest_update,
            uneven,
            values,
            buckets,
            kept,
            seen,
            waiting,
            ..fresh
        })
    }
}
