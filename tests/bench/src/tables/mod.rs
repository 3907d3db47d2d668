//! A stand-in for `DynamoDB` that keeps its promises (conditions, both-or-none, costs) for just what our store asks of it.
//!
//! What it does not know is refused, and remembered as refused: figures of a run with a refusal would be those of something
//! else.

mod expression;
mod parser;
mod row;
mod statement;
mod token;
mod writing;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use self::row::{Row, index_units, write_units};

/// The service's name in `X-Amz-Target`.
pub(crate) const SERVICE: &str = "DynamoDB_20120810.";

/// The limits of the calls (`API_BatchGetItem`, `API_BatchExecuteStatement`, `API_TransactWriteItems`).
const KEYS_AT_ONCE: usize = 100;
const STATEMENTS_AT_ONCE: usize = 25;
const ACTIONS_AT_ONCE: usize = 100;

/// Why a request was not understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal(String);

impl Refusal {
    fn of(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// Which row: table, `pk`, `sk` (empty where the table has none).
type Key = (String, String, String);

/// All tables; one comes into being with its first row.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    rows: HashMap<Key, Row>,
    write_units: u64,
    refusals: Vec<String>,
}

/// An answer, or an error as the service names it.
pub(crate) enum Answer {
    Done(Value),
    Failed(&'static str, Value),
}

impl Tables {
    /// Answers one call. `operation` is what follows [`SERVICE`].
    pub(crate) fn answer(&mut self, operation: &str, body: &[u8]) -> Answer {
        let request = serde_json::from_slice::<Map<String, Value>>(body);
        let request = request.map_err(|cause| Refusal::of(cause.to_string()));
        let answer = request.and_then(|request| self.called(operation, &request));
        answer.unwrap_or_else(|Refusal(words)| {
            let words = format!("{operation}: {words}");
            self.refusals.push(words.clone());
            Answer::Failed("ValidationException", json!({"message": words}))
        })
    }

    /// Write units since the last time this was called.
    pub(crate) fn take_write_units(&mut self) -> u64 {
        std::mem::take(&mut self.write_units)
    }

    /// What was refused because it is not known here.
    pub(crate) fn refusals(&self) -> &[String] {
        &self.refusals
    }

    fn called(&mut self, operation: &str, request: &Map<String, Value>) -> Result<Answer, Refusal> {
        match operation {
            "GetItem" => self.get(request).map(Answer::Done),
            "BatchGetItem" => self.get_many(request).map(Answer::Done),
            "PutItem" => self.put(request),
            "UpdateItem" => self.update(request),
            "TransactWriteItems" => self.transact(request),
            "BatchExecuteStatement" => self.state_many(request).map(Answer::Done),
            _ => Err(Refusal::of("the bench has no such operation")),
        }
    }

    fn get(&self, request: &Map<String, Value>) -> Result<Value, Refusal> {
        knows(request, &["TableName", "Key", "ConsistentRead"])?;
        let row = self.rows.get(&key(text(request, "TableName")?, object(request, "Key")?)?);
        Ok(row.map_or_else(|| json!({}), |row| json!({"Item": row})))
    }

    fn get_many(&self, request: &Map<String, Value>) -> Result<Value, Refusal> {
        knows(request, &["RequestItems"])?;
        let (mut responses, mut asked) = (Map::new(), HashSet::new());
        for (table, part) in object(request, "RequestItems")? {
            let part = part.as_object().ok_or_else(|| Refusal::of("a table's part is no object"))?;
            let known = ["Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"];
            knows(part, &known)?;
            let mut found = Vec::new();
            for keys in array(part, "Keys")? {
                let keys = keys.as_object().ok_or_else(|| Refusal::of("a key is no object"))?;
                let key = key(table, keys)?;
                found.extend(self.rows.get(&key).map(|row| projected(row, part)));
                if !asked.insert(key) {
                    return Err(Refusal::of("a key is asked for twice"));
                }
            }
            responses.insert(table.clone(), found.into());
        }
        at_most(asked.len(), KEYS_AT_ONCE)?;
        Ok(json!({"Responses": responses, "UnprocessedKeys": {}}))
    }

    /// Puts this in the place of the row and charges for it, `times` over; the index follows by itself, at its own price.
    fn store(&mut self, key: Key, after: Option<Row>, times: u64) -> Option<Row> {
        let before = self.rows.remove(&key);
        self.write_units += times * write_units(before.as_ref(), after.as_ref());
        self.write_units += index_units(before.as_ref(), after.as_ref());
        if let Some(row) = after {
            self.rows.insert(key, row);
        }
        before
    }

    /// A write whose condition did not hold costs what it would have cost, by the row that stood.
    fn charge_refused(&mut self, key: &Key, times: u64) {
        self.write_units += times * write_units(self.rows.get(key), None);
    }
}

/// The attributes that are asked for.
fn projected(row: &Row, part: &Map<String, Value>) -> Row {
    let Some(expression) = part.get("ProjectionExpression").and_then(Value::as_str) else {
        return row.clone();
    };
    let names = part.get("ExpressionAttributeNames");
    let meant = |name: &str| names.and_then(|names| names[name].as_str()).unwrap_or(name).to_owned();
    let wanted: Vec<_> = expression.split(',').map(|name| meant(name.trim())).collect();
    wanted.into_iter().filter_map(|name| Some((name.clone(), row.get(&name)?.clone()))).collect()
}

/// The key among these attributes.
fn key(table: &str, attributes: &Map<String, Value>) -> Result<Key, Refusal> {
    let part = |name: &str| attributes.get(name).and_then(|value| value["S"].as_str());
    let pk = part("pk").ok_or_else(|| Refusal::of("a key has no text `pk`"))?;
    Ok((table.to_owned(), pk.to_owned(), part("sk").unwrap_or_default().to_owned()))
}

/// Refuses a request that says more than is understood here.
fn knows(request: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    match request.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refusal::of(format!("the bench does not know `{name}`"))),
        None => Ok(()),
    }
}

fn text<'r>(request: &'r Map<String, Value>, name: &str) -> Result<&'r str, Refusal> {
    request.get(name).and_then(Value::as_str).ok_or_else(|| Refusal::of(format!("`{name}` is no text")))
}

fn object<'r>(request: &'r Map<String, Value>, name: &str) -> Result<&'r Map<String, Value>, Refusal> {
    request.get(name).and_then(Value::as_object).ok_or_else(|| Refusal::of(format!("`{name}` is no object")))
}

fn array<'r>(request: &'r Map<String, Value>, name: &str) -> Result<&'r [Value], Refusal> {
    let array = request.get(name).and_then(Value::as_array);
    array.map(Vec::as_slice).ok_or_else(|| Refusal::of(format!("`{name}` is no list")))
}

fn at_most(count: usize, most: usize) -> Result<(), Refusal> {
    if count <= most { Ok(()) } else { Err(Refusal::of(format!("{count} at once, and {most} is the most"))) }
}
