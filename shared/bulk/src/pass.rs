//! What is not wanted is passed over: checked like all else, but from one quote to the next, and without a call for what is
//! inside of it.
#![allow(
    clippy::inline_always,
    reason = "in one function all stays in registers, which is a third of the time"
)]

use crate::scan::{Cursor, Step};

/// Objects and lists inside of each other: as many as a word has bits.
const DEEPEST: u32 = u64::BITS;

/// What is open where we are.
#[derive(Default)]
struct Nest {
    /// A bit for each object or list, the innermost as the lowest: one for an object.
    objects: u64,
    depth: u32,
    /// Whether the key of a member comes next, and not a value.
    is_key: bool,
}

impl Nest {
    fn is_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// False where it is too deep.
    fn open(&mut self, is_object: bool) -> bool {
        self.objects = self.objects << 1 | u64::from(is_object);
        self.depth += 1;
        self.is_key = is_object;
        self.depth <= DEEPEST
    }

    fn close(&mut self) {
        self.objects >>= 1;
        self.depth -= 1;
        self.is_key = false;
    }
}

impl Cursor<'_, '_> {
    /// Passes a value that is not wanted.
    pub(crate) fn pass(&mut self) -> Step<()> {
        self.pass_from(Nest::default(), |_| None::<()>).map(|_| ())
    }

    /// Passes members of an object, of which the next begins here, up to the value of a key that is known, or all of them
    /// with the brace that closes it.
    pub(crate) fn pass_to<K>(&mut self, known: impl Fn(&[u8]) -> Option<K>) -> Step<Option<K>> {
        self.pass_from(Nest { objects: 1, depth: 1, is_key: true }, known)
    }

    /// Goes on with a copy, of which the compiler knows that nobody else looks at it.
    #[inline(never)]
    fn pass_from<K>(&mut self, nest: Nest, known: impl Fn(&[u8]) -> Option<K>) -> Step<Option<K>> {
        let mut copy = *self;
        let found = copy.pass_within(nest, known);
        *self = copy;
        found
    }

    #[inline(always)]
    fn pass_within<K>(&mut self, mut nest: Nest, known: impl Fn(&[u8]) -> Option<K>) -> Step<Option<K>> {
        loop {
            self.space();
            let is_behind_a_value = match self.peek() {
                b'"' => {
                    if let Some(key) = self.pass_strings(&mut nest, &known)? {
                        return Ok(Some(key));
                    }
                    !self.pass_colon(&mut nest)?
                }
                _ if nest.is_key => return Err(self.slip("a string")),
                open @ (b'{' | b'[') => self.pass_open(open, &mut nest)?,
                _ => self.pass_word().map(|()| true)?,
            };
            if is_behind_a_value && self.pass_comma(&mut nest)? {
                return Ok(None);
            }
        }
    }

    /// Passes the string that begins here, and those behind it that only a colon, a comma, a brace that opens or a null parts
    /// from it: that is how nearly all of a line is. Stands behind a string then, or behind the colon of a key that is known.
    #[inline(always)]
    fn pass_strings<K>(&mut self, nest: &mut Nest, known: impl Fn(&[u8]) -> Option<K>) -> Step<Option<K>> {
        loop {
            let from = self.at + 1;
            self.pass_string()?;
            if nest.is_key
                && nest.depth == 1
                && let Some(key) = known(self.line.get(from..self.at - 1).unwrap_or_default())
            {
                return self.expect(b':', "a colon").map(|()| Some(key));
            }
            match self.line.get(self.at..).and_then(<[u8]>::first_chunk) {
                Some(b":\"") if nest.is_key => nest.is_key = false,
                Some(b",\"") if !nest.is_key && nest.depth > 0 => nest.is_key = nest.is_object(),
                Some(b":{") if nest.is_key && self.stands(b":{\"") => {
                    self.at += 1;
                    self.open(b'{', nest)?;
                }
                Some(b":n") if nest.is_key && self.stands(b":null,\"") => self.at += 5,
                _ => return Ok(None),
            }
            self.stops.forget_two();
            self.at += 1;
        }
    }

