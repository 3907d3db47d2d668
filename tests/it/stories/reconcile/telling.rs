//! Who looks after the shop is told when it drifts, when a night fails, and when all is well again: once each.

use drift::{Purpose, Standing, Tolerance};
use flows::Ask;
use store::Runs as _;
use store::memory::{Moment, Operation};
use twin_shopify::BulkFault;
use twin_slack::{Fault, FaultKind};

use super::night::PROOF;
use super::office::NightOffice;
use crate::stories::living::person;
use crate::world::shop;

const DRIFTS: &str = "demo.myshopify.com: 3 customers differ between shop and CRM";
const MATCHES: &str = "demo.myshopify.com: shop and CRM match again";
const FAILED: &str = "demo.myshopify.com: the nightly proof could not be finished";

fn bad_file(office: &NightOffice) {
    let faults = twin_shopify::Faults { bulk_next: vec![BulkFault::Cut], ..twin_shopify::Faults::default() };
    office.night.world.shop.set_faults(faults).unwrap();
}

#[tokio::test]
async fn s_169_drift_is_told_once_while_it_stays_and_again_when_it_is_over() {
    let office = NightOffice::new().await;
    assert_eq!(office.passes().await.1.told, [], "all is well, and nobody is told");
    for _ in 0..2 {
        office.drifts(3);
        office.passes().await;
        assert_eq!(office.titles(), [DRIFTS]);
    }
    let (_, announced) = office.passes().await;
    assert_eq!(announced.told, [Standing::Well]);
    assert_eq!(office.titles(), [DRIFTS, MATCHES]);
    office.passes().await;
    assert_eq!(office.heard().len(), 2, "it stays well");
}

#[tokio::test]
async fn s_167_s_189_s_191_the_notice_has_both_counts_the_cause_and_what_is_done_and_nobody_in_it() {
    let office = NightOffice::new().await;
    person(&office.night.world.shop, "Grace", "Hopper", "grace@example.com");
    office.drifts(2);
    office.passes().await;
    let message = office.heard().remove(0);
    for words in [
        "Shop: 11 customers. CRM: 10 contacts of theirs, 0 others",
        "Compared 11: 8 equal, 3 differ",
        "Why: stale 2, missing in CRM 1",
        "Synced again: 3. Left to a person: 0",
        "UTC, took ",
    ] {
        assert!(message.reads.contains(words), "{words}: {}", message.reads);
    }
    let said = format!("{} {}", message.text, message.blocks);
    assert!(!said.contains("Grace") && !said.contains("example.com"), "{said}");
    assert_eq!(message.mentions, Vec::<String>::new());
}

#[tokio::test]
async fn s_169_what_is_within_the_tolerance_is_told_to_nobody() {
    let mut office = NightOffice::new().await;
    office.tolerance = Tolerance(300_000);
    office.drifts(3);
    let (report, _) = office.passes().await;
    assert_eq!((report.drift_ppm(), office.heard().len()), (300_000, 0));
}

#[tokio::test]
async fn s_169_s_188_a_night_that_fails_is_told_by_its_code_and_the_next_whole_one_too() {
    let office = NightOffice::new().await;
    bad_file(&office);
    office.passes().await;
    assert_eq!(office.titles(), [FAILED]);
    assert!(office.heard()[0].reads.contains("It failed (bulk_not_believed)."));
    bad_file(&office);
    office.passes().await;
    assert_eq!(office.heard().len(), 1, "it still fails");
    office.passes().await;
    assert_eq!(office.titles(), [FAILED, MATCHES]);
}

#[tokio::test]
async fn what_is_no_proof_in_earnest_is_told_to_nobody() {
    let office = NightOffice::new().await;
    office.drifts(3);
    for (purpose, dry_run) in [(Purpose::Proof, true), (Purpose::Import, false)] {
        office.night.runs(Ask::Begin { purpose, dry_run, window: None }).await;
        assert_eq!(office.tells().await.told, []);
    }
    assert_eq!(office.heard(), []);
    office.night.world.settle().await;
}

