//! Where a string may end: in a block of sixty-four bytes, all that matter in a string are found at once, before it is known
//! where the strings are. A string that is passed over costs a step from one bit to the next, however long it is.

use std::cell::Cell;
use std::str;

/// How many bytes are looked at at once: as many as a word has bits.
const BLOCK: usize = 64;
/// The bit of each of eight bytes that ASCII does not have.
const HIGH: u64 = u64::MAX / 255 * 0x80;

/// The quotes, backslashes and control characters of a line, block by block.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stops {
    /// Those of the block that are still to come, the first as the lowest bit.
    word: u64,
    /// Where the block begins, and where it ends.
    from: usize,
    until: usize,
}

impl Stops {
    /// The first stop that is not before `at`, or the end of the line. Those before it are forgotten, so `at` never goes back.
    #[allow(clippy::inline_always, reason = "a call would take the word out of its register")]
    #[inline(always)]
    pub(crate) fn next(&mut self, line: &[u8], at: usize, letters: &Cell<Letters>) -> usize {
        loop {
            while self.word != 0 {
                let place = self.from + self.word.trailing_zeros() as usize;
                if place >= at {
                    return place;
                }
                self.word &= self.word - 1;
            }
            self.from = self.until.max(at);
            if self.from >= line.len() {
                return line.len();
            }
            self.word = marked(line, self.from, letters);
            self.until = self.from + BLOCK;
        }
    }

    /// Forgets a closing quote, which was given out last, and the next quote, which opens behind a comma or a colon. Where
    /// that one is in the next block, none are left of this.
    #[inline]
    pub(crate) fn forget_two(&mut self) {
        self.word &= self.word.wrapping_sub(1);
        self.word &= self.word.wrapping_sub(1);
    }
}

/// Letters beyond ASCII that are still to be checked: from the first of a block to the last.
#[derive(Clone, Copy, Default)]
pub(crate) struct Letters {
    from: usize,
    until: usize,
    /// The first byte that was found to be no letter.
    wrong: Option<usize>,
}

impl Letters {
    /// With those of the block that begins at `block`. A letter may lie in two blocks, so where the last byte of one belongs
    /// to a letter, both are checked together.
    fn and(self, line: &[u8], block: usize, letters: u64) -> Self {
        let until = block + BLOCK - letters.leading_zeros() as usize;
        if block == self.until {
            return Self { until, ..self };
        }
        Self { from: block + letters.trailing_zeros() as usize, until, wrong: self.wrong(line) }
    }

    /// The first byte that is no letter. A letter that begins here may end where no block was looked at any more, so what
    /// comes next is looked at too.
    pub(crate) fn wrong(self, line: &[u8]) -> Option<usize> {
        if self.until == 0 {
            return None;
        }
        let text = line.get(self.from..line.len().min(self.until + 3)).unwrap_or_default();
        let wrong = || str::from_utf8(text).err().map(|error| self.from + error.valid_up_to());
        self.wrong.or_else(wrong).filter(|at| *at < self.until)
    }
}

/// The stops of the block that begins at `from`. A call of its own, so that it takes no registers from who asks.
#[inline(never)]
fn marked(line: &[u8], from: usize, letters: &Cell<Letters>) -> u64 {
    match line.get(from..).and_then(<[u8]>::first_chunk) {
        Some(block) if is_ascii(block) => stops(block),
        _ => marked_with_letters(line, from, letters),
    }
}

/// The same where there are letters beyond ASCII, or where the line ends in the block.
#[inline(never)]
fn marked_with_letters(line: &[u8], from: usize, letters: &Cell<Letters>) -> u64 {
    let rest = line.get(from..).unwrap_or_default();
    let whole = rest.first_chunk().or_else(|| line.last_chunk()).copied();
    let block = whole.unwrap_or_else(|| padded(line));
    // The last block of a line begins before what is asked for.
    let before = BLOCK.saturating_sub(rest.len());
    let beyond = beyond(&block) >> before;
    if beyond != 0 {
        letters.set(letters.get().and(line, from, beyond));
    }
    stops(&block) >> before
}

