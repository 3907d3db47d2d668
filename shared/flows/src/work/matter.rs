//! One customer of a batch: what was delivered about them, and what we hold.

use std::collections::BTreeSet;

use domain::{CustomerKey, OrderId};
use store::{Claimant, Holding};

use super::{Case, Outcome};
use crate::failure::Failure;

/// What became of each of a customer's deliveries, in their order.
pub(super) type Verdicts = Vec<Result<Outcome, Failure>>;

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
    pub(super) fn all(&self, verdict: &Result<Outcome, Failure>) -> Verdicts {
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
    /// What was written before something was left for us, and more had to be read.
    pub(super) before: Option<Outcome>,
}

impl Matter<'_> {
    /// The orders to read: of its own deliveries, and of what was left here.
    pub(super) fn orders(&self) -> BTreeSet<OrderId> {
        let own = self.group.cases.iter().filter_map(|case| case.event.mention().order);
        own.chain(self.holding.mentions.iter().filter_map(|mention| mention.order)).collect()
    }

    /// How much of what was left here it deals with.
    pub(super) fn seen(&self) -> usize {
        self.holding.mentions.len()
    }
}
