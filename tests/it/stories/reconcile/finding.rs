//! Each kind of difference, one by one and all at once.

use std::sync::Arc;

use crm::memory::MemoryCrm;
use domain::{Duplicates, Envelope, Event, Field, IdentityRules, Record, Value};
use drift::{Cause, End, Purpose};
use flows::{Ask, Outcome};
use store::Outbox as _;
use store::memory::MemoryLinks;

use super::night::{Night, PROOF, causes};
use crate::stories::living::{buys, person};
use crate::world::{key, shop};

#[tokio::test]
async fn s_161_and_s_189_a_clean_night_counts_both_halves_and_finds_nothing() {
    let (night, _) = Night::after(30).await;
    let report = night.passes().await;
    assert_eq!((&report.end, causes(&report)), (&Some(End::Whole), vec![]));
    let tally = &report.tally;
    assert_eq!((tally.shop_customers, tally.crm_records, report.equal()), (30, 30, 30));
    assert_eq!((tally.differing_buckets, tally.looked_at, tally.queued), (0, 0, 0));
    // One to see that the field of the key is there, one for a page.
    assert_eq!(tally.crm_calls, 2, "the fewest that a CRM of a hundred to a page allows");
}

#[tokio::test]
async fn s_159_and_s_197_a_lost_delivery_is_found_named_and_set_right_and_the_next_night_is_clean() {
    let (night, customers) = Night::after(12).await;
    buys(&night.world.shop, customers[3], "99.00");
    let unheard = person(&night.world.shop, "Bob", "B", "bob@example.com");
    night.loses_all();
    night.later();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::MissingInCrm, 1), (Cause::Stale, 1)]);
    assert_eq!((report.tally.queued, report.tally.left), (2, 0));
    night.world.assert_both_halves_match(&[customers[3], unheard]);
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn s_013_and_s_198_a_figure_that_somebody_edited_is_set_right_and_their_own_words_stay() {
    let (night, customers) = Night::after(8).await;
    let contact = night.world.contact(customers[2]);
    let edits = [("total_spent", "1"), ("firstname", "Augusta")];
    night.world.portal.rep_edits(&contact.id, &edits).unwrap();
    let emptied = night.world.contact(customers[5]);
    night.world.portal.rep_edits(&emptied.id, &[("orders_count", "")]).unwrap();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::ManualEdit, 2)]);
    assert_eq!(report.tally.fields[Field::TotalSpent.name()], 1);
    assert!(!report.tally.fields.contains_key(Field::FirstName.name()));
    night.world.assert_both_halves_match(&customers);
    assert_eq!(night.world.contact(customers[2]).properties["firstname"], "Augusta");
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn s_194_and_s_195_a_contact_that_was_deleted_is_made_again() {
    let (night, customers) = Night::after(8).await;
    night.world.portal.archive(&night.world.contact(customers[2]).id).unwrap();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::MissingInCrm, 1)]);
    night.world.assert_both_halves_match(&customers[2..3]);
    assert_eq!(causes(&night.passes().await), []);
}

/// A night in a world whose CRM tells of further addresses, and lets two records carry one key.
pub(super) async fn in_memory(customers: usize) -> (Night, MemoryCrm, Vec<u64>) {
    let (mut night, crm) = (Night::new().await, MemoryCrm::default());
    night.world.side.crm = Arc::new(crm.clone());
    let customers = night.lives(customers).await;
    (night, crm, customers)
}

pub(super) fn record_of(crm: &MemoryCrm, customer: u64) -> Record {
    let is_theirs =
        |record: &Record| record.key.as_ref().is_some_and(|key| key.as_str() == customer.to_string());
    crm.records().into_iter().find(is_theirs).unwrap()
}

#[tokio::test]
async fn s_193_two_contacts_that_were_merged_and_are_two_customers_are_left_to_a_person() {
    let (night, crm, customers) = in_memory(8).await;
    let [kept, lost] = [customers[1], customers[2]].map(|customer| record_of(&crm, customer).id);
    crm.merge(&kept, &lost).unwrap();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::MergedAway, 1)]);
    assert_eq!((report.tally.queued, report.tally.left), (0, 1));
    assert_eq!(report.examples[0].customer, customers[2]);
    assert_eq!(report.examples[0].records, [record_of(&crm, customers[1]).id.as_str()]);
    assert_eq!(causes(&night.passes().await), [(Cause::MergedAway, 1)], "until the person has done it");
}

#[tokio::test]
async fn s_193_two_that_were_merged_in_hubspot_are_told_as_merged_with_the_record_that_went_on() {
    let (night, customers) = Night::after(8).await;
    let [kept, lost] = [customers[1], customers[2]].map(|customer| night.world.contact(customer).id);
    let survivor = night.world.portal.merge(&kept, &lost).unwrap();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::MergedAway, 1)]);
    assert_eq!(report.examples[0].records, [survivor]);
    assert_eq!(report.tally.queued, 0, "nobody is made again who would be the same person twice");
}

#[tokio::test]
async fn s_192_and_s_193_two_records_with_one_key_are_told_with_the_one_that_should_go_on_where_a_person_merges()
 {
    let (mut night, crm, customers) = in_memory(8).await;
    night.world.identify_by(IdentityRules { duplicates: Duplicates::Propose, ..IdentityRules::default() });
    let first = record_of(&crm, customers[2]);
    let second = crm.rep_creates(&first.fields, &[]);
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::Duplicate, 1)]);
    assert_eq!((report.tally.merged, report.tally.left, crm.calls().merge), (0, 1, 0));
    assert_eq!(report.examples[0].records, [first.id.as_str(), second.as_str()], "the linked one goes on");
    crm.merge(&first.id, &second).unwrap();
    assert_eq!(causes(&night.passes().await), [], "merged by a person, it is one again");
}