#[tokio::test]
async fn s_169_while_slack_is_down_the_run_goes_well_and_the_next_call_tells_it() {
    let office = NightOffice::new().await;
    office.drifts(3);
    let down = Fault::new(FaultKind::Unavailable).times(3);
    office.workspace.set_faults(vec![down]).unwrap();
    let (report, announced) = office.passes().await;
    assert!(report.is_whole());
    let codes: Vec<_> = announced.failures.iter().map(flows::Failure::code).collect();
    assert_eq!((codes, announced.told), (vec!["chat_unavailable"], vec![]));
    for expected in [0, 0, 1, 1] {
        office.ticks().await;
        assert_eq!(office.heard().len(), expected);
    }
    assert_eq!(office.titles(), [DRIFTS]);
}

#[tokio::test]
async fn s_169_nights_that_could_not_be_told_are_told_in_their_order() {
    let office = NightOffice::new().await;
    office.workspace.set_faults(vec![Fault::new(FaultKind::Unavailable).times(2)]).unwrap();
    office.drifts(3);
    office.passes().await;
    bad_file(&office);
    office.passes().await;
    assert_eq!(office.heard(), []);
    office.passes().await;
    assert_eq!(office.titles(), [DRIFTS, FAILED, MATCHES]);
}

#[tokio::test]
async fn s_169_what_slack_refuses_waits_for_the_next_run_and_not_for_the_next_tick() {
    let office = NightOffice::new().await;
    office.workspace.set_faults(vec![Fault::new(FaultKind::Refused)]).unwrap();
    office.drifts(3);
    assert_eq!(office.passes().await.1.failures.len(), 1);
    assert_eq!((office.ticks().await.told, office.heard().len()), (vec![], 0));
    office.passes().await;
    assert_eq!(office.titles(), [DRIFTS, MATCHES]);
}

#[tokio::test]
async fn s_164_who_dies_between_posting_and_remembering_is_told_twice_and_never_not_at_all() {
    for moment in [Moment::Before, Moment::After] {
        let office = NightOffice::new().await;
        office.drifts(3);
        office.night.runs(PROOF).await;
        office.night.faults.next(Operation::Tell, 1, moment);
        assert!(office.tries_to_tell().await.is_err());
        assert_eq!(office.titles(), [DRIFTS], "{moment:?}");
        office.ticks().await;
        let expected = if moment == Moment::Before { 2 } else { 1 };
        assert_eq!(office.heard().len(), expected, "{moment:?}");
        office.ticks().await;
        assert_eq!(office.heard().len(), expected, "{moment:?}");
        office.night.world.settle().await;
    }
}

#[tokio::test]
async fn s_164_who_dies_before_posting_is_followed_by_the_next_call() {
    for operation in [Operation::Told, Operation::Lock, Operation::Reports] {
        let office = NightOffice::new().await;
        office.drifts(3);
        office.night.runs(PROOF).await;
        office.night.faults.next(operation, 1, Moment::After);
        assert!(office.tries_to_tell().await.is_err());
        assert_eq!(office.heard(), [], "{operation:?}");
        assert!(office.night.runs.told(&shop()).await.unwrap().is_due, "{operation:?}");
        office.ticks().await;
        assert_eq!(office.titles(), [DRIFTS], "{operation:?}");
        office.night.world.settle().await;
    }
}

#[tokio::test]
async fn s_169_a_notice_whose_answer_was_lost_comes_again_and_says_so() {
    let office = NightOffice::new().await;
    office.workspace.set_faults(vec![Fault::new(FaultKind::AnswerLost)]).unwrap();
    office.drifts(3);
    office.passes().await;
    office.ticks().await;
    let heard = office.heard();
    assert_eq!(office.titles(), [DRIFTS, DRIFTS]);
    assert!(!heard[0].reads.contains("sent again") && heard[1].reads.contains("sent again"));
}
