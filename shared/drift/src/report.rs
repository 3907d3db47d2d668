//! What a run came to.

use std::collections::BTreeMap;

use domain::RecordId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cause::{Cause, Repair};
use crate::judge::Difference;
use crate::weeks::Week;
use crate::words;

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The nightly proof.
    Proof,
    /// The first import.
    Import,
    /// Customers who were named, or who changed within some days.
    Backfill,
    /// The weekly count of orders and deals.
    Count,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Everything was compared, and all repairs are queued.
    Whole,
    /// It could not be finished, and nothing of it counts; by a stable code.
    Failed(String),
    /// Somebody cancelled it.
    Cancelled,
}

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

/// What the orders in one currency are worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// How many orders were paid and not wholly refunded.
    pub orders: u64,
    /// The value in the middle, to 1 %, in units of the currency.
    pub median: String,
    /// Whether the signals know it: not by a dry run, and not where it could not be written.
    pub is_kept: bool,
}

/// A customer who differs, for whoever looks into it: ids and field names only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Shopify's id of the customer.
    pub customer: u64,
    /// Why they differ.
    pub cause: Cause,
    /// In which fields.
    pub fields: Vec<String>,
    /// The CRM's ids of the records it is about.
    pub records: Vec<String>,
    /// What was done about it where that is not the same for all with this cause, or why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whose.
    pub shop: String,
    /// Its own name.
    pub run: String,
    /// What it was for.
    pub purpose: Purpose,
    /// Whether nothing was to be repaired.
    pub dry_run: bool,
    /// When it began, UTC.
    pub started_at: Timestamp,
    /// When it ended, UTC; none while it goes on.
    pub ended_at: Option<Timestamp>,
    /// How it ended; none while it goes on.
    pub end: Option<End>,
    /// What was wrong where it failed: places and ids, nothing about a person.
    #[serde(default)]
    pub why: Option<String>,
    /// The moment of the shop's half, UTC: what changed before it is proven.
    pub snapshot_at: Option<Timestamp>,
    /// What was counted.
    pub tally: Tally,
    /// What the shop's orders are worth, by currency.
    #[serde(default)]
    pub values: BTreeMap<String, Values>,
    /// A mark of the rules by which this run compared: another one tells that they changed. None is known of older runs.
    #[serde(default)]
    pub rules: Option<String>,
    /// Some of those who are left to a person.
    #[serde(default)]
    pub waiting: Vec<u64>,
    /// Those of the proof before; only while the run goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waited: Vec<u64>,
    /// What the run went without, in words: nothing about a person.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// What was counted by week, the newest first; none where orders become no deals.
    #[serde(default)]
    pub weeks: Vec<Week>,
    /// Some of those who differ.
    pub examples: Vec<Example>,
}

/// How many examples a report names: more are a list that nobody reads.
const EXAMPLES: usize = 40;
/// How many of those who wait for a person are remembered until the next night: the last reports lie together in one row, which
/// holds 400 KB. Whoever is beyond that is told as new.
const WAITING: usize = 200;

impl Report {
    /// A run that begins.
    pub fn begun(shop: &str, run: &str, purpose: Purpose, dry_run: bool, started_at: Timestamp) -> Self {
        Self {
            shop: shop.to_owned(),
            run: run.to_owned(),
            purpose,
            dry_run,
            started_at,
            ended_at: None,
            end: None,
            why: None,
            snapshot_at: None,
            tally: Tally::default(),
            values: BTreeMap::new(),
            rules: None,
            waiting: Vec::new(),
            waited: Vec::new(),
            remarks: Vec::new(),
            weeks: Vec::new(),
            examples: Vec::new(),
        }
    }

    /// Says once what the run went without.
    pub fn remark(&mut self, words: String) {
        if !self.remarks.contains(&words) {
            self.remarks.push(words);
        }
    }

    /// Counts a customer who differs. Whether they are to be synced again.
    pub fn note(&mut self, customer: u64, difference: &Difference) -> bool {
        let Difference { cause, fields, records } = difference;
        *self.tally.causes.entry(*cause).or_default() += 1;
        let fields: Vec<_> = fields.iter().map(|field| field.name().to_owned()).collect();
        for field in &fields {
            *self.tally.fields.entry(field.clone()).or_default() += 1;
        }
        if self.examples.len() < EXAMPLES {
            let records = records.iter().map(|record| record.as_str().to_owned()).collect();
            self.examples.push(Example { customer, cause: *cause, fields, records, then: None });
        }
        if cause.repair() == Repair::Person {
            self.waits(customer, *cause);
        }
        let is_synced = cause.repair() == Repair::Resync && !self.dry_run;
        *(if is_synced { &mut self.tally.queued } else { &mut self.tally.left }) += 1;
        is_synced
    }

    fn waits(&mut self, customer: u64, cause: Cause) {
        if self.waited.contains(&customer) {
            *self.tally.known.entry(cause).or_default() += 1;
        }
        if self.waiting.len() < WAITING {
            self.waiting.push(customer);
        }
    }

    /// Counts a customer of whose records all were merged into this one. They are synced again.
    pub fn note_merged(&mut self, customer: u64, record: &RecordId) {
        self.note_duplicate(customer, std::slice::from_ref(record), words::MERGED.to_owned());
        self.tally.merged += 1;
        self.tally.queued += 1;
    }

    /// Counts a customer whose records could not all be merged, and why: a person has to.
    pub fn note_proposed(&mut self, customer: u64, records: &[RecordId], why: &str) {
        self.note_duplicate(customer, records, words::proposed(why));
        self.waits(customer, Cause::Duplicate);
        self.tally.left += 1;
    }

