//! Rows that name their record by its id, as collections and loads have them.

use serde_json::{Map, Value};

use crate::{id, refusal::Refusal, state::State, write::How};

impl State {
    /// Changes the record of this id; gives the id in 18 characters.
    pub(crate) fn update_row(
        &mut self,
        object: &str,
        id: &str,
        sent: &Map<String, Value>,
        how: &How,
    ) -> Result<String, Refusal> {
        let id = self.id_of(object, id)?;
        self.update(object, &id, sent, how).map_err(unknown)?;
        Ok(id)
    }

    /// Deletes the record of this id; gives the id in 18 characters.
    pub(crate) fn delete_row(&mut self, object: &str, id: &str, now_ms: i64) -> Result<String, Refusal> {
        let id = self.id_of(object, id)?;
        self.delete(object, &id, now_ms).map_err(unknown)?;
        Ok(id)
    }

    fn id_of(&self, object: &str, text: &str) -> Result<String, Refusal> {
        if text.is_empty() {
            let words = "Id not specified in an update call";
            return Err(Refusal::of_fields("MISSING_ARGUMENT", words, &["Id"]));
        }
        let fits = |id: &String| self.table(object).is_some_and(|table| id.starts_with(table.prefix));
        let words = || format!("{object} ID: id value of incorrect type: {text}");
        id::normal(text).filter(fits).ok_or_else(|| Refusal::of_fields("MALFORMED_ID", words(), &["Id"]))
    }
}

/// A row has no 404: an id that was never given leads nowhere.
fn unknown(refusal: Refusal) -> Refusal {
    if refusal.code == "NOT_FOUND" { Refusal::cross_reference() } else { refusal }
}
