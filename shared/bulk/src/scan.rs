//! A cursor over one line of JSON. What is not wanted is checked and passed over, eight bytes at a time.

use crate::broken::Fault;

/// Objects and lists inside of each other.
const DEEPEST: u32 = 64;

/// Why a line is refused, and at which of its bytes. Boxed, so that all is well in as few registers as possible.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slip(pub(crate) Box<(usize, Fault)>);

impl Slip {
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
pub(crate) struct Cursor<'l> {
    line: &'l [u8],
    at: usize,
    /// All bytes of the string together; a high bit says that there are letters beyond ASCII.
    letters: u64,
}

impl<'l> Cursor<'l> {
    pub(crate) fn of(line: &'l [u8]) -> Self {
        Self { line, at: 0, letters: 0 }
    }

    /// Nothing but space is left.
    pub(crate) fn end(&mut self) -> Step<()> {
        self.space();
        if self.at < self.line.len() {
            return Err(self.slip("the end of the line"));
        }
        Ok(())
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

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

    /// An object whose keys nearly always come in one order: `likely` passes the key that it expects, or nothing, and `known`
    /// tells what a key means where it is another.
    #[inline]
    pub(crate) fn object_of<K: Copy>(
        &mut self,
        first: K,
        likely: impl Fn(&mut Self, K) -> Option<K>,
        known: impl Fn(&[u8]) -> K,
        mut each: impl FnMut(&mut Self, K) -> Step<()>,
    ) -> Step<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        let mut last = first;
        loop {
            last = if let Some(key) = likely(self, last) {
                key
            } else {
                self.space();
                let key = known(self.string()?.raw);
                self.expect(b':', "a colon")?;
                key
            };
            self.space();
            each(self, last)?;
            if !self.take(b',') {
                return self.expect(b'}', "a comma or a closing brace");
            }
        }
    }

    /// Passes these bytes where they stand here.
    #[inline]
    pub(crate) fn passes<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let is_here = self.line.get(self.at..).and_then(<[u8]>::first_chunk) == Some(bytes);
        self.at += if is_here { N } else { 0 };
        is_here
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

    /// Where to go back to.
    #[inline]
    pub(crate) fn back_to(&mut self, at: usize) {
        self.at = at;
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

    /// Passes a value that is not wanted.
    #[inline]
    pub(crate) fn pass(&mut self) -> Step<()> {
        self.pass_within(DEEPEST)
    }

    fn pass_within(&mut self, depth: u32) -> Step<()> {
        match self.peek() {
            b'"' => self.string().map(|_| ()),
            b'{' if depth > 0 => self.object(|inner, _| inner.pass_within(depth - 1)),
            b'[' if depth > 0 => self.list(|inner| inner.pass_within(depth - 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number().map(|_| ()),
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
        (self.at, self.letters) = (from, 0);
        let mut escaped = false;
        loop {
            self.run();
            match self.peek() {
                b'"' => {
                    let raw = self.line.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    if self.letters & HIGH != 0 {
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

    /// Passes letters, up to a quote, a backslash or what must not be in a string.
    #[inline]
    fn run(&mut self) {
        while let Some(word) = self.line.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*word);
            let stops = stops(word);
            if stops == 0 {
                self.letters |= word;
                self.at += 8;
                continue;
            }
            let passed = stops.trailing_zeros() & !7;
            self.letters |= word & !(u64::MAX << passed);
            self.at += passed as usize / 8;
            return;
        }
        while let Some(byte) = self.line.get(self.at).filter(|byte| stops(u64::from(**byte) | SPACES) == 0) {
            self.letters |= u64::from(*byte);
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Step<()> {
        let after = self.line.get(self.at + 1..).unwrap_or_default();
        let length = match after {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return Err(self.slip("an escape that JSON knows")),
        };
        self.at += length;
        Ok(())
    }

    /// The digits of a number.
    pub(crate) fn number(&mut self) -> Step<&'l [u8]> {
        let from = self.at;
        self.at += usize::from(self.peek() == b'-');
        let leading_zero = self.peek() == b'0';
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.slip("a value"));
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), b'+' | b'-'));
            self.some_digits()?;
        }
        Ok(self.line.get(from..self.at).unwrap_or_default())
    }

    fn some_digits(&mut self) -> Step<()> {
        if self.digits() == 0 { Err(self.slip("a digit")) } else { Ok(()) }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.at - from
    }

    #[inline]
    fn word(&mut self, word: &'static [u8]) -> Step<()> {
        if self.line.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.slip("a value"))
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let is_here = self.peek() == byte;
        self.at += usize::from(is_here);
        is_here
    }

    #[inline]
    fn expect(&mut self, byte: u8, expected: &'static str) -> Step<()> {
        if self.take(byte) { Ok(()) } else { Err(self.slip(expected)) }
    }
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
        let mut cursor = Cursor::of(line);
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
        let mut cursor = Cursor::of(b"{\"a\":\"0123456789\xff\"}");
        assert_eq!(cursor.pass(), Err(Slip::at(16, Fault::Letters)));
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
