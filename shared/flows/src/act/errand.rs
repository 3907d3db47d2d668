//! One action on its way.

use crm::CrmErrorKind;
use domain::{Deed, Firing, RecordId};
use notify::NotifyErrorKind;
use store::Claimant;

use super::ActOutcome;
use crate::Delivered;
use crate::failure::Failure;

/// An action, with all messages of the batch that ask for it.
#[derive(Debug)]
pub(super) struct Case {
    /// The first message.
    pub(super) lead: Delivered,
    /// The others: what becomes of the first becomes of them.
    pub(super) copies: Vec<Delivered>,
    pub(super) firing: Firing,
    /// As whom it is begun.
    pub(super) claimant: Claimant,
}

impl Case {
    /// How often any of its messages was received.
    pub(super) fn receives(&self) -> u32 {
        let copies = self.copies.iter().map(|copy| copy.receives);
        copies.fold(self.lead.receives, u32::max)
    }
}

/// An action that is ours to carry out.
#[derive(Debug)]
pub(super) struct Errand {
    pub(super) case: Case,
    /// Whether somebody began it before, who never said what became of it.
    pub(super) may_be_done: bool,
    /// The record that it is done to.
    pub(super) record: RecordId,
    /// Whether a message of it was handed to the chat.
    pub(super) is_sent: bool,
    pub(super) verdict: Option<Result<ActOutcome, Failure>>,
}

impl Errand {
    pub(super) fn new(case: Case, may_be_done: bool) -> Self {
        let record = case.firing.record.clone();
        Self { case, may_be_done, record, is_sent: false, verdict: None }
    }

    pub(super) fn deed(&self) -> &Deed {
        &self.case.firing.deed
    }

    pub(super) fn is_message(&self) -> bool {
        matches!(self.deed(), Deed::Message { .. })
    }

    pub(super) fn is_open(&self) -> bool {
        self.verdict.is_none()
    }

    /// Whether the record that it was done to is not there any more.
    pub(super) fn is_gone(&self) -> bool {
        let failure = self.verdict.as_ref().and_then(|verdict| verdict.as_ref().err());
        matches!(failure, Some(Failure::Crm(error)) if *error.kind() == CrmErrorKind::Gone)
    }

    /// It is over, or comes to its end with this failure.
    pub(super) fn ends_with(&mut self, failure: &Failure) {
        if self.is_open() {
            self.verdict = Some(Err(failure.clone()));
        }
    }

    /// Whether carrying it out once more does what it would do the first time: everything but a message has a key of its
    /// own, or says the same again. A message was not posted where it was never handed over, or where the chat said so.
    pub(super) fn can_begin_afresh(&self, failure: &Failure) -> bool {
        !self.is_message()
            || !self.is_sent
            || matches!(failure, Failure::Chat(error) if *error.kind() != NotifyErrorKind::Unanswered)
    }
}
