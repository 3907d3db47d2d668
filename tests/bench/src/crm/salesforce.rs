//! Salesforce's words: the rows of a collection, and the records of a question.

use domain::{PeopleAs, Write};
use serde_json::{Value, json};

use super::{Words, harness};
use crate::failure::Failure;

/// The work that is not the HTTP client's.
pub(super) fn words(writes: &[Write]) -> Result<Words<'_>, Failure> {
    let people = PeopleAs::Contacts;
    let encode = move || {
        crm_salesforce::encode_rows(people, writes).map_err(|cause| harness("rows that are no JSON", cause))
    };
    let answer = answer(&encode()?);
    let read = move || crm_salesforce::decode_rows(people, &answer).map(|records| records.len());
    let decode = move || read().map_err(|cause| harness("an answer that is no JSON", cause));
    Ok(Words {
        name: "Salesforce",
        encode: Box::new(move || encode().map(|body| body.len())),
        decode: Box::new(decode),
    })
}

/// Each row as it went, with an id of its own, as a question gives them.
fn answer(body: &[u8]) -> Vec<u8> {
    let mut asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut records = asked["records"].take();
    for (n, record) in records.as_array_mut().into_iter().flatten().enumerate() {
        record["Id"] = format!("003000000{n:06}AAA").into();
    }
    json!({"totalSize": 100, "done": true, "records": records}).to_string().into_bytes()
}
