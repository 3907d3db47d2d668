//! What a batch of contacts is: which endpoint it goes to, and what is sent.

use domain::Write;

use crate::batch::{Named, trace};
use crate::encode::{Input, Inputs, Properties};
use crate::property;

/// Which endpoint a write goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// `batch/upsert`, by our own unique property.
    Upsert,
    /// `batch/update`, by record id.
    Update,
}

impl Way {
    pub(crate) fn of(write: &Write) -> Self {
        match write {
            Write::Create { .. } => Self::Upsert,
            Write::Update { .. } => Self::Update,
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Upsert => "batch/upsert",
            Self::Update => "batch/update",
        }
    }
}

/// What a write is addressed by.
pub(crate) fn address(write: &Write) -> &str {
    match write {
        Write::Create { key, .. } => key.as_str(),
        Write::Update { record, .. } => record.as_str(),
    }
}

/// What the row of a write is known by.
pub(crate) fn named(write: &Write) -> Named<'_> {
    let address = address(write);
    match Way::of(write) {
        Way::Upsert => Named { key: Some(address), record: None },
        Way::Update => Named { key: None, record: Some(address) },
    }
}

/// The rows of these writes, the first of which is number `first`.
pub(crate) fn inputs<'a>(first: usize, writes: impl Iterator<Item = &'a Write>) -> Inputs<'a> {
    Inputs { inputs: writes.zip(first..).map(|(write, n)| input(write, n)).collect() }
}

fn input(write: &Write, n: usize) -> Input<'_> {
    let key = matches!(write, Write::Create { .. }).then(|| address(write));
    Input {
        id: address(write),
        id_property: key.map(|_| property::KEY),
        object_write_trace_id: trace(n),
        properties: Properties { key, fields: write.fields() },
    }
}
