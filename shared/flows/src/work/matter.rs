//! One customer of a batch: what was delivered about them, and what we hold.

use std::collections::BTreeSet;

use domain::{CustomerKey, Mention, OrderId, OrderVersion, RecordId, SignalState};
use jiff::Timestamp;
use shopify::Truth;
use store::{Claimant, Holding};

use super::{Case, Outcome};
use crate::failure::Failure;

/// What became of a delivery.
pub(super) type Verdict = Result<Outcome, Failure>;

/// What became of each of a customer's deliveries, in their order.
pub(super) type Verdicts = Vec<Verdict>;

/// All deliveries about one customer.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) customer: CustomerKey,
    pub(super) cases: Vec<Case>,
    /// The fence of the customer's lease.
    pub(super) claimant: Claimant,
}

impl Group {
    /// How often the most tried of its deliveries was received.
    pub(super) fn receives(&self) -> u32 {
        self.cases.iter().map(|case| case.delivered.receives).max().unwrap_or_default()
    }

    /// The same for each of its deliveries.
    pub(super) fn all(&self, verdict: &Verdict) -> Verdicts {
        self.cases.iter().map(|_| verdict.clone()).collect()
    }
}

/// A customer whose row is ours.
#[derive(Debug)]
pub(super) struct Matter<'a> {
    /// Where it stands in the batch.
    pub(super) index: usize,
    pub(super) group: &'a Group,
    pub(super) holding: Holding,
    /// The record that the row was linked with when it was leased.
    pub(super) linked: Option<RecordId>,
    /// What was written before something was left for us, and more had to be read.
    pub(super) before: Option<Outcome>,
    /// Whether the holding's link says what was written and is not remembered yet.
    pub(super) unsaved: bool,
    /// Whether what was written has to be read once more, later.
    pub(super) again: bool,
}

impl<'a> Matter<'a> {
    pub(super) fn new(index: usize, group: &'a Group, holding: Holding) -> Self {
        let linked = holding.link.as_ref().map(|link| link.record.clone());
        Self { index, group, holding, linked, before: None, unsaved: false, again: false }
    }
}

impl Matter<'_> {
    /// The orders to read: of its own deliveries, and of what was left here.
    pub(super) fn orders(&self) -> BTreeSet<OrderId> {
        let left = self.left();
        self.own().chain(left).filter_map(|mention| mention.order).collect()
    }

    /// What its own deliveries name.
    pub(super) fn own(&self) -> impl Iterator<Item = Mention> {
        self.group.cases.iter().map(|case| case.event.mention())
    }

    /// What was left here by others, and the newest order that was ever read with the customer: a read without it is an
    /// older one, although the customer's own version says nothing of it.
    pub(super) fn left(&self) -> impl Iterator<Item = Mention> {
        let newest = self.holding.link.as_ref().and_then(|link| link.newest_order);
        self.holding.mentions.iter().cloned().chain(newest.map(OrderVersion::mention))
    }

    /// The newest version among the orders that were read.
    pub(super) fn newest_order(&self, truth: &Truth) -> Option<OrderVersion> {
        let read = |order: OrderId| {
            let updated_at = truth.orders.get(&order)?.as_ref().ok()?.updated_at();
            Some(OrderVersion { order, updated_at })
        };
        self.orders().into_iter().filter_map(read).max_by_key(|seen| (seen.updated_at, seen.order))
    }

    /// Whether the CRM's record is to be looked at, and not only what is remembered of it.
    pub(super) fn looks_at_the_record(&self) -> bool {
        self.own().chain(self.holding.mentions.iter().cloned()).any(|mention| mention.looks)
    }

    /// When the youngest of the events was raised, UTC.
    pub(super) fn youngest(&self) -> Option<Timestamp> {
        let left = self.holding.mentions.iter().map(|mention| mention.raised_at);
        self.own().map(|mention| mention.raised_at).chain(left).max()
    }

    /// What is named here by events that are not quiet.
    pub(super) fn live(&self) -> impl Iterator<Item = Mention> {
        self.own().chain(self.holding.mentions.iter().cloned()).filter(|mention| !mention.quiet)
    }

    /// The orders that were made just now, and were not counted in an earlier round.
    pub(super) fn made(&self) -> impl Iterator<Item = OrderId> {
        let is_new = |case: &&Case| {
            !case.is_concluded && !case.event.quiet && case.event.topic.as_str() == "orders/create"
        };
        let cases = self.group.cases.iter().filter(|_| self.before.is_none()).filter(is_new);
        cases.filter_map(|case| case.event.mention().order)
    }

    /// What the signals are looked at with: what is remembered, with what was heard of a checkout since.
    pub(super) fn heard(&self) -> SignalState {
        let mentions = self.own().chain(self.holding.mentions.iter().cloned());
        let left = mentions.filter_map(|mention| mention.abandoned_at).max();
        let before = self.signals();
        SignalState { abandoned_at: before.abandoned_at.max(left), ..before }
    }

    /// What is remembered of the customer's signals; nothing where the customer is new.
    pub(super) fn signals(&self) -> SignalState {
        self.holding.link.as_ref().map(|link| link.signals.clone()).unwrap_or_default()
    }

    /// How much of what was left here it deals with.
    pub(super) fn seen(&self) -> usize {
        self.holding.mentions.len()
    }
}
