//! Faults a test asks for: which call they meet, and what becomes of it.

use serde::{Deserialize, Serialize};

use crate::{endpoint::Endpoint, refusal::Refusal, rows::Row, state::State};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The whole call answers 503 `SERVER_UNAVAILABLE` (or another `status`); nothing is done.
    Unavailable,
    /// 403 `REQUEST_LIMIT_EXCEEDED` of the moment (`ConcurrentPerOrgLongTxn`); nothing is done.
    RateLimited,
    /// 403 `REQUEST_LIMIT_EXCEEDED` of the day (`TotalRequests`); nothing is done.
    DailyLimited,
    /// 502 with a page of HTML; nothing is done.
    HtmlGateway,
    /// 401 `INVALID_SESSION_ID`; nothing is done.
    Unauthorized,
    /// The connection closes without a byte; nothing is done.
    ConnectionCut,
    /// The work is done and the connection closes without a byte.
    AnswerLost,
    /// The matching rows are refused (with `code` and `message`).
    Rejected,
    /// The matching rows are neither done nor mentioned: the list of results is shorter.
    DropRow,
    /// Somebody else makes the matching rows in the middle of the call: an upsert finds them taken (`DUPLICATE_VALUE`).
    Race,
}

/// Names the rows a fault is for: those that send this value, are addressed by it, or whose record holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowMatch {
    /// The name of a field, `Id` too.
    pub field: String,
    /// Its value, as text.
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
    /// The endpoint it is for, as the counts of calls name it (or the end of that name after a `/`).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The status of a whole call that is refused, where it is not the usual one of its kind.
    #[serde(default)]
    pub status: Option<u16>,
    /// The code of a refusal; that of `rejected` is `FIELD_CUSTOM_VALIDATION_EXCEPTION` when absent.
    #[serde(default)]
    pub code: Option<String>,
    /// The words of a refusal.
    #[serde(default)]
    pub message: Option<String>,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// A fault of this kind that meets the next call.
    pub fn new(kind: FaultKind) -> Self {
        Self { rows: None, kind, times: once(), endpoint: None, status: None, code: None, message: None }
    }

    /// The same, only for rows with this value.
    #[must_use]
    pub fn for_row(mut self, field: &str, value: &str) -> Self {
        self.rows = Some(RowMatch { field: field.into(), value: value.into() });
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

    /// The same, refusing with this code and these words.
    #[must_use]
    pub fn saying(mut self, code: &str, message: &str) -> Self {
        self.code = Some(code.into());
        self.message = Some(message.into());
        self
    }

    /// Refuses a fault that could never meet a call, or is none.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(name) = self.endpoint.as_ref().filter(|name| !Endpoint::is_name(name)) {
            return Err(format!("endpoint: there is no '{name}'; Contact/collections/upsert is one"));
        }
        match self.status {
            Some(status) if !(400..=599).contains(&status) => {
                Err(format!("status: {status} is not one of 400 to 599"))
            }
            _ => Ok(()),
        }
    }

    fn is_at(&self, endpoint: &str) -> bool {
        let named = |name: &String| endpoint == name || endpoint.ends_with(&format!("/{name}"));
        self.times > 0 && self.endpoint.as_ref().is_none_or(named)
    }

    const fn is_for_rows(&self) -> bool {
        matches!(self.kind, FaultKind::Rejected | FaultKind::DropRow | FaultKind::Race)
    }

    /// What a whole call is answered instead, where it is answered.
    fn instead(&self) -> Refusal {
        let usual = match self.kind {
            FaultKind::DailyLimited => Refusal::limited("TotalRequests"),
            FaultKind::RateLimited => Refusal::limited("ConcurrentPerOrgLongTxn"),
            FaultKind::Unauthorized => Refusal::no_session(),
            _ => Refusal::new(503, "SERVER_UNAVAILABLE", "Server too busy"),
        };
        let code = self.code.as_deref().unwrap_or(&usual.code);
        let words = self.message.as_ref().unwrap_or(&usual.message);
        Refusal::new(self.status.unwrap_or(usual.status), code, words)
    }

    fn refusal(&self) -> Refusal {
        let code = self.code.as_deref().unwrap_or("FIELD_CUSTOM_VALIDATION_EXCEPTION");
        let words = self.message.as_deref().unwrap_or("A validation rule of this org refuses the record");
        Refusal::of_fields(code, words, &[])
    }
}

/// What the faults of an org make of one call.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fate {
    /// The whole call goes wrong in this way.
    pub(crate) whole: Option<(FaultKind, Refusal)>,
    rejected: Vec<(usize, Refusal)>,
    dropped: Vec<usize>,
    raced: Vec<usize>,
}

impl Fate {
    /// Why this row is refused, if it is.
    pub(crate) fn rejects(&self, row: usize) -> Option<&Refusal> {
        self.rejected.iter().find(|(index, _)| *index == row).map(|(_, refusal)| refusal)
    }

    pub(crate) fn drops(&self, row: usize) -> bool {
        self.dropped.contains(&row)
    }

    pub(crate) fn races(&self, row: usize) -> bool {
        self.raced.contains(&row)
    }

    fn add(&mut self, fault: &Fault, hit: Vec<usize>) {
        match fault.kind {
            FaultKind::Rejected => self.rejected.extend(hit.into_iter().map(|row| (row, fault.refusal()))),
            FaultKind::DropRow => self.dropped.extend(hit),
            FaultKind::Race => self.raced.extend(hit),
            kind => self.whole = Some((kind, fault.instead())),
        }
    }
}

impl State {
    /// Finds the faults a call with these rows meets, and takes one off the count of each.
    pub(crate) fn fate(&mut self, endpoint: &str, rows: &[Row]) -> Fate {
        let mut fate = Fate::default();
        for fault in self.faults.iter_mut().filter(|fault| fault.is_at(endpoint)) {
            let hit = matching(fault.rows.as_ref(), rows);
            let for_rows = fault.is_for_rows();
            let applies = (fault.rows.is_none() && !for_rows) || !hit.is_empty();
            if applies && (for_rows || fate.whole.is_none()) {
                fault.times -= 1;
                fate.add(fault, hit);
            }
        }
        self.faults.retain(|fault| fault.times > 0);
        fate
    }
}

fn matching(wanted: Option<&RowMatch>, rows: &[Row]) -> Vec<usize> {
    let same = |(field, value): &(String, String), wanted: &RowMatch| {
        field.eq_ignore_ascii_case(&wanted.field) && value.eq_ignore_ascii_case(&wanted.value)
    };
    let hit = |row: &Row| wanted.is_none_or(|one| row.iter().any(|pair| same(pair, one)));
    (0..rows.len()).filter(|index| hit(&rows[*index])).collect()
}
