//! Which ids were there, so that one that comes twice is found, in a few bytes an id.
//!
//! Ids are gathered in segments; a full one is sorted and kept as differences of seven bits a byte. Where each id was
//! higher than the one before, none came twice; otherwise the segments are merged at the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

use crate::record::{self, Taking};

/// Ids in a segment: half a megabyte until it is full.
const SEGMENT: usize = 1 << 16;

/// The ids that were there.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    full: Vec<Box<[u8]>>,
    open: Vec<u64>,
    highest: Option<u64>,
    unordered: bool,
}

impl Seen {
    /// Remembers an id; false where it is known already that it was there before.
    pub(crate) fn add(&mut self, id: u64) -> bool {
        if self.highest.is_some_and(|highest| id <= highest) {
            self.unordered = true;
        }
        let is_new = self.highest != Some(id);
        self.highest = self.highest.max(Some(id));
        self.open.push(id);
        if self.open.len() == SEGMENT {
            self.open.sort_unstable();
            self.full.push(packed(&self.open));
            self.open.clear();
        }
        is_new
    }

    /// One of the ids that were there twice.
    pub(crate) fn doubled(&mut self) -> Option<u64> {
        if !self.unordered {
            return None;
        }
        self.open.sort_unstable();
        let last = packed(&mem::take(&mut self.open));
        self.full.push(last);
        let mut ids: Vec<_> = self.full.iter().map(|segment| Ids::of(segment)).collect();
        let mut heads: BinaryHeap<_> =
            ids.iter_mut().enumerate().filter_map(|(from, ids)| Some(Reverse((ids.next()?, from)))).collect();
        let mut before = None;
        while let Some(Reverse((id, from))) = heads.pop() {
            if before == Some(id) {
                return before;
            }
            before = Some(id);
            heads.extend(ids.get_mut(from).and_then(Iterator::next).map(|next| Reverse((next, from))));
        }
        None
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        record::number(to, u64::from(self.unordered));
        record::number(to, self.highest.map_or(0, |highest| highest.saturating_add(1)));
        record::number(to, self.full.len() as u64);
        self.full.iter().for_each(|segment| record::bytes(to, segment));
        record::numbers(to, &self.open);
    }

    pub(crate) fn read(from: &mut Taking<'_>) -> Option<Self> {
        let unordered = from.number()? != 0;
        let highest = from.number()?.checked_sub(1);
        let full = from.list(|from| from.bytes().map(Box::from))?;
        Some(Self { full, open: from.list(Taking::number)?, highest, unordered })
    }
}

fn packed(sorted: &[u64]) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(sorted.len() * 4);
    let mut before = 0;
    for id in sorted {
        record::number(&mut bytes, id - before);
        before = *id;
    }
    bytes.into_boxed_slice()
}

/// The ids of a full segment, in order.
struct Ids<'s> {
    rest: Taking<'s>,
    before: u64,
}

impl<'s> Ids<'s> {
    fn of(segment: &'s [u8]) -> Self {
        Self { rest: Taking::of(segment), before: 0 }
    }
}

impl Iterator for Ids<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.before = self.before.wrapping_add(self.rest.number()?);
        Some(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubled(ids: impl IntoIterator<Item = u64>) -> Option<u64> {
        let mut seen = Seen::default();
        for id in ids {
            if !seen.add(id) {
                return Some(id);
            }
        }
        seen.doubled()
    }

    #[test]
    fn a_doubled_id_is_found_however_far_apart() {
        let many = || (0..200_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!(doubled(many()), None);
        for at in [0, 1, 65_535, 65_536, 199_999] {
            let again = many().nth(at).unwrap();
            assert_eq!(doubled(many().chain([again])), Some(again), "{at}");
        }
        assert_eq!(doubled([5, 5]), Some(5));
        assert_eq!(doubled([0, 3, 0]), Some(0));
    }

    #[test]
    fn ids_in_order_cost_three_bytes_each() {
        let mut seen = Seen::default();
        for n in 0..(SEGMENT as u64 * 4) {
            assert!(seen.add(6_000_000_000_000 + n * 32_768));
        }
        assert_eq!(seen.doubled(), None);
        assert!(seen.full.iter().map(|segment| segment.len()).sum::<usize>() < SEGMENT * 4 * 3 + 64);
    }
}