    fn note_duplicate(&mut self, customer: u64, records: &[RecordId], then: String) {
        let cause = Cause::Duplicate;
        *self.tally.causes.entry(cause).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            let records = records.iter().map(|record| record.as_str().to_owned()).collect();
            self.examples.push(Example { customer, cause, fields: vec![], records, then: Some(then) });
        }
    }

    /// Ended so.
    #[must_use]
    pub fn ended(self, end: End, now: Timestamp) -> Self {
        Self { end: Some(end), ended_at: Some(now), waited: vec![], ..self }
    }

    /// How many differ by each cause that the proof before did not tell of: what only waits for a person is no news.
    pub fn news(&self) -> BTreeMap<Cause, u64> {
        let known = |cause: &Cause| self.tally.known.get(cause).copied().unwrap_or_default();
        let new = self.tally.causes.iter().map(|(cause, count)| (*cause, count.saturating_sub(known(cause))));
        new.filter(|(_, count)| *count > 0).collect()
    }

    /// Whether everything was compared, so that what it says counts.
    pub fn is_whole(&self) -> bool {
        self.end == Some(End::Whole)
    }

    /// How long it took, in milliseconds; none while it goes on.
    pub fn duration_ms(&self) -> Option<u64> {
        u64::try_from(self.ended_at?.duration_since(self.started_at).as_millis()).ok()
    }

    /// How many differ.
    pub fn differing(&self) -> u64 {
        self.tally.causes.values().sum()
    }

    /// How many customers were held against each other: the shop's, and those that only the CRM has.
    pub fn compared(&self) -> u64 {
        let extra = self.tally.causes.get(&Cause::ExtraInCrm).copied().unwrap_or_default();
        self.tally.shop_customers + extra
    }

    /// How many are alike on both sides.
    pub fn equal(&self) -> u64 {
        self.compared().saturating_sub(self.differing() + self.tally.unreadable)
    }

    /// Parts in a million that differ.
    pub fn drift_ppm(&self) -> u64 {
        self.differing().saturating_mul(1_000_000) / self.compared().max(1)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::{Field, RecordId};

    use super::*;

    pub(crate) fn report(dry_run: bool) -> Report {
        let at = "2026-11-25T03:15:00Z".parse().unwrap();
        Report::begun("demo.myshopify.com", "r-1", Purpose::Proof, dry_run, at)
    }

    pub(crate) fn differs(cause: Cause) -> Difference {
        Difference { cause, fields: vec![Field::TotalSpent], records: vec![RecordId::new("55")] }
    }

    #[test]
    fn s_166_and_s_167_counts_on_both_sides_and_mismatches_add_up() {
        let mut report = report(false);
        report.tally.shop_customers = 100;
        assert!(report.note(7, &differs(Cause::Stale)));
        assert!(!report.note(8, &differs(Cause::ExtraInCrm)), "nobody deletes a contact");
        assert_eq!((report.compared(), report.differing(), report.equal()), (101, 2, 99));
        assert_eq!((report.tally.queued, report.tally.left), (1, 1));
        assert_eq!(report.tally.fields["total_spent"], 2);
        assert_eq!(report.drift_ppm(), 19_801);
    }

    #[test]
    fn s_193_records_that_were_merged_and_those_that_wait_for_a_person_are_told_apart() {
        let mut report = report(false);
        report.note_merged(7, &RecordId::new("67"));
        report.note_proposed(8, &["55", "66"].map(RecordId::new), "no permission");
        assert_eq!((report.tally.merged, report.tally.queued, report.tally.left), (1, 1, 1));
        assert_eq!(report.tally.causes[&Cause::Duplicate], 2);
        let then = report.examples.iter().map(|one| one.then.as_deref().unwrap());
        assert_eq!(then.collect::<Vec<_>>(), ["merged", "left to a person: no permission"]);
    }

    #[test]
    fn a_dry_run_syncs_nobody() {
        let mut report = report(true);
        assert!(!report.note(7, &differs(Cause::Stale)));
        assert_eq!((report.tally.queued, report.tally.left), (0, 1));
    }

    #[test]
    fn who_waits_for_a_person_is_news_once() {
        let mut first = report(false);
        first.note(7, &differs(Cause::MergedAway));
        first.note(8, &differs(Cause::Stale));
        let first = first.ended(End::Whole, Timestamp::UNIX_EPOCH);
        assert_eq!(first.news(), first.tally.causes);
        let mut second = Report { waited: first.waiting, ..report(false) };
        second.note(7, &differs(Cause::MergedAway));
        assert_eq!((second.news(), second.differing(), second.tally.left), (BTreeMap::new(), 1, 1));
        second.note(9, &differs(Cause::MergedAway));
        let second = second.ended(End::Whole, Timestamp::UNIX_EPOCH);
        assert_eq!(second.news(), [(Cause::MergedAway, 1)].into());
        assert_eq!((second.waiting, second.waited), (vec![7, 9], vec![]));
    }

    #[test]
    fn a_report_comes_back_as_it_was_kept_and_names_some_only() {
        let mut report = report(false);
        for id in 0..1_000 {
            report.note(6_000_000_000_000 + id, &differs(Cause::ExtraInCrm));
        }
        let report = report.ended(End::Failed("bulk_not_believed".into()), Timestamp::UNIX_EPOCH);
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
        assert_eq!((report.examples.len(), report.is_whole()), (EXAMPLES, false));
        assert_eq!(report.waiting.len(), WAITING);
        assert!(text.len() * 31 < 390_000, "{} bytes: 31 lie in one row", text.len());
    }
}
