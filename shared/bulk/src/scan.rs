//! A cursor over one line of JSON, for what is wanted of it. Strings are read eight bytes at a time; what is not wanted is
//! passed over elsewhere (`pass.rs`).

use std::cell::Cell;

use crate::broken::Fault;
use crate::stops::{Letters, Stops};

/// Why a line is refused, and at which of its bytes. Boxed, so that all is well in as few registers as possible.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slip(pub(crate) Box<(usize, Fault)>);

impl Slip {
    #[cold]
    pub(crate) fn at(at: usize, fault: Fault) -> Self {
        Self(Box::new((at, fault)))
    }
}

pub(crate) type Step<T> = Result<T, Slip>;

/// What stands between two quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text<'l> {
    pub(crate) raw: &'l [u8],
    /// Whether a backslash is in it, so that the raw bytes are not the text.
    pub(crate) escaped: bool,
}

/// Where we are in a line.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'l, 'c> {
    pub(crate) line: &'l [u8],
    pub(crate) at: usize,
    /// Where the strings that are passed over may end.
    pub(crate) stops: Stops,
    /// Letters of what was passed over. They are checked when the line ends, and lie elsewhere, so that a copy is cheap.
    pub(crate) letters: &'c Cell<Letters>,
}

impl<'l, 'c> Cursor<'l, 'c> {
    pub(crate) fn of(line: &'l [u8], letters: &'c Cell<Letters>) -> Self {
        Self { line, at: 0, stops: Stops::default(), letters }
    }

    /// Nothing but space is left.
    pub(crate) fn end(&mut self) -> Step<()> {
        self.space();
        if self.at < self.line.len() {
            return Err(self.slip("the end of the line"));
        }
        let wrong = self.letters.get().wrong(self.line);
        wrong.map_or(Ok(()), |at| Err(Slip::at(at, Fault::Letters)))
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    #[inline]
    pub(crate) fn slip(&self, expected: &'static str) -> Slip {
        Slip::at(self.at, Fault::Json(expected))
    }

    /// An object: `each` gets every key, stands at its value and has to pass it.
    #[inline]
    pub(crate) fn object(&mut self, mut each: impl FnMut(&mut Self, &'l [u8]) -> Step<()>) -> Step<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.space();
            let key = self.string()?.raw;
            self.expect(b':', "a colon")?;
            self.space();
            each(self, key)?;
            if !self.take(b',') {
                return self.expect(b'}', "a comma or a closing brace");
            }
        }
    }

    /// An object whose wanted keys nearly always come in one order: `likely` passes the key that it expects after the last, or
    /// nothing, and `known` tells what a key means where it is another. What is not wanted is passed over.
    #[inline]
    pub(crate) fn object_of<K: Copy>(
        &mut self,
        likely: impl Fn(&mut Self, Option<K>) -> Option<K>,
        known: impl Fn(&[u8]) -> Option<K>,
        mut each: impl FnMut(&mut Self, K) -> Step<()>,
    ) -> Step<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        let mut last = None;
        loop {
            last = likely(self, last);
            if last.is_none() {
                last = self.pass_to(&known)?;
            }
            let Some(key) = last else { return Ok(()) };
            self.space();
            each(self, key)?;
            if !self.take(b',') {
                return self.expect(b'}', "a comma or a closing brace");
            }
        }
    }

