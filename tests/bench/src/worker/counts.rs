//! What a burst asked of everybody, and the goals of it.

use super::vendors::{Asked, Vendors};
use super::{BATCH, OURS, number};
use crate::cloud::{Calls, Cloud};
use crate::figure::{Figure, Goal, short};
use crate::tables::SERVICE;

/// Everything that was asked for one burst.
pub(super) struct Count {
    deliveries: usize,
    asked: Asked,
    calls: Calls,
    write_units: u64,
}

/// On a map that knows nobody, on one that knows all, and without one.
pub(super) struct Counts {
    pub(super) cold: Count,
    pub(super) warm: Count,
    pub(super) naive: Count,
}

impl Count {
    /// Starts to count.
    pub(super) fn forget(cloud: &Cloud, vendors: &Vendors) {
        drop(Self::take(cloud, vendors, 0));
    }

    /// What was counted since.
    pub(super) fn take(cloud: &Cloud, vendors: &Vendors, deliveries: usize) -> Self {
        let (calls, write_units) = (cloud.take_calls(), cloud.tables().take_write_units());
        Self { deliveries, asked: vendors.take_asked(), calls, write_units }
    }

    fn units_each(&self) -> f64 {
        as_number(self.write_units) / number(self.deliveries)
    }

    fn of_tables(&self) -> u64 {
        self.calls.iter().filter(|(api, _)| api.starts_with(SERVICE)).map(|(_, calls)| calls).sum()
    }

    /// Calls of a batch by operation, in words.
    pub(super) fn calls_a_batch(&self) -> String {
        let mut each: Vec<(&str, u64)> =
            self.calls.iter().map(|(api, calls)| (api.split('.').nth(1).unwrap_or(api), *calls)).collect();
        let Asked { shop_reads, crm_reads, crm_writes, .. } = self.asked;
        each.extend([("shop read", shop_reads), ("CRM read", crm_reads), ("CRM write", crm_writes)]);
        each.retain(|(_, calls)| *calls > 0);
        let words: Vec<_> =
            each.iter().map(|(api, calls)| format!("{api} {}", short(self.a_batch(*calls)))).collect();
        words.join(", ")
    }

    /// All calls of a batch.
    pub(super) fn total_a_batch(&self) -> f64 {
        let Asked { shop_reads, crm_reads, crm_writes, .. } = self.asked;
        self.a_batch(self.calls.values().sum::<u64>() + shop_reads + crm_reads + crm_writes)
    }

    fn a_batch(&self, calls: u64) -> f64 {
        as_number(calls) * number(BATCH) / number(self.deliveries)
    }
}

impl Counts {
    /// The figures, each with the naive one beside it.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let Self { cold, warm, naive } = self;
        let row = |what: &str, of: &dyn Fn(&Count) -> f64, count: &Count, unit| {
            Figure::new(format!("{OURS}: {what}"), Some(of(count)), unit)
                .beside(format!("naive: {}", short(of(naive))))
        };
        let reads = |count: &Count| as_number(count.asked.shop_reads);
        let writes = |count: &Count| as_number(count.asked.crm_writes);
        let looks = |count: &Count| as_number(count.asked.crm_reads);
        let searches = |count: &Count| as_number(count.asked.crm_searches);
        let tables = |count: &Count| as_number(count.of_tables());
        vec![
            row("shop reads for 1,000 deliveries, cold", &reads, cold, "calls").goal(Goal::AtMost(10.0)),
            row("shop reads for 1,000 deliveries, warm", &reads, warm, "calls").goal(Goal::AtMost(10.0)),
            row("CRM writes for 1,000 deliveries, cold", &writes, cold, "calls").goal(Goal::AtMost(10.0)),
            row("CRM writes for 1,000 deliveries, warm", &writes, warm, "calls").goal(Goal::AtMost(10.0)),
            row("CRM reads for 1,000 deliveries, cold", &looks, cold, "calls").goal(Goal::AtMost(20.0)),
            row("of these, searches, cold", &searches, cold, "calls"),
            row("CRM reads for 1,000 deliveries, warm", &looks, warm, "calls").goal(Goal::Exactly(0.0)),
            row("DynamoDB write units a delivery, cold", &Count::units_each, cold, "units")
                .goal(Goal::AtMost(3.0)),
            row("DynamoDB write units a delivery, warm", &Count::units_each, warm, "units")
                .goal(Goal::AtMost(3.0)),
            row("DynamoDB calls for 1,000 deliveries, cold", &tables, cold, "calls"),
            row("DynamoDB calls for 1,000 deliveries, warm", &tables, warm, "calls"),
        ]
    }
}

fn as_number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