    /// Passes a string. Its letters are looked at with their block.
    #[inline(always)]
    fn pass_string(&mut self) -> Step<()> {
        let mut from = self.at + 1;
        loop {
            self.at = self.stops.next(self.line, from, self.letters);
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.escape()?,
                _ => return Err(self.slip("a closing quote")),
            }
            from = self.at;
        }
    }

    /// Passes the colon, where the string before it was a key.
    #[inline(always)]
    fn pass_colon(&mut self, nest: &mut Nest) -> Step<bool> {
        let is_key = nest.is_key;
        nest.is_key = false;
        if is_key { self.expect(b':', "a colon").map(|()| true) } else { Ok(false) }
    }

    /// Passes what opens an object or a list. True where it is empty, and passed too.
    #[inline(always)]
    fn pass_open(&mut self, open: u8, nest: &mut Nest) -> Step<bool> {
        self.open(open, nest)?;
        self.at += 1;
        // In ASCII what closes stands two behind what opens.
        let is_empty = self.take(open + 2);
        if is_empty {
            nest.close();
        }
        Ok(is_empty)
    }

    /// Goes into what opens here.
    #[inline(always)]
    fn open(&self, open: u8, nest: &mut Nest) -> Step<()> {
        if nest.open(open == b'{') { Ok(()) } else { Err(self.slip("a value")) }
    }

    #[inline(always)]
    fn pass_word(&mut self) -> Step<()> {
        match self.peek() {
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number().map(|_| ()),
        }
    }

    /// Passes what closes behind a value, and a comma. True where nothing is open any more.
    #[inline(always)]
    fn pass_comma(&mut self, nest: &mut Nest) -> Step<bool> {
        while nest.depth > 0 {
            let is_object = nest.is_object();
            if self.take(b',') {
                nest.is_key = is_object;
                return Ok(false);
            }
            if is_object {
                self.expect(b'}', "a comma or a closing brace")?;
            } else {
                self.expect(b']', "a comma or a closing bracket")?;
            }
            nest.close();
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use serde_json::Value;

    use super::*;

    /// JSON of any shape, with space wherever it may be.
    fn json() -> impl Strategy<Value = String> {
        let word = select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0.5",
            "12e+3",
            "1E9",
            "\"\"",
            r#""a\"b\\""#,
            r#""\u00e9\/\n""#,
            "\"Église\"",
            "\"😀’\"",
            r#""long enough to go on in the next block, and not to end there at once""#,
            "[]",
            "{ }",
        ]);
        word.prop_map(str::to_owned).prop_recursive(5, 60, 6, |inner| {
            let key = select(vec![
                "a",
                "id",
                "na\\u006de",
                "wanted",
                "",
                "é",
                "a longer key that is no key of ours",
            ]);
            let members = proptest::collection::vec((key, inner.clone()), 0..6);
            let space = select(vec!["", "", "", " ", "\t", "\r\n  "]);
            prop_oneof![
                (proptest::collection::vec(inner, 0..6), space.clone()).prop_map(|(items, space)| format!(
                    "[{space}{}{space}]",
                    items.join(&format!("{space},{space}"))
                )),
                (members, space).prop_map(|(members, space)| {
                    let member = |(key, value): &(&str, String)| format!("\"{key}\"{space}:{space}{value}");
                    let members: Vec<_> = members.iter().map(member).collect();
                    format!("{{{space}{}{space}}}", members.join(&format!("{space},{space}")))
                }),
            ]
        })
    }

    /// Whether it is JSON. `IgnoredAny` allows half a surrogate, as we do where nobody reads it.
    fn is_json(line: &[u8]) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() && std::str::from_utf8(line).is_ok()
    }

    fn passes(line: &[u8]) -> bool {
        let letters = Cell::default();
        let mut cursor = Cursor::of(line, &letters);
        cursor.pass().and_then(|()| cursor.end()).is_ok()
    }

    /// The values of all members that are wanted, as they stand in the line.
    fn wanted(line: &[u8]) -> Step<Vec<&[u8]>> {
        let (letters, mut found) = (Cell::default(), Vec::new());
        let mut cursor = Cursor::of(line, &letters);
        let known = |key: &[u8]| (key == b"wanted").then_some(());
        cursor.object_of(
            |_, _| None,
            known,
            |at, ()| {
                let from = at.at();
                at.pass()?;
                found.push(&line[from..at.at()]);
                Ok(())
            },
        )?;
        cursor.end().map(|()| found)
    }

    #[test]
    fn what_looks_like_the_usual_where_it_may_not_stand_is_refused() {
        for wrong in [
            r#"["a":"b"]"#,
            r#"["a":null,"b"]"#,
            r#"["a":{"b":1}]"#,
            r#"{"a":"b":"c"}"#,
            r#"{"a":"b":null,"c":1}"#,
            r#"{"a":"b":{"c":1}}"#,
            r#"{"a","b":1}"#,
            r#"{"a":1,"b","c":1}"#,
            r#"{"a":null,"b"}"#,
            r#"{"a":{"b"}}"#,
            r#"{"a":nul,"b":1}"#,
            r#"{"a":{"b":1],"c":1}"#,
            r#""a","b""#,
            r#""a":"b""#,
            r#""a":null,"b""#,
        ] {
            assert!(!is_json(wrong.as_bytes()));
            assert!(!passes(wrong.as_bytes()), "{wrong}");
            assert!(wanted(format!(r#"{{"other":{wrong},"wanted":1}}"#).as_bytes()).is_err(), "{wrong}");
            assert!(wanted(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_too_deep_is_refused_with_the_line_itself_counted() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"a\": ", "}")] {
            let deep = |depth| format!("{}0{}", open.repeat(depth), close.repeat(depth));
            let line = |depth| wanted(format!("{{\"other\":{}}}", deep(depth)).as_bytes()).is_ok();
            assert!(passes(deep(64).as_bytes()) && !passes(deep(65).as_bytes()));
            assert!(line(63) && !line(64));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn json_of_any_shape_is_passed_from_any_place_in_a_block(text in json(), before in 0..70_usize) {
            let line = format!("{}{text}", " ".repeat(before));
            prop_assert!(is_json(line.as_bytes()), "{line}");
            let letters = Cell::default();
            let mut cursor = Cursor::of(line.as_bytes(), &letters);
            cursor.back_to(before);
            prop_assert_eq!(cursor.pass().and_then(|()| cursor.end()), Ok(()));
        }

        #[test]
        fn json_that_is_cut_or_changed_anywhere_is_what_a_parser_says(
            text in json(), cut in any::<Index>(), at in any::<Index>(), byte in any::<u8>(),
            also in any::<Index>(), other in select(b"\"\\{}[],:0e.-tnf \n\x1f\x7f\xc3".to_vec()),
        ) {
            let mut line = text.into_bytes();
            let end = cut.index(line.len());
            prop_assert_eq!(passes(&line[..end]), is_json(&line[..end]));
            let at = at.index(line.len());
            line[at] = byte;
            prop_assert_eq!(passes(&line), is_json(&line));
            let also = also.index(line.len());
            line[also] = other;
            prop_assert_eq!(passes(&line), is_json(&line));
        }

        #[test]
        fn what_is_wanted_is_found_among_whatever_is_passed(values in proptest::collection::vec((any::<bool>(), json()), 0..12)) {
            let member = |(n, (is_wanted, value)): (usize, &(bool, String))| {
                let key = if *is_wanted { "wanted".to_owned() } else { format!("other {n} é") };
                format!("\"{key}\":{value}")
            };
            let members: Vec<_> = values.iter().enumerate().map(member).collect();
            let line = format!("{{{}}}", members.join(","));
            let found = wanted(line.as_bytes()).unwrap();
            let expected: Vec<_> = values.iter().filter(|value| value.0).map(|value| value.1.as_bytes()).collect();
            prop_assert_eq!(&found, &expected);
            for (found, (_, text)) in found.iter().zip(values.iter().filter(|value| value.0)) {
                let (found, text): (Value, Value) = (serde_json::from_slice(found).unwrap(), serde_json::from_str(text).unwrap());
                prop_assert_eq!(found, text);
            }
        }

        #[test]
        fn an_object_that_is_cut_or_changed_anywhere_is_what_a_parser_says(
            values in proptest::collection::vec((select(vec!["wanted", "other", "wante"]), json()), 1..6),
            cut in any::<Index>(), at in any::<Index>(), byte in any::<u8>(),
        ) {
            let members: Vec<_> = values.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            let mut line = format!("{{{}}}", members.join(",")).into_bytes();
            let end = cut.index(line.len());
            prop_assert_eq!(wanted(&line[..end]).is_ok(), is_json(&line[..end]));
            let at = at.index(line.len());
            line[at] = byte;
            let is_object = line.trim_ascii_start().first() == Some(&b'{');
            prop_assert_eq!(wanted(&line).is_ok(), is_object && is_json(&line));
        }
    }
}