    /// Passes these bytes where they stand here.
    #[inline]
    pub(crate) fn passes<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let is_here = self.stands(bytes);
        self.at += if is_here { N } else { 0 };
        is_here
    }

    /// Whether these bytes stand here.
    #[inline]
    pub(crate) fn stands<const N: usize>(&self, bytes: &[u8; N]) -> bool {
        self.line.get(self.at..).and_then(<[u8]>::first_chunk) == Some(bytes)
    }

    /// Passes a string of exactly `N` bytes that `read` makes something of; nothing is passed where it does not.
    #[inline]
    pub(crate) fn fixed<const N: usize, T>(&mut self, read: impl FnOnce(&[u8; N]) -> Option<T>) -> Option<T> {
        let (quote, rest) = self.line.get(self.at..)?.split_first()?;
        let (text, rest) = rest.split_first_chunk::<N>()?;
        if *quote != b'"' || rest.first() != Some(&b'"') {
            return None;
        }
        let read = read(text)?;
        self.at += N + 2;
        Some(read)
    }

    /// Passes digits and the quote after them, up to eighteen; nothing is passed where it is anything else.
    #[inline]
    pub(crate) fn digits_to_quote(&mut self) -> Option<u64> {
        let rest = self.line.get(self.at..)?;
        let mut number = 0_u64;
        for (place, byte) in rest.iter().enumerate().take(19) {
            match byte {
                b'0'..=b'9' if place < 18 => number = number * 10 + u64::from(byte - b'0'),
                b'"' if place > 0 => {
                    self.at += place + 1;
                    return Some(number);
                }
                _ => return None,
            }
        }
        None
    }

    /// Goes back to where we were.
    #[inline]
    pub(crate) fn back_to(&mut self, at: usize) {
        // Stops are forgotten on the way, so they are looked for again.
        (self.at, self.stops) = (at, Stops::default());
    }

    /// A list: `each` stands at every item and has to pass it.
    #[inline]
    pub(crate) fn list(&mut self, mut each: impl FnMut(&mut Self) -> Step<()>) -> Step<()> {
        self.expect(b'[', "a list")?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.space();
            each(self)?;
            if !self.take(b',') {
                return self.expect(b']', "a comma or a closing bracket");
            }
        }
    }

    /// Passes `null`, where it stands here.
    #[inline]
    pub(crate) fn null(&mut self) -> Step<bool> {
        if self.peek() == b'n' { self.word(b"null").map(|()| true) } else { Ok(false) }
    }

    pub(crate) fn boolean(&mut self) -> Step<bool> {
        match self.peek() {
            b't' => self.word(b"true").map(|()| true),
            b'f' => self.word(b"false").map(|()| false),
            _ => Err(self.slip("true or false")),
        }
    }

    pub(crate) fn peek(&self) -> u8 {
        // Zero begins nothing in JSON, so it stands for the end.
        self.line.get(self.at).copied().unwrap_or(0)
    }

    /// The text between the quotes that begin here.
    #[inline]
    pub(crate) fn string(&mut self) -> Step<Text<'l>> {
        if self.peek() != b'"' {
            return Err(self.slip("a string"));
        }
        let from = self.at + 1;
        self.at = from;
        let (mut escaped, mut all) = (false, 0);
        loop {
            all |= self.run();
            match self.peek() {
                b'"' => {
                    let raw = self.line.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    if all & HIGH != 0 {
                        letters(raw, from)?;
                    }
                    return Ok(Text { raw, escaped });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.slip("a closing quote")),
            }
        }
    }

    /// Passes letters, up to a quote, a backslash or what must not be in a string. Gives all bytes together: a high bit says
    /// that there are letters beyond ASCII.
    #[inline]
    fn run(&mut self) -> u64 {
        let mut all = 0;
        while let Some(word) = self.line.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*word);
            let stops = stops(word);
            if stops == 0 {
                all |= word;
                self.at += 8;
                continue;
            }
            let passed = stops.trailing_zeros() & !7;
            self.at += passed as usize / 8;
            return all | word & !(u64::MAX << passed);
        }
        while let Some(byte) = self.line.get(self.at).filter(|byte| stops(u64::from(**byte) | SPACES) == 0) {
            all |= u64::from(*byte);
            self.at += 1;
        }
        all
    }

    #[inline]
    pub(crate) fn escape(&mut self) -> Step<()> {
        self.at += escape(self.line.get(self.at..).unwrap_or_default())
            .ok_or_else(|| self.slip("an escape that JSON knows"))?;
        Ok(())
    }

    /// The digits of a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Step<&'l [u8]> {
        let from = self.at;
        self.at = number(self.line, from)?;
        Ok(self.line.get(from..self.at).unwrap_or_default())
    }

    #[inline]
    pub(crate) fn word(&mut self, word: &'static [u8]) -> Step<()> {
        if self.line.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.slip("a value"))
    }

    #[inline]
    pub(crate) fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        self.space();
        let is_here = self.peek() == byte;
        self.at += usize::from(is_here);
        is_here
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8, expected: &'static str) -> Step<()> {
        if self.take(byte) { Ok(()) } else { Err(self.slip(expected)) }
    }
}

/// How long the escape is that begins here.
fn escape(text: &[u8]) -> Option<usize> {
    match text {
        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        [_, b'u', a, b, c, d, ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit) => Some(6),
        _ => None,
    }
}

