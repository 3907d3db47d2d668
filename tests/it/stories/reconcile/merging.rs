//! Records that carry one key become one, and the link follows; what only looks alike stays with a person.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use crm::CrmErrorKind;
use crm::memory::{Fault, MemoryCrm, Operation};
use domain::{Field, RecordId, Value};
use drift::{Cause, Purpose, Report};
use flows::Ask;
use serde_json::json;
use store::memory::{Moment, Operation as Stored};

use super::finding::{in_memory, record_of};
use super::night::{Night, PROOF, causes};
use crate::stories::salesforce::Sales;
use crate::world::key;

const DUPLICATE: [(Cause, u64); 1] = [(Cause::Duplicate, 1)];

/// The third of eight customers, who have records with their key beside the one that is linked: one for each of these moments of
/// a last order, or with the same.
struct Doubled {
    night: Night,
    crm: MemoryCrm,
    customer: u64,
    others: Vec<RecordId>,
}

async fn doubled(last_orders: &[Option<&str>]) -> Doubled {
    let (night, crm, customers) = in_memory(8).await;
    let customer = customers[2];
    let double = |at: Option<&str>| {
        let mut fields = record_of(&crm, customer).fields;
        let at = at.map(|at| Value::Time(at.parse().unwrap()));
        fields.extend(at.map(|at| (Field::LastOrderAt, at)));
        fields.insert(Field::Phone, Value::Text("+4930123456".into()));
        crm.rep_creates(&fields, &[])
    };
    let others = last_orders.iter().copied().map(double).collect();
    Doubled { night, crm, customer, others }
}

impl Doubled {
    fn count(&self) -> usize {
        let theirs = self.customer.to_string();
        let carry = self
            .crm
            .records()
            .into_iter()
            .filter(|record| record.key.as_ref().is_some_and(|key| key.as_str() == theirs));
        carry.count()
    }

    fn linked(&self) -> RecordId {
        self.night.world.links.links()[&key(self.customer)].record.clone()
    }

    /// One record, the link leads to it, it says what the shop says, and the next night finds nothing.
    async fn is_right(&self, when: &str) {
        assert_eq!(self.count(), 1, "{when}");
        let record = record_of(&self.crm, self.customer);
        assert_eq!(self.linked(), record.id, "{when}");
        assert_eq!(self.crm.records().len(), 8, "{when}: nobody is made twice");
        assert_eq!(causes(&self.night.passes().await), [], "{when}");
        assert_eq!(record_of(&self.crm, self.customer), record, "{when}: it says what the shop says");
    }
}

fn merged(report: &Report) -> (u64, u64, u64) {
    (report.tally.merged, report.tally.queued, report.tally.left)
}

#[tokio::test]
async fn s_193_records_with_one_key_are_merged_into_the_one_with_the_newest_order_and_the_link_follows() {
    let all = doubled(&[Some("2026-11-20T08:00:00Z"), Some("2030-01-01T00:00:00Z")]).await;
    let before = record_of(&all.crm, all.customer);
    let report = all.night.passes().await;
    assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (1, 1, 0)));
    let example = &report.examples[0];
    assert_eq!((example.customer, example.then.as_deref()), (all.customer, Some("merged")));
    assert_eq!(example.records, [all.linked().as_str()], "the record that stands has a new id");
    for id in all.others.iter().chain([&before.id]) {
        assert_eq!(all.crm.record(id).unwrap().id, all.linked());
    }
    assert_eq!(
        all.crm.record(&before.id).unwrap().fields[&Field::LastOrderAt],
        before.fields[&Field::LastOrderAt]
    );
    all.is_right("three records").await;
}

#[tokio::test]
async fn s_193_among_equals_the_linked_one_goes_on_and_what_it_lacks_comes_from_the_other() {
    let all = doubled(&[None]).await;
    let name = [(Field::FirstName, Value::Text("Augusta".into()))].into();
    assert!(all.crm.rep_edits(&all.linked(), &name));
    assert_eq!(merged(&all.night.passes().await), (1, 1, 0));
    let record = record_of(&all.crm, all.customer);
    assert_eq!(record.fields[&Field::FirstName], Value::Text("Augusta".into()), "the word of the rep stays");
    assert_eq!(record.fields[&Field::Phone], Value::Text("+4930123456".into()));
    all.is_right("equals").await;
}

