//! Faults a test asks for: which call they meet, and what becomes of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{endpoint::Endpoint, state::State};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The whole call answers 503 (or 500, by `status`); nothing is done.
    Unavailable,
    /// The whole call answers 429 `TEN_SECONDLY_ROLLING` (a search: `SECONDLY`); nothing is done.
    RateLimited,
    /// The whole call answers 429 `DAILY`; nothing is done.
    DailyLimited,
    /// The whole call answers 401; nothing is done.
    Unauthorized,
    /// The matching rows are refused with `VALIDATION_ERROR`.
    Rejected,
    /// The work is done and the connection closes without an answer.
    AnswerLost,
    /// The matching rows of a batch are neither done nor mentioned in its 2xx.
    DropRow,
    /// The whole call answers 502 with a page of HTML; nothing is done.
    HtmlGateway,
}

/// Names the rows a fault is for: those that send this value, are addressed by it, or whose record holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowMatch {
    /// A property name, or `id` for the record id.
    pub property: String,
    /// Its value, as a string.
    pub value: String,
}

/// One fault, which ends after it met `times` calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The rows it is for; absent or `null` is every call and every row.
    #[serde(rename = "match", default)]
    pub rows: Option<RowMatch>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many calls it meets.
    #[serde(default = "once")]
    pub times: u32,
    /// How many calls that it would meet go well before.
    #[serde(default)]
    pub after: u32,
    /// The endpoint it is for, as `GET /_twin/calls` names it (or the end of that name after a `/`).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The status of `unavailable`: 503 when absent, else 500.
    #[serde(default)]
    pub status: Option<u16>,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// A fault of this kind that meets the next call.
    pub fn new(kind: FaultKind) -> Self {
        Self { rows: None, kind, times: once(), after: 0, endpoint: None, status: None }
    }

    /// The same, only for rows with this property value.
    #[must_use]
    pub fn for_row(mut self, property: &str, value: &str) -> Self {
        self.rows = Some(RowMatch { property: property.into(), value: value.into() });
        self
    }

    /// The same, only at this endpoint.
    #[must_use]
    pub fn at(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The same, for so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same, but so many of these calls go well before.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Refuses a fault that could never meet a call.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(status) = self.status.filter(|status| !(500..=599).contains(status)) {
            return Err(format!("status: {status} is not one of 500 to 599"));
        }
        match &self.endpoint {
            Some(name) if !Endpoint::is_name(name) => Err(format!(
                "endpoint: there is no '{name}'; contacts/batch/upsert is one, GET /_twin/calls shows others"
            )),
            _ => Ok(()),
        }
    }

    fn is_at(&self, endpoint: &str) -> bool {
        let named = |name: &String| endpoint == name || endpoint.ends_with(&format!("/{name}"));
        self.times > 0 && self.endpoint.as_ref().is_none_or(named)
    }

    const fn is_for_rows(&self) -> bool {
        matches!(self.kind, FaultKind::Rejected | FaultKind::DropRow)
    }
}

/// What the faults of a portal make of one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// The whole call goes wrong in this way.
    pub(crate) whole: Option<(FaultKind, u16)>,
    rejected: Vec<usize>,
    dropped: Vec<usize>,
}

impl Fate {
    pub(crate) fn rejects(&self, row: usize) -> bool {
        self.rejected.contains(&row)
    }

    pub(crate) fn drops(&self, row: usize) -> bool {
        self.dropped.contains(&row)
    }
}

impl State {
    /// Finds the faults this call meets, and takes one off the count of each.
    pub(crate) fn fate(&mut self, endpoint: &Endpoint, body: &[u8]) -> Fate {
        let mut fate = Fate::default();
        if self.faults.is_empty() {
            return fate;
        }
        let (name, rows) = (endpoint.name(), self.rows_of(endpoint, body));
        for fault in self.faults.iter_mut().filter(|fault| fault.is_at(&name)) {
            let hit = matching(fault.rows.as_ref(), &rows);
            let applies = (fault.rows.is_none() || !hit.is_empty())
                && (fault.is_for_rows() || fate.whole.is_none())
                && (fault.kind != FaultKind::DropRow || endpoint.is_batch());
            if applies && fault.after > 0 {
                fault.after -= 1;
            } else if applies {
                fault.times -= 1;
                fate.add(fault, hit);
            }
        }
        self.faults.retain(|fault| fault.times > 0);
        fate
    }

    fn rows_of(&self, endpoint: &Endpoint, body: &[u8]) -> Vec<Vec<(String, String)>> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let by = body["idProperty"].as_str().map(str::to_owned);
        let mut rows: Vec<_> = match body["inputs"].as_array() {
            Some(inputs) => inputs.iter().map(|input| told(input, by.as_deref())).collect(),
            None => vec![told(&body, None)],
        };
        if let (Some((property, id)), Some(row)) = (endpoint.addressed(), rows.first_mut()) {
            row.push((property.unwrap_or("id").to_owned(), id.to_owned()));
        }
        for row in &mut rows {
            self.add_held(endpoint, row);
        }
        rows
    }

    /// Adds what the addressed record holds, so that a fault follows a person to an update by record id.
    fn add_held(&self, endpoint: &Endpoint, row: &mut Vec<(String, String)>) {
        let Some(kind) = endpoint.kind() else { return };
        let records = self.shelf(kind);
        let found = row.iter().find_map(|(property, value)| match property.as_str() {
            "id" => value.parse().ok().and_then(|id| records.live(id)),
            "email" => records.holder(property, &value.to_lowercase()).and_then(|id| records.live(id)),
            _ => records.holder(property, value).and_then(|id| records.live(id)),
        });
        let held = found.map(|record| record.values.clone()).unwrap_or_default();
        row.extend(found.map(|record| ("id".to_owned(), record.id.to_string())));
        row.extend(held);
    }
}

impl Fate {
    fn add(&mut self, fault: &Fault, hit: Vec<usize>) {
        match fault.kind {
            FaultKind::Rejected => self.rejected.extend(hit),
            FaultKind::DropRow => self.dropped.extend(hit),
            kind => self.whole = Some((kind, fault.status.unwrap_or(503))),
        }
    }
}

fn told(input: &Value, by: Option<&str>) -> Vec<(String, String)> {
    let by = input["idProperty"].as_str().or(by).unwrap_or("id");
    let id = input["id"].as_str().map(|id| (by.to_owned(), id.to_owned()));
    let sent = input["properties"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    sent.map(|(name, value)| (name.clone(), text(value))).chain(id).collect()
}

fn matching(wanted: Option<&RowMatch>, rows: &[Vec<(String, String)>]) -> Vec<usize> {
    let same = |sent: &(String, String), wanted: &RowMatch| {
        let equal = if wanted.property == "email" {
            sent.1.eq_ignore_ascii_case(&wanted.value)
        } else {
            sent.1 == wanted.value
        };
        sent.0 == wanted.property && equal
    };
    let hit = |row: &Vec<(String, String)>| wanted.is_none_or(|one| row.iter().any(|sent| same(sent, one)));
    (0..rows.len()).filter(|index| hit(&rows[*index])).collect()
}
