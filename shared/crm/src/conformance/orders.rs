//! A CRM with deals and notes, and somebody who looks at them.

use domain::{Deal, DealFacts, ExternalKey, Money, Note, RecordId};
use jiff::Timestamp;

use super::people::create;
use super::{Stage, apply_one, done};
use crate::{DealWrite, NoteWrite};

/// A deal, as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDeal {
    /// Its key.
    pub key: ExternalKey,
    /// Its stage.
    pub stage: String,
    /// What it says beside that.
    pub facts: Option<DealFacts>,
    /// The records that it is tied to.
    pub contacts: Vec<RecordId>,
}

/// A note, as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNote {
    /// Its key.
    pub key: ExternalKey,
    /// Its text: lines without mark-up.
    pub text: String,
    /// The records that it is tied to.
    pub contacts: Vec<RecordId>,
}

/// A stage whose CRM has deals and notes.
pub trait OrdersStage: Stage {
    /// All deals, in any order.
    fn deals(&self) -> Vec<HeldDeal>;

    /// All notes, in any order.
    fn notes(&self) -> Vec<HeldNote>;

    /// Time passes until every index knows what was written.
    fn settle(&self);
}

pub(super) fn at() -> Timestamp {
    Timestamp::UNIX_EPOCH.checked_add(jiff::SignedDuration::from_hours(490_000)).expect("it is a moment")
}

pub(super) fn order_key(n: usize) -> ExternalKey {
    ExternalKey::from_crm(&(820_982_911_946_154_000 + n).to_string())
}

pub(super) fn facts(n: usize, amount: &str) -> DealFacts {
    let amount = Money::parse(amount, "USD").expect("it is money");
    DealFacts { name: format!("#{n}"), amount, closed_at: at() }
}

/// The deal of order `n`, won.
pub(super) fn deal(n: usize, contact: &RecordId) -> DealWrite {
    let facts = Some(facts(n, "49.90"));
    let deal = Deal { key: order_key(n), stage: "won".into(), pipeline: None, facts, is_wanted: true };
    DealWrite { deal, contact: Some(contact.clone()) }
}

/// The note of refund `n`.
pub(super) fn note(n: usize, contact: &RecordId) -> NoteWrite {
    let lines = vec![format!("Refund of order #{n}"), "Reason: <b>too small</b> & late".to_owned()];
    NoteWrite { note: Note { key: order_key(n), at: at(), lines }, contact: contact.clone() }
}

/// The record of person `n`.
pub(super) async fn contact(stage: &impl Stage, n: usize) -> RecordId {
    done(apply_one(stage, create(n)).await).record
}