#[tokio::test]
async fn s_193_two_contacts_of_hubspot_with_one_key_become_one_whose_new_id_is_linked() {
    let (night, customers) = Night::after(8).await;
    let customer = customers[2].to_string();
    let old = night.world.contact(customers[2]);
    let portal = &night.world.portal;
    portal.archive(&old.id).unwrap();
    let anew =
        [("shopify_customer_id", customer.as_str()), ("email", "anew@example.com"), ("jobtitle", "Countess")];
    let double = portal.rep_creates(&anew).unwrap();
    portal.restore(&old.id).unwrap();
    night.later();
    assert_eq!(portal.contacts_where("shopify_customer_id", &customer).len(), 2);
    let report = night.passes().await;
    assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (1, 1, 0)));
    let stands = night.world.contact(customers[2]);
    assert!(stands.id != old.id && stands.id != double, "HubSpot gives it a new id");
    assert_eq!(night.world.links.links()[&key(customers[2])].record.as_str(), stands.id);
    assert_eq!(
        stands.properties["email"], old.properties["email"],
        "it is that of the one with the newest order"
    );
    assert_eq!(portal.contacts_where("shopify_customer_id", &customer).len(), 1);
    assert_eq!(portal.calls()["contacts/merge"], 1);
    night.world.assert_both_halves_match(&customers);
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn s_193_two_contacts_of_salesforce_with_one_key_are_left_to_a_person_who_is_told_why() {
    let Sales { world, org, listening } = Sales::ruled_by(&[]).await;
    let night = Night::of(world);
    let customers = night.lives(4).await;
    org.allow_doubles("Contact", "Shopify_Customer_ID__c").unwrap();
    let double = json!({"LastName": "Double", "Shopify_Customer_ID__c": customers[2].to_string()});
    let double = org.rep_creates("Contact", double).unwrap();
    let report = night.passes().await;
    assert!(report.is_whole(), "a key that is there twice ends no run: {report:?}");
    assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (0, 0, 1)));
    let (linked, example) =
        (night.world.links.links()[&key(customers[2])].record.clone(), &report.examples[0]);
    assert_eq!(example.records, [linked.as_str(), &double]);
    assert!(example.then.as_deref().unwrap().contains("merge them there"), "{example:?}");
    org.merge("Contact", linked.as_str(), &double).unwrap();
    assert_eq!(causes(&night.passes().await), [], "merged by a person, it is one again");
    drop(listening);
}

#[tokio::test]
async fn s_193_a_dry_run_and_an_import_merge_nobody() {
    for (purpose, dry_run) in [(Purpose::Proof, true), (Purpose::Import, false)] {
        let all = doubled(&[None]).await;
        let before = all.crm.records();
        let report = all.night.runs(Ask::Begin { purpose, dry_run, window: None }).await;
        assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (0, 0, 1)));
        assert_eq!((all.crm.records(), all.crm.calls().merge), (before, 0));
    }
}

#[tokio::test]
async fn s_193_a_merge_that_is_refused_is_proposed_with_its_reason_and_the_run_goes_on() {
    for kind in
        [CrmErrorKind::Unauthorized, CrmErrorKind::Rejected { field: None }, CrmErrorKind::Misunderstood]
    {
        let all = doubled(&[None]).await;
        all.crm.fail(Fault::refuse(kind.clone()).at(Operation::Merge));
        let linked = all.linked();
        let report = all.night.passes().await;
        assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (0, 0, 1)), "{kind:?}");
        assert!(report.is_whole());
        let then = report.examples[0].then.as_deref().unwrap();
        assert!(then.starts_with("left to a person: the CRM ") && then.ends_with("(told to fail)"), "{then}");
        assert_eq!(report.examples[0].records, [&linked, &all.others[0]].map(RecordId::as_str));
        assert_eq!(merged(&all.night.passes().await), (1, 1, 0), "{kind:?}: the next night does it");
        all.is_right("after a refusal").await;
    }
}