/// Where the number ends that begins here.
fn number(line: &[u8], from: usize) -> Step<usize> {
    let is = |at: usize, byte: u8| line.get(at) == Some(&byte);
    let whole = from + usize::from(is(from, b'-'));
    let mut at = digits(line, whole).ok_or_else(|| Slip::at(whole, Fault::Json("a value")))?;
    if is(whole, b'0') && at > whole + 1 {
        return Err(Slip::at(at, Fault::Json("a value")));
    }
    let some = |from: usize| digits(line, from).ok_or_else(|| Slip::at(from, Fault::Json("a digit")));
    if is(at, b'.') {
        at = some(at + 1)?;
    }
    if is(at, b'e') || is(at, b'E') {
        at += 1;
        at = some(at + usize::from(is(at, b'+') || is(at, b'-')))?;
    }
    Ok(at)
}

/// Where the digits end that begin here, if there are any.
fn digits(line: &[u8], from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (length > 0).then_some(from + length)
}

/// Whether letters beyond ASCII are letters.
fn letters(raw: &[u8], from: usize) -> Step<()> {
    let checked = std::str::from_utf8(raw).map(|_| ());
    checked.map_err(|error| Slip::at(from + error.valid_up_to(), Fault::Letters))
}

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES * 0x80;
const SPACES: u64 = (ONES * 0x20) & !0xff;

/// The high bit of each byte that ends a run of letters: a quote, a backslash, or a control character. Only the lowest bit
/// is exact (graphics.stanford.edu/~seander/bithacks.html, `haszero` and `hasless`), and only that is used.
#[inline]
fn stops(word: u64) -> u64 {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (is_zero(word ^ (ONES * 0x22)) | is_zero(word ^ (ONES * 0x5c)) | control) & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passes(line: &[u8]) -> bool {
        let letters = Cell::default();
        let mut cursor = Cursor::of(line, &letters);
        cursor.pass().and_then(|()| cursor.end()).is_ok()
    }

    fn is_json(line: &[u8]) -> bool {
        serde_json::from_slice::<serde_json::Value>(line).is_ok()
    }

    #[test]
    fn broken_json_is_refused_wherever_it_is_broken() {
        let whole =
            r#"{"a":[1,-2.5e3,{"b":"\u00e9\\ é long enough for a word"}],"c":null,"d":true,"e":{}, "f":[ ]}"#;
        assert!(passes(whole.as_bytes()));
        for end in 0..whole.len() {
            assert!(!passes(&whole.as_bytes()[..end]), "{end}");
        }
        for wrong in [
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            "{a:1}",
            "[1,]",
            "[1 2]",
            "01",
            "1.",
            "-",
            "nul",
            r#""\x""#,
            r#""\u12g4""#,
            "{}{}",
            "\"a\tb\"",
            "+1",
            "1e",
            "",
            "]",
        ] {
            assert!(!passes(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_utf8_is_refused_by_its_byte() {
        let letters = Cell::default();
        let mut cursor = Cursor::of(b"{\"a\":\"0123456789\xff\"}", &letters);
        assert_eq!(cursor.pass().and_then(|()| cursor.end()), Err(Slip::at(16, Fault::Letters)));
    }

    #[test]
    fn what_is_too_deep_is_refused_and_takes_no_stack() {
        assert!(passes(
            "[".repeat(64)
                .as_bytes()
                .iter()
                .chain("]".repeat(64).as_bytes())
                .copied()
                .collect::<Vec<_>>()
                .as_slice()
        ));
        assert!(!passes("[".repeat(100_000).as_bytes()));
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_line_we_say_what_a_parser_says(
            at in 0..90_usize, byte in any::<u8>(), also in 0..90_usize, other in proptest::sample::select(b"\"\\{}[],:0e.-tnf \x1f\x7f".to_vec()),
        ) {
            let mut line = r#"{"a":[10,-2.5e3,{"b":"\u00e9\\ é long enough for a word"}],"c":null,"d":true,"e":{},"f":[]}"#.as_bytes().to_vec();
            line[at] = byte;
            line[also] = other;
            // A key that is not a letter's escape is the only thing that we look at less closely: half a surrogate.
            let ours = passes(&line);
            let theirs = is_json(&line) || serde_json::from_slice::<serde::de::IgnoredAny>(&line).is_ok();
            prop_assert_eq!(ours, theirs && std::str::from_utf8(&line).is_ok());
        }
    }
}
