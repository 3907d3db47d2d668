//! Faults that a story asks for.

use domain::ExternalKey;

use crate::{CrmError, CrmErrorKind};

/// A method of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the method of that name")]
pub enum Operation {
    Find,
    Apply,
    Read,
    Fetch,
    Holders,
    Merge,
    WriteDeals,
    CountDeals,
    WriteNotes,
    WriteTasks,
    WriteCompanies,
    Page,
}

/// Something that goes wrong: for the next call as a whole, or for one record in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: CrmErrorKind,
    done: bool,
    operation: Option<Operation>,
    key: Option<ExternalKey>,
    times: usize,
    spared: usize,
}

impl Fault {
    /// Nothing is done, and the next call is answered with this failure.
    pub fn refuse(kind: CrmErrorKind) -> Self {
        Self { kind, done: false, operation: None, key: None, times: 1, spared: 0 }
    }

    /// The next call is done, and nobody hears of it.
    pub fn lose_answer() -> Self {
        Self { done: true, ..Self::refuse(CrmErrorKind::Unanswered) }
    }

    /// The same, for writes of the record with this key only. Its neighbours are written.
    #[must_use]
    pub fn on(self, key: ExternalKey) -> Self {
        Self { key: Some(key), operation: Some(Operation::Apply), ..self }
    }

    /// The same, at this method only.
    #[must_use]
    pub fn at(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// The same, but so many rows are written before it begins.
    #[must_use]
    pub fn sparing(self, rows: usize) -> Self {
        Self { spared: rows, ..self }
    }

    /// How many rows are written all the same.
    pub(super) fn spared(&self) -> usize {
        self.spared
    }

    /// Whether the work is done all the same.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn error(&self) -> CrmError {
        CrmError::new(self.kind.clone(), "told to fail")
    }
}

/// Takes the next fault of a whole call (`key` is `None`) or of one record's write.
pub(super) fn take(
    faults: &mut Vec<Fault>,
    operation: Operation,
    key: Option<&ExternalKey>,
) -> Option<Fault> {
    let meets = |fault: &Fault| {
        fault.times > 0 && fault.operation.is_none_or(|at| at == operation) && fault.key.as_ref() == key
    };
    let fault = faults.iter_mut().find(|fault| meets(fault))?;
    fault.times -= 1;
    let taken = fault.clone();
    fault.spared = 0;
    faults.retain(|fault| fault.times > 0);
    Some(taken)
}
