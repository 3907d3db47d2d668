//! The single problems that a refusal names, in each of the shapes that refusals have.

use domain::RecordId;
use serde_json::Value;

use crate::id;

/// Something that was not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: String,
    /// Never leaves this room: it may hold personal data.
    pub(crate) message: String,
    pub(crate) fields: Vec<String>,
    /// The records that a duplicate rule found, with their objects.
    pub(crate) matches: Vec<(String, RecordId)>,
}

/// Codes of what was innocent and went down with another.
const INNOCENT: [&str; 2] = ["PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"];

impl Problem {
    pub(crate) fn is_innocent(&self) -> bool {
        INNOCENT.contains(&self.code.as_str())
    }

    /// The fields that it is about: those that are listed, or that the message names where it is about fields.
    pub(crate) fn about(&self) -> Vec<&str> {
        if !self.fields.is_empty() {
            return self.fields.iter().map(String::as_str).collect();
        }
        // `No such column 'X' on ...`; `Unable to create/update fields: X, Y. Please ...`
        if let Some((_, after)) = self.message.split_once("column '") {
            return after.split('\'').next().into_iter().collect();
        }
        let listed = self.message.split_once("fields: ").map_or("", |(_, after)| after);
        let listed = listed.trim_start_matches('[').split(['.', ']']).next().unwrap_or_default();
        listed.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
    }
}

/// All of a body: a list, one, texts, or the lists within a composite answer. The one that is the cause comes first.
pub(crate) fn all(body: &Value) -> Vec<Problem> {
    let mut all = read(body);
    all.sort_by_key(Problem::is_innocent);
    all
}

fn read(body: &Value) -> Vec<Problem> {
    match body {
        Value::Array(list) => list.iter().flat_map(read).collect(),
        Value::Object(parts) => match parts.get("compositeResponse") {
            Some(answers) => {
                let answers = answers.as_array().into_iter().flatten();
                answers.flat_map(|answer| read(&answer["body"])).collect()
            }
            None => one(body).into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

/// REST says `errorCode`, a row of a collection `statusCode`, OAuth `error`.
fn one(body: &Value) -> Option<Problem> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let codes = [text("errorCode"), text("statusCode"), text("error")];
    let code = codes.into_iter().find(|code| !code.is_empty())?;
    let fields = body["fields"].as_array().into_iter().flatten();
    Some(Problem {
        code,
        message: text("message"),
        fields: fields.filter_map(Value::as_str).map(str::to_owned).collect(),
        matches: matches(body),
    })
}

/// The key is misspelled up to v56 at least.
fn matches(body: &Value) -> Vec<(String, RecordId)> {
    let results = ["duplicateResut", "duplicateResult"].map(|name| &body[name]["matchResults"]);
    let results = results.into_iter().filter_map(Value::as_array).flatten();
    let found = |result: &Value| {
        let object = result["entityType"].as_str().unwrap_or_default().to_owned();
        let records = result["matchRecords"].as_array().cloned().unwrap_or_default();
        let ids = records.into_iter().filter_map(|one| id::record_id(one["record"]["Id"].as_str()?));
        ids.map(|id| (object.clone(), id)).collect::<Vec<_>>()
    };
    results.flat_map(found).collect()
}

/// The addresses of records in a list of texts, as a 300 has them.
pub(crate) fn addresses(body: &Value) -> bool {
    body.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
}