#[tokio::test]
async fn s_164_and_s_193_a_merge_that_fails_in_passing_or_whose_answer_gets_lost_is_counted_once() {
    let faults = [
        Fault::lose_answer(),
        Fault::refuse(CrmErrorKind::Unavailable),
        Fault::refuse(CrmErrorKind::RateLimited { retry_after: None }),
    ];
    for fault in faults {
        let all = doubled(&[None, Some("2030-01-01T00:00:00Z")]).await;
        all.crm.fail(fault.clone().at(Operation::Merge));
        let report = all.night.passes().await;
        assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (1, 1, 0)), "{fault:?}");
        assert!(report.tally.hops > 1, "it was called again");
        all.is_right(&format!("{fault:?}")).await;
    }
}

#[tokio::test]
async fn s_164_and_s_193_whatever_checkpoint_it_dies_at_each_is_merged_and_counted_once() {
    let mut deaths = 0;
    for moment in [Moment::Before, Moment::After] {
        for checkpoint in 0..10 {
            let mut all = doubled(&[None, None]).await;
            (all.night.dies, all.night.dies_after) = (moment, checkpoint.into());
            let report = all.night.passes().await;
            deaths += i64::from(all.night.dies_after.load(Relaxed) < 0);
            let when = format!("{moment:?} at {checkpoint}");
            assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (1, 1, 0)), "{when}");
            assert_eq!(all.crm.calls().merge, 2, "{when}: what is one already is not merged again");
            all.is_right(&when).await;
        }
    }
    assert!(deaths >= 14, "only {deaths} died");
}

#[tokio::test]
async fn s_164_and_s_193_who_dies_between_the_merge_and_the_repair_sends_the_repair_when_it_goes_on() {
    for moment in [Moment::Before, Moment::After] {
        let all = doubled(&[None]).await;
        let stale = all.linked();
        all.night.world.faults.next(Stored::Send, 1, moment);
        let report = all.night.runs(PROOF).await;
        assert_eq!((causes(&report), merged(&report)), (DUPLICATE.to_vec(), (1, 1, 0)), "{moment:?}");
        assert_eq!((all.count(), all.linked()), (1, stale), "merged, and not yet linked anew");
        all.night.world.settle().await;
        all.night.later();
        all.is_right(&format!("{moment:?}")).await;
    }
}

#[tokio::test]
async fn s_193_a_contact_of_another_customer_whose_key_somebody_wrote_over_is_never_merged() {
    let (night, crm, customers) = in_memory(8).await;
    let [theirs, anothers] = [2, 5].map(|n| record_of(&crm, customers[n]).id);
    let key = Value::Text(customers[2].to_string());
    assert!(crm.rep_edits(&anothers, &[(Field::CustomerKey, key)].into()));
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::MergedAway, 1), (Cause::Duplicate, 1)]);
    assert_eq!((merged(&report), crm.calls().merge, crm.records().len()), ((0, 0, 2), 0, 8));
    let example = report.examples.iter().find(|one| one.cause == Cause::Duplicate).unwrap();
    assert!(example.then.as_deref().unwrap().contains("another customer's"), "{example:?}");
    let both = [theirs.as_str(), anothers.as_str()];
    assert!(both.iter().all(|id| example.records.iter().any(|one| one == id)), "{example:?}");
}

#[tokio::test]
async fn s_193_a_contact_that_only_has_the_same_address_is_never_merged() {
    let (night, crm, customers) = in_memory(8).await;
    let email = record_of(&crm, customers[2]).fields[&Field::Email].clone();
    crm.rep_creates(&BTreeMap::from([(Field::Email, email)]), &[]);
    assert_eq!(causes(&night.passes().await), []);
    assert_eq!((crm.records().len(), crm.calls().merge), (9, 0));
}
