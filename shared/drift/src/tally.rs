//! What a run counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cause::Cause;

/// What was counted so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Customers in the shop.
    pub shop_customers: u64,
    /// Records that carry a key of the shop's.
    pub crm_records: u64,
    /// Records that carry none.
    pub other_records: u64,
    /// Buckets, and those in which the halves differed.
    pub buckets: u64,
    /// Those in which the halves differed.
    pub differing_buckets: u64,
    /// Customers who were looked at one by one.
    pub looked_at: u64,
    /// Of them, who changed minutes ago: their event is on its way.
    pub settling: u64,
    /// Of them, who are alike by now.
    pub settled: u64,
    /// Customers that the shop gave in a shape that cannot be used.
    pub unreadable: u64,
    /// Customers who differ, by cause.
    pub causes: BTreeMap<Cause, u64>,
    /// Of them, who were left to a person by the last proof already.
    pub known: BTreeMap<Cause, u64>,
    /// Customers who differ, by field.
    pub fields: BTreeMap<String, u64>,
    /// Customers who are synced again; of a count, orders.
    pub queued: u64,
    /// Of them, whose records were merged before.
    pub merged: u64,
    /// Dead messages that were sent again, of customers who are missing; of a count, of orders whose deals are.
    pub replayed: u64,
    /// Records whose link was looked for, whatever their figures say.
    pub links: u64,
    /// Customers whose figures are right and who are synced again, because the rules are others than at the last proof.
    pub refreshed: u64,
    /// Customers who are left to a person, or to nobody in a dry run; of a count, deals.
    pub left: u64,
    /// Calls to the CRM, as far as we make them: an adapter may need more for one.
    pub crm_calls: u64,
    /// Calls to the shop.
    pub shop_calls: u64,
    /// What they cost at most, in the shop's points.
    pub shop_points: u64,
    /// Bytes of the shop's file that were read.
    pub file_bytes: u64,
    /// Times that it was gone on with.
    pub hops: u64,
}
