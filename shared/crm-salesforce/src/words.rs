//! The work between a write and its bytes, for those who measure it.

use domain::{PeopleAs, Record, Write};

use crate::decode::Page;
use crate::encode::{Records, Row};
use crate::person::{self, Names};
use crate::property::Words;

/// The body of the collection that carries these writes: all creates or all updates, at most 200.
pub fn encode_rows(people: PeopleAs, writes: &[Write]) -> Result<Vec<u8>, serde_json::Error> {
    let (words, names) = (Words::new(people, []), Names::default());
    let rows: Vec<Row<'_>> = writes.iter().map(|write| person::row(write, &names, &words)).collect();
    serde_json::to_vec(&Records(&rows.iter().collect::<Vec<_>>()))
}

/// The people in the answer of a query.
pub fn decode_rows(people: PeopleAs, body: &[u8]) -> Result<Vec<Record>, serde_json::Error> {
    let (words, page) = (Words::new(people, []), serde_json::from_slice::<Page>(body)?);
    Ok(page.records.iter().filter_map(|row| row.record(&words)).collect())
}