#[tokio::test]
async fn s_193_a_contact_that_was_merged_with_a_hand_made_one_keeps_its_customer_and_the_link_follows() {
    let (night, crm, customers) = in_memory(8).await;
    let hand_made =
        [(Field::FirstName, Value::Text("A".into())), (Field::TotalSpent, Value::Number(9.into()))];
    let hand_made = crm.rep_creates(&hand_made.into(), &[]);
    let survivor = crm.merge(&hand_made, &record_of(&crm, customers[2]).id).unwrap();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::Merged, 1)]);
    assert_eq!(night.world.links.links()[&key(customers[2])].record, survivor);
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn a_customer_that_the_shop_deleted_unheard_is_told_and_nobody_is_deleted_or_made_again() {
    let (night, customers) = Night::after(8).await;
    night.world.shop.delete_customer(customers[0]).unwrap();
    night.loses_all();
    let report = night.passes().await;
    assert_eq!(causes(&report), [(Cause::ExtraInCrm, 1)]);
    assert_eq!((report.tally.queued, report.tally.left), (0, 1));
    assert_eq!(night.world.portal.contacts().len(), 8);
}

#[tokio::test]
async fn s_192_a_record_that_nobody_remembers_is_linked_again_where_it_differs() {
    let (mut night, customers) = Night::after(8).await;
    night.world.links = MemoryLinks::default();
    let contact = night.world.contact(customers[2]);
    night.world.portal.rep_edits(&contact.id, &[("orders_count", "77")]).unwrap();
    let report = night.passes().await;
    let (in_turn, first) = (report.tally.links, &report.tally.fields);
    assert_eq!(causes(&report), [(Cause::MissingLink, 1 + in_turn)], "beside those whose turn it is");
    assert_eq!(first[Field::OrdersCount.name()], 1);
    night.world.assert_both_halves_match(&customers[2..3]);
    assert!(night.world.links.links().contains_key(&key(customers[2])));
}

#[tokio::test]
async fn what_changed_minutes_ago_is_on_its_way_and_is_not_called_lost() {
    let (night, customers) = Night::after(8).await;
    buys(&night.world.shop, customers[3], "99.00");
    let report = night.runs(PROOF).await;
    assert_eq!((causes(&report), report.tally.settling), (vec![], 1));
    night.world.live().await;
}

#[tokio::test]
async fn a_dry_run_tells_everything_and_changes_nothing() {
    let (night, customers) = Night::after(8).await;
    buys(&night.world.shop, customers[3], "99.00");
    night.loses_all();
    night.later();
    let report = night.runs(Ask::Begin { purpose: Purpose::Proof, dry_run: true, window: None }).await;
    assert_eq!((causes(&report), report.tally.left), (vec![(Cause::Stale, 1)], 1));
    assert_eq!(night.world.queues.next_at(), None, "nobody is sent to be synced again");
    let standing = store::Runs::standing(&night.runs, &shop()).await.unwrap();
    assert_eq!(standing.watermark, None, "who repairs nothing has proven nothing");
}

#[tokio::test]
async fn s_159_s_188_and_s_191_whatever_went_wrong_one_night_finds_it_all_and_the_next_finds_only_what_waits()
{
    let (night, customers) = Night::after(120).await;
    let world = &night.world;
    for lost in &customers[..6] {
        buys(&world.shop, *lost, "77.00");
    }
    let unheard: Vec<_> =
        (0..3).map(|n| person(&world.shop, "Un", "Heard", &format!("unheard{n}@example.com"))).collect();
    world.shop.delete_customer(customers[99]).unwrap();
    night.loses_all();
    night.later();
    for edited in &customers[10..30] {
        world.portal.rep_edits(&world.contact(*edited).id, &[("total_spent", "123456")]).unwrap();
    }
    for deleted in &customers[40..50] {
        world.portal.archive(&world.contact(*deleted).id).unwrap();
    }
    let report = night.passes().await;
    let expected =
        [(Cause::MissingInCrm, 13), (Cause::Stale, 6), (Cause::ManualEdit, 20), (Cause::ExtraInCrm, 1)];
    assert_eq!(causes(&report), expected);
    assert_eq!((report.tally.queued, report.tally.left), (39, 1));
    night.world.assert_both_halves_match(&[&customers[..60], &unheard].concat());
    let next = night.passes().await;
    assert_eq!(
        (causes(&next), next.news().len()),
        (vec![(Cause::ExtraInCrm, 1)], 0),
        "it waits, and is no news"
    );
}

#[tokio::test]
async fn s_198_bug_an_edit_is_set_right_although_its_customer_is_in_another_workers_hands() {
    let (night, customers) = Night::after(8).await;
    let (world, edited) = (&night.world, customers[2]);
    world.portal.rep_edits(&world.contact(edited).id, &[("total_spent", "1")]).unwrap();
    let now = world.clock.now();
    world.queues.send(&Envelope::V1(Event::due(&key(edited), now, now))).await.unwrap();
    let mut other = Box::pin(world.work_once());
    assert!(futures_util::poll!(&mut other).is_pending());
    assert_eq!(world.links.leased(now), [key(edited)], "it has begun");

    assert_eq!(causes(&night.runs(PROOF).await), [(Cause::ManualEdit, 1)]);
    let left = world.work_once().await;
    assert_eq!(left[0].verdict.as_ref().map(Outcome::code).unwrap(), "handed_over");
    other.await;
    world.settle().await;
    world.assert_both_halves_match(&[edited]);
}
