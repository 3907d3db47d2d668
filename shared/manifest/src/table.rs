//! Sections and what is in them, read one by one. What has another shape than it should is noted, and reads as nothing.

use jiff::Timestamp;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::near::nearest;
use crate::notes::Notes;

/// A section.
pub(crate) struct Table<'a> {
    notes: &'a Notes<'a>,
    path: String,
    at: usize,
    inner: &'a DeTable<'a>,
}

/// A key with its value.
pub(crate) struct Entry<'a> {
    notes: &'a Notes<'a>,
    /// From the root.
    path: String,
    /// The key alone.
    pub(crate) name: &'a str,
    key_at: usize,
    value_at: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Table<'a> {
    pub(crate) fn root(notes: &'a Notes<'a>, inner: &'a DeTable<'a>) -> Self {
        Self { notes, path: String::new(), at: 0, inner }
    }

    /// Everything in it.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.inner.iter().map(|(key, value)| self.entry(key, value))
    }

    /// What is in it under that key.
    pub(crate) fn get(&self, name: &str) -> Option<Entry<'a>> {
        let (key, value) = self.inner.get_key_value(name)?;
        Some(self.entry(key, value))
    }

    /// What is in it under that key, which has to be there.
    pub(crate) fn required(&self, name: &str, mend: &str) -> Option<Entry<'a>> {
        let entry = self.get(name);
        if entry.is_none() {
            self.missing(name, mend);
        }
        entry
    }

    /// Notes every key that is none of these.
    pub(crate) fn only(&self, known: &[&str]) {
        for entry in self.entries().filter(|entry| !known.contains(&entry.name)) {
            entry.unknown("no key that is known here", known.iter().copied());
        }
    }

    /// Notes that something is wrong with the section as a whole.
    pub(crate) fn wrong(&self, key: &str, found: &str, mend: &str) {
        self.notes.wrong(self.at, &self.of(key), found, mend);
    }

    /// Notes that this key has to be there.
    pub(crate) fn missing(&self, key: &str, mend: &str) {
        self.notes.missing(self.at, &self.of(key), mend);
    }

    fn of(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{}", quoted(key)),
        }
    }

    fn entry(&self, key: &'a Spanned<DeString<'a>>, value: &'a Spanned<DeValue<'a>>) -> Entry<'a> {
        Entry {
            notes: self.notes,
            path: self.of(key.get_ref()),
            name: key.get_ref(),
            key_at: key.span().start,
            value_at: value.span().start,
            value: value.get_ref(),
        }
    }
}

/// A key with a dot is written in quotes.
fn quoted(key: &str) -> String {
    let is_bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_bare { key.to_owned() } else { format!("{key:?}") }
}

impl<'a> Entry<'a> {
    pub(crate) fn text(&self) -> Option<&'a str> {
        let text = self.value.as_str();
        self.or_wrong(text, "write a text in quotes")
    }

    /// A text in which something is said.
    pub(crate) fn words(&self) -> Option<&'a str> {
        let words = self.text()?.trim();
        self.or_wrong(Some(words).filter(|words| !words.is_empty()), "say something between the quotes")
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        self.or_wrong(self.value.as_bool(), "write true or false, without quotes")
    }

    /// A whole number from 0 on.
    pub(crate) fn count(&self) -> Option<u64> {
        let read =
            |number: &toml::de::DeInteger<'_>| u64::from_str_radix(number.as_str(), number.radix()).ok();
        let count = self.value.as_integer().and_then(read);
        self.or_wrong(count, "write a whole number from 0 on, without quotes")
    }

    /// A whole number, also below 0.
    pub(crate) fn integer(&self) -> Option<i64> {
        let number = self.value.as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// A moment: a day, which begins at midnight UTC, or a time with its offset.
    pub(crate) fn moment(&self) -> Option<Timestamp> {
        let written = self.value.as_datetime().map(ToString::to_string);
        let read = |text: String| text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok();
        self.or_wrong(written.and_then(read), "write a day, such as 2026-12-01, without quotes")
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(&self, choices: impl IntoIterator<Item = (&'static str, T)>) -> Option<T> {
        let text = self.text()?;
        let choices: Vec<_> = choices.into_iter().collect();
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if chosen.is_none() {
            let words = choices.iter().map(|(word, _)| *word);
            self.wrong(&format!("is {}", self.shape()), &one_of(text, words));
        }
        chosen
    }

    pub(crate) fn list(&self) -> Option<Vec<Entry<'a>>> {
        let list = self.value.as_array();
        let list = self.or_wrong(list, "write a list: [\"one\", \"another\"]")?;
        let entries = list.iter().enumerate().map(|(n, value)| Entry {
            notes: self.notes,
            path: format!("{}[{n}]", self.path),
            name: self.name,
            key_at: value.span().start,
            value_at: value.span().start,
            value: value.get_ref(),
        });
        Some(entries.collect())
    }

    pub(crate) fn table(&self) -> Option<Table<'a>> {
        let inner = self.value.as_table();
        let inner = self.or_wrong(inner, &format!("write a section: [{}]", self.path))?;
        Some(Table { notes: self.notes, path: self.path.clone(), at: self.key_at, inner })
    }

    /// Notes that something is wrong with the value.
    pub(crate) fn wrong(&self, found: &str, mend: &str) {
        self.notes.wrong(self.value_at, &self.path, found, mend);
    }

    /// Notes that the value is not as it should be.
    pub(crate) fn misshapen(&self, mend: &str) {
        self.wrong(&format!("is {}", self.shape()), mend);
    }

    /// Notes that the key is `what`, and names one that may have been meant.
    pub(crate) fn unknown<'w>(&self, what: &str, known: impl Iterator<Item = &'w str> + Clone) {
        self.notes.wrong(self.key_at, &self.path, &format!("is {what}"), &one_of(self.name, known));
    }

    /// Notes that the key itself is not as it should be.
    pub(crate) fn wrong_key(&self, found: &str, mend: &str) {
        self.notes.wrong(self.key_at, &self.path, found, mend);
    }

    /// Notes that a word within the value is not known, and names one that may have been meant.
    pub(crate) fn wrong_word<'w>(
        &self,
        found: &str,
        written: &str,
        known: impl Iterator<Item = &'w str> + Clone,
    ) {
        self.wrong(found, &one_of(written, known));
    }

    fn or_wrong<T>(&self, value: Option<T>, mend: &str) -> Option<T> {
        if value.is_none() {
            self.misshapen(mend);
        }
        value
    }

    fn shape(&self) -> String {
        match self.value {
            DeValue::String(text) if text.trim().is_empty() => "an empty text".to_owned(),
            DeValue::String(text) => format!("a text of {} letters", text.chars().count()),
            DeValue::Integer(number) if number.as_str().starts_with('-') => "a negative number".to_owned(),
            DeValue::Integer(_) => "a whole number".to_owned(),
            DeValue::Float(_) => "a number with a fraction".to_owned(),
            DeValue::Boolean(_) => "true or false".to_owned(),
            DeValue::Datetime(_) => "a date or a time".to_owned(),
            DeValue::Array(list) => format!("a list of {}", list.len()),
            DeValue::Table(table) => format!("a section of {}", table.len()),
        }
    }
}

/// `did you mean "sync"? It is one of "sync", "owner"`.
fn one_of<'w>(written: &str, known: impl Iterator<Item = &'w str> + Clone) -> String {
    let all: Vec<_> = known.clone().map(|word| format!("{word:?}")).collect();
    let all = all.join(", ");
    match nearest(written, known) {
        Some(word) => format!("did you mean {word:?}? It is one of {all}"),
        None => format!("it is one of {all}"),
    }
}
