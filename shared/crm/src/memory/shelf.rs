//! The records: who holds which key and which address, and where merged ones went.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AliasPolicy, ExternalKey, Field, MatchedBy, Namesake, Record, RecordId, Value};
use jiff::Timestamp;

use super::holders::Holders;
use crate::Wanted;

/// Records in the order of their making.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    entries: BTreeMap<u64, Entry>,
    by_key: Holders,
    by_email: Holders,
    merged_into: BTreeMap<u64, u64>,
    last: u64,
}

#[derive(Debug, Clone, Default)]
struct Entry {
    fields: BTreeMap<Field, Value>,
    further_emails: Vec<String>,
    postal_code: String,
}

impl Entry {
    fn text(&self, field: Field) -> Option<&str> {
        match self.fields.get(&field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn holds_email(&self, email: &str) -> bool {
        self.text(Field::Email) == Some(email) || self.further_emails.iter().any(|further| further == email)
    }

    fn emails(&self) -> impl Iterator<Item = &str> {
        self.text(Field::Email).into_iter().chain(self.further_emails.iter().map(String::as_str))
    }

    fn namesake(&self) -> Option<Namesake> {
        Namesake::new(self.text(Field::FirstName)?, self.text(Field::LastName)?, &self.postal_code)
    }

    /// By what it may be the wanted one, best first. `email` is the wanted one's, in lower case.
    fn proof(&self, wanted: &Wanted, email: Option<&str>) -> Option<MatchedBy> {
        if self.text(Field::CustomerKey) == Some(wanted.key.as_str()) {
            Some(MatchedBy::Key)
        } else if email.is_some_and(|email| self.holds_email(email)) {
            Some(MatchedBy::Email)
        } else if self.emails().any(|email| wanted.has_alias(email)) {
            Some(MatchedBy::Alias)
        } else if self.text(Field::Phone).is_some_and(|phone| wanted.has_phone(phone)) {
            Some(MatchedBy::Phone)
        } else {
            let is_namesake = wanted.namesake.is_some() && self.namesake() == wanted.namesake;
            is_namesake.then_some(MatchedBy::Composite)
        }
    }

    /// A further address that becomes the first one changes places with it.
    fn write(&mut self, fields: &BTreeMap<Field, Value>) {
        if let Some(email) = email_of(fields).filter(|email| self.further_emails.contains(email)) {
            self.further_emails.retain(|further| *further != email);
            let former = self.text(Field::Email).map(str::to_owned);
            self.further_emails.extend(former);
        }
        let stored = fields.iter().map(|(field, value)| (*field, stored(*field, value)));
        self.fields.extend(stored);
    }

    fn shown(&self, id: u64) -> Record {
        let value = |field: Field| self.fields.get(&field).cloned().unwrap_or(Value::Empty);
        let ours = Field::ALL.into_iter().map(|field| (field, value(field)));
        // Those that a manifest names are shown where they were ever written.
        let is_named = |field: &Field| matches!(field, Field::Metafield(_) | Field::Signal(_));
        let own = self.fields.iter().filter(|(field, _)| is_named(field));
        Record {
            id: RecordId::new(id.to_string()),
            key: self.text(Field::CustomerKey).map(ExternalKey::from_crm),
            fields: ours.chain(own.map(|(field, value)| (*field, value.clone()))).collect(),
        }
    }
}

impl Shelf {
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        self.entries.iter().map(|(id, entry)| entry.shown(*id))
    }

    /// Those that were made after this one.
    pub(super) fn behind(&self, id: u64) -> impl Iterator<Item = Record> {
        self.entries.range(id.saturating_add(1)..).map(|(id, entry)| entry.shown(*id))
    }

    pub(super) fn record(&self, id: &RecordId) -> Option<Record> {
        self.shown(self.followed(id)?)
    }

    pub(super) fn has(&self, id: u64) -> bool {
        self.entries.contains_key(&id)
    }

    /// The key that the record of this id carries, or the survivor of its merges.
    pub(super) fn key(&self, id: &RecordId) -> Option<ExternalKey> {
        self.entries.get(&self.followed(id)?)?.text(Field::CustomerKey).map(ExternalKey::from_crm)
    }

    pub(super) fn shown(&self, id: u64) -> Option<Record> {
        self.entries.get(&id).map(|entry| entry.shown(id))
    }

    pub(super) fn insert(&mut self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId {
        let further_emails = further_emails.iter().map(|email| email.to_lowercase()).collect();
        RecordId::new(self.put(Entry { further_emails, ..Entry::default() }, fields).to_string())
    }

    pub(super) fn create(&mut self, fields: &BTreeMap<Field, Value>) -> u64 {
        self.put(Entry::default(), fields)
    }

    fn put(&mut self, mut entry: Entry, fields: &BTreeMap<Field, Value>) -> u64 {
        self.last += 1;
        entry.write(fields);
        self.shelve(self.last, entry);
        self.last
    }

    fn shelve(&mut self, id: u64, entry: Entry) {
        self.by_key.note(id, entry.text(Field::CustomerKey).into_iter());
        self.by_email.note(id, entry.emails());
        self.entries.insert(id, entry);
    }

    fn take(&mut self, id: u64) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.by_key.forget(id, entry.text(Field::CustomerKey).into_iter());
        self.by_email.forget(id, entry.emails());
        Some(entry)
    }

    pub(super) fn lives_at(&mut self, id: &RecordId, postal_code: &str) -> bool {
        let entry = self.followed(id).and_then(|id| self.entries.get_mut(&id));
        entry.map(|entry| postal_code.clone_into(&mut entry.postal_code)).is_some()
    }

    pub(super) fn edit(&mut self, id: &RecordId, fields: &BTreeMap<Field, Value>) -> bool {
        self.followed(id).is_some_and(|id| self.write(id, fields))
    }

    pub(super) fn write(&mut self, id: u64, fields: &BTreeMap<Field, Value>) -> bool {
        let Some(mut entry) = self.take(id) else { return false };
        entry.write(fields);
        self.shelve(id, entry);
        true
    }

    pub(super) fn delete(&mut self, id: &RecordId) -> bool {
        number(id).is_some_and(|id| self.take(id).is_some())
    }

    pub(super) fn merge(&mut self, primary: &RecordId, other: &RecordId) -> Option<RecordId> {
        let (winner, loser) = (self.followed(primary)?, self.followed(other)?);
        let both = winner != loser && self.entries.contains_key(&winner) && self.entries.contains_key(&loser);
        if !both {
            return None;
        }
        let (first, second) = (self.take(winner)?, self.take(loser)?);
        self.last += 1;
        self.shelve(self.last, joined(first, second));
        self.merged_into.extend([(winner, self.last), (loser, self.last)]);
        Some(RecordId::new(self.last.to_string()))
    }

    /// Where the record of this id went: the id itself, or the survivor of its merges.
    pub(super) fn followed(&self, id: &RecordId) -> Option<u64> {
        let mut at = number(id)?;
        while let Some(next) = self.merged_into.get(&at) {
            at = *next;
        }
        Some(at)
    }

    pub(super) fn by_key(&self, key: &ExternalKey) -> Option<u64> {
        self.by_key.of(key.as_str()).next()
    }

    /// All that carry the key, also where several do.
    pub(super) fn holding(&self, key: &ExternalKey) -> Vec<Record> {
        let theirs = |entry: &Entry| entry.text(Field::CustomerKey) == Some(key.as_str());
        self.entries.iter().filter(|(_, entry)| theirs(entry)).map(|(id, entry)| entry.shown(*id)).collect()
    }

    pub(super) fn by_email(&self, email: &str) -> Option<u64> {
        self.by_email.of(&email.to_lowercase()).next()
    }

    /// Who may be the wanted one, and by what; the better first.
    pub(super) fn candidates(&self, wanted: &Wanted) -> Vec<(MatchedBy, Record)> {
        let email = wanted.email.as_deref().map(str::to_lowercase);
        let proof = |id: u64| {
            let entry = self.entries.get(&id)?;
            Some((entry.proof(wanted, email.as_deref())?, entry.shown(id)))
        };
        let mut found: Vec<_> = self.may_be(wanted, email.as_deref()).into_iter().filter_map(proof).collect();
        found.sort_by_key(|(by, _)| *by);
        found
    }

    /// Who is to be looked at: for an alias, a phone or a name everybody, since they are kept by none of these.
    fn may_be(&self, wanted: &Wanted, email: Option<&str>) -> BTreeSet<u64> {
        let by_lesser = wanted.aliases != AliasPolicy::Exact || wanted.phone.is_some();
        if by_lesser || wanted.namesake.is_some() {
            return self.entries.keys().copied().collect();
        }
        let by_email = email.into_iter().flat_map(|email| self.by_email.of(email));
        self.by_key.of(wanted.key.as_str()).chain(by_email).collect()
    }

    /// The record of this very id: merges are not followed.
    pub(super) fn very(&self, id: &RecordId) -> Option<Record> {
        self.shown(number(id)?)
    }

    /// Another record than `this` that holds a unique value of `fields`.
    pub(super) fn holder(&self, this: Option<u64>, fields: &BTreeMap<Field, Value>) -> Option<u64> {
        let key = match fields.get(&Field::CustomerKey) {
            Some(Value::Text(key)) => self.by_key(&ExternalKey::from_crm(key)),
            _ => None,
        };
        let email = email_of(fields).and_then(|email| self.by_email(&email));
        key.filter(|id| Some(*id) != this).or(email.filter(|id| Some(*id) != this))
    }
}

fn number(id: &RecordId) -> Option<u64> {
    id.as_str().parse().ok()
}

fn email_of(fields: &BTreeMap<Field, Value>) -> Option<String> {
    match fields.get(&Field::Email) {
        Some(Value::Text(email)) => Some(email.to_lowercase()),
        _ => None,
    }
}

/// Addresses are kept in lower case, moments to the millisecond, as CRMs do.
fn stored(field: Field, value: &Value) -> Value {
    match value {
        Value::Text(text) if text.is_empty() => Value::Empty,
        Value::List(list) if list.is_empty() => Value::Empty,
        Value::Text(text) if field == Field::Email => Value::Text(text.to_lowercase()),
        Value::Time(at) => Value::Time(Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(*at)),
        other => other.clone(),
    }
}

/// The winner's values win, the loser's addresses become further ones.
fn joined(winner: Entry, loser: Entry) -> Entry {
    let first = winner.text(Field::Email).map(str::to_owned);
    let second = loser.text(Field::Email).map(str::to_owned);
    let further = winner.further_emails.iter().chain(&second).chain(&loser.further_emails);
    let further = further.filter(|email| Some(*email) != first.as_ref() && first.is_some());
    let further_emails = further.cloned().collect();
    let mut fields = loser.fields;
    fields.extend(winner.fields.into_iter().filter(|(_, value)| *value != Value::Empty));
    let postal_code = if winner.postal_code.is_empty() { loser.postal_code } else { winner.postal_code };
    Entry { fields, further_emails, postal_code }
}