/// A line that is shorter than a block, as the end of one.
fn padded(line: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    for (to, from) in block.iter_mut().rev().zip(line.iter().rev()) {
        *to = *from;
    }
    block
}

/// A bit for each stop. Written so that the compiler takes sixteen bytes at a time, on any machine.
#[inline]
fn stops(block: &[u8; BLOCK]) -> u64 {
    let is_stop = |byte| u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < b' ');
    gathered(&block.map(is_stop))
}

/// A bit for each byte of a letter beyond ASCII.
fn beyond(block: &[u8; BLOCK]) -> u64 {
    gathered(&block.map(|byte| byte >> 7))
}

#[inline]
fn is_ascii(block: &[u8; BLOCK]) -> bool {
    words(block).fold(0, |all, word| all | word) & HIGH == 0
}

fn words(block: &[u8; BLOCK]) -> impl Iterator<Item = u64> {
    block.as_chunks().0.iter().map(|eight| u64::from_le_bytes(*eight))
}

/// Sixty-four bytes of zero or one as the bits of a word. The product puts the lowest bit of each of eight bytes into its
/// highest byte, in order; no two of its sums meet.
#[inline]
fn gathered(found: &[u8; BLOCK]) -> u64 {
    let bits = words(found).map(|word| word.wrapping_mul(0x0102_0408_1020_4080) >> 56);
    bits.zip([0, 8, 16, 24, 32, 40, 48, 56]).fold(0, |all, (bits, place)| all | bits << place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_stop(byte: u8) -> bool {
        matches!(byte, b'"' | b'\\' | 0..=0x1f)
    }

    /// All stops of a line, in order, and what is no letter.
    fn all(line: &[u8]) -> (Vec<usize>, Option<usize>) {
        let (mut stops, letters, mut found) = (Stops::default(), Cell::default(), Vec::new());
        loop {
            let at = stops.next(line, found.last().map_or(0, |last| last + 1), &letters);
            if at == line.len() {
                return (found, letters.get().wrong(line));
            }
            found.push(at);
        }
    }

    #[test]
    fn each_byte_is_a_stop_or_none_wherever_it_stands_in_a_line_of_any_length() {
        for byte in 0..=u8::MAX {
            for (length, at) in
                [(1, 0), (63, 62), (64, 0), (64, 63), (65, 64), (130, 64), (130, 127), (130, 129)]
            {
                let mut line = vec![b'a'; length];
                line[at] = byte;
                assert_eq!(
                    all(&line).0,
                    if is_stop(byte) { vec![at] } else { vec![] },
                    "{byte} at {at} of {length}"
                );
            }
        }
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let whole = proptest::sample::select(vec!["\"", "\\", "\n", "a", "é", "’", "😀", "0123456789abcdef"]);
        let piece = prop_oneof![
            20 => whole.prop_map(|text| text.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 1..3),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn all_stops_are_found_and_letters_are_what_the_library_says(line in pieces()) {
            let expected: Vec<_> = (0..line.len()).filter(|at| is_stop(line[*at])).collect();
            let wrong = str::from_utf8(&line).err().map(|error| error.valid_up_to());
            prop_assert_eq!(all(&line), (expected, wrong));
        }

        #[test]
        fn stops_that_are_stepped_over_are_forgotten(line in pieces(), steps in proptest::collection::vec(0..90_usize, 0..20)) {
            let (mut stops, letters, mut at) = (Stops::default(), Cell::default(), 0);
            for step in steps {
                // A string begins behind a quote, never within a letter.
                at = (at + step..line.len()).find(|at| line[*at] & 0xc0 != 0x80).unwrap_or(line.len());
                let expected = (at..line.len()).find(|at| is_stop(line[*at])).unwrap_or(line.len());
                prop_assert_eq!(stops.next(&line, at, &letters), expected);
                at = expected;
            }
            // No letter is taken for none, also where the blocks that were looked at end in its midst.
            prop_assert!(letters.get().wrong(&line).is_none() || str::from_utf8(&line).is_err());
        }
    }
}
