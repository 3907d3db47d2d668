//! The hand on the other side: a person who looks at records, makes, changes, deletes and merges them.

use serde_json::{Map, Value};

use crate::{
    entry::{Entry, OrgError},
    id,
    org::Org,
};

impl Org {
    /// All records of an object, the deleted ones too, in the order of their ids.
    pub fn records(&self, object: &str) -> Vec<Entry> {
        self.state().table(object).map(|table| table.all().map(Entry::of).collect()).unwrap_or_default()
    }

    /// The records that are not deleted and hold this text.
    pub fn records_where(&self, object: &str, field: &str, value: &str) -> Vec<Entry> {
        let holds = |entry: &Entry| !entry.deleted && entry.text(field) == value;
        self.records(object).into_iter().filter(holds).collect()
    }

    /// The record of this id, unless it is deleted.
    pub fn record(&self, id: &str) -> Option<Entry> {
        self.state().live(&id::normal(id)?).map(Entry::of)
    }

    /// A person makes a record; gives its id.
    ///
    /// # Errors
    /// What the API would refuse too; duplicate rules and locks do not hold a person up.
    pub fn rep_creates(&self, object: &str, fields: Value) -> Result<String, OrgError> {
        Ok(self.state().create(object, &map(fields), &self.rep())?)
    }

    /// A person changes a record; `null` empties a field.
    ///
    /// # Errors
    /// No such record, or what the API would refuse too.
    pub fn rep_edits(&self, object: &str, id: &str, fields: Value) -> Result<(), OrgError> {
        Ok(self.state().update(object, id, &map(fields), &self.rep())?)
    }

    /// A person deletes a record.
    ///
    /// # Errors
    /// No such record.
    pub fn rep_deletes(&self, object: &str, id: &str) -> Result<(), OrgError> {
        Ok(self.state().delete(object, id, self.clock().now_ms())?)
    }

    /// A person takes a record out of the recycle bin. What was deleted along with it stays there.
    ///
    /// # Errors
    /// It is not there, was merged away, or another record has its key by now.
    pub fn rep_restores(&self, object: &str, id: &str) -> Result<(), OrgError> {
        Ok(self.state().restore(object, id, self.clock().now_ms())?)
    }

    /// A person merges `loser` into `master`, which keeps its id.
    ///
    /// # Errors
    /// One of them is not there, or they cannot be merged.
    pub fn merge(&self, object: &str, master: &str, loser: &str) -> Result<(), OrgError> {
        Ok(self.state().merge(object, master, loser, self.clock().now_ms())?)
    }
}

/// The fields of a JSON object; of anything else, none.
pub(crate) fn map(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
