//! A deal is one, and says what its order says.

use domain::{Deal, DealFacts, ExternalKey, RecordId};
use jiff::SignedDuration;

use super::Trouble;
use super::orders::{OrdersStage, at, contact, deal, facts, order_key};
use crate::{CrmErrorKind, DealOutcome, DealSpan, DealWrite, Errand, Written};

/// What a CRM promises about deals.
pub async fn deals<S: OrdersStage>() {
    a_deal_is_made_once_and_tied(&S::empty(None).await).await;
    the_last_write_counts(&S::empty(None).await).await;
    what_is_not_wanted_is_changed_and_never_made(&S::empty(None).await).await;
    a_deal_without_facts_keeps_those_it_has(&S::empty(None).await).await;
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_taken_in_order(&S::empty(None).await, count).await;
    }
    what_was_closed_within_some_time_is_counted(&S::empty(None).await).await;
    a_lost_answer_can_be_repeated(&S::empty(None).await).await;
    a_refused_call_makes_none(&S::empty(None).await).await;
    a_contact_that_is_gone_fails_alone(&S::empty(None).await).await;
}

async fn write(stage: &impl OrdersStage, deals: &[DealWrite]) -> Vec<DealOutcome> {
    let outcomes = stage.crm().write_deals(deals).await;
    assert_eq!(outcomes.len(), deals.len(), "each deal has one outcome");
    outcomes
}

fn made(outcome: DealOutcome) -> Written {
    outcome
        .unwrap_or_else(|error| panic!("a deal that can be written was refused: {error}"))
        .expect("a deal that is wanted is there")
}

fn with(write: DealWrite, change: impl FnOnce(&mut Deal)) -> DealWrite {
    let mut changed = write;
    change(&mut changed.deal);
    changed
}

async fn a_deal_is_made_once_and_tied(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    let first = made(write(stage, &[deal(1, &contact)]).await.remove(0));
    let second = made(write(stage, &[deal(1, &contact)]).await.remove(0));
    assert_eq!((first.created, second.created), (true, false), "a deal is new once");
    assert_eq!(first.record, second.record, "one order is one deal");
    let there = stage.deals();
    assert_eq!(there.len(), 1, "one order is one deal");
    assert_eq!((&there[0].key, there[0].stage.as_str()), (&order_key(1), "won"), "it says its stage");
    assert_eq!(there[0].facts, Some(facts(1, "49.90")), "it says name, amount and day");
    assert_eq!(there[0].contacts, [contact], "it is tied to its contact once");
}

async fn the_last_write_counts(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    let later = with(deal(1, &contact), |deal| {
        (deal.stage, deal.facts) = ("lost".into(), Some(facts(1, "0")));
    });
    let outcomes = write(stage, &[deal(1, &contact), deal(2, &contact), later]).await;
    let records: Vec<_> = outcomes.into_iter().map(made).map(|written| written.record).collect();
    assert_eq!(records[0], records[2], "one order is one deal");
    let there = stage.deals();
    assert_eq!(there.len(), 2, "one order is one deal");
    let first = there.iter().find(|deal| deal.key == order_key(1)).expect("it is there");
    assert_eq!((first.stage.as_str(), &first.facts), ("lost", &Some(facts(1, "0"))), "the last write counts");
}

/// Counted long enough after they were written for every index to know them.
async fn what_was_closed_within_some_time_is_counted(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    let closed = |n: usize, minutes: i64, prefix: &str| {
        with(deal(n, &contact), |deal| {
            let closed_at = at() + SignedDuration::from_mins(minutes);
            deal.key = ExternalKey::from_crm(&format!("{prefix}{}", deal.key.as_str()));
            deal.facts = deal.facts.take().map(|facts| DealFacts { closed_at, ..facts });
        })
    };
    let mut all = vec![closed(1, 0, ""), closed(2, 59, ""), closed(3, 60, ""), closed(4, -1, "")];
    all.extend([closed(5, 30, "b-"), closed(6, 30, "b-"), closed(7, 30, "c-")]);
    all[1].deal.stage = "lost".into();
    for outcome in write(stage, &all).await {
        made(outcome);
    }
    stage.settle();
    let span = |prefix: &str, without: &[&str]| DealSpan {
        prefix: prefix.to_owned(),
        since: at(),
        until: at() + SignedDuration::from_hours(1),
        without: without.iter().map(|stage| (*stage).to_owned()).collect(),
    };
    for (prefix, without, expected) in
        [("", &[][..], 5), ("", &["lost", "open"][..], 4), ("b-", &["lost"][..], 2), ("d-", &[][..], 0)]
    {
        let span = span(prefix, without);
        let (told, before) = (stage.crm().cost(Errand::CountDeals(&span)), stage.calls());
        let counted = stage.crm().count_deals(&span).await.expect("it can be counted");
        assert_eq!(
            counted, expected,
            "{prefix:?} without {without:?}: from its first moment to before its last"
        );
        assert_eq!(stage.calls() - before, told, "so many calls as were said are sent");
    }
}

async fn what_is_not_wanted_is_changed_and_never_made(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    made(write(stage, &[deal(1, &contact)]).await.remove(0));
    let unwanted = |n| {
        with(deal(n, &contact), |deal| {
            (deal.is_wanted, deal.stage) = (false, "open".into());
        })
    };
    let outcomes = write(stage, &[unwanted(2), unwanted(1), deal(3, &contact)]).await;
    assert!(matches!(outcomes[0], Ok(None)), "what is not wanted is not made");
    let there = stage.deals();
    let stage_of = |n| there.iter().find(|deal| deal.key == order_key(n)).map(|deal| deal.stage.as_str());
    assert_eq!([1, 2, 3].map(stage_of), [Some("open"), None, Some("won")], "what is there is changed");
}

async fn a_deal_without_facts_keeps_those_it_has(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    made(write(stage, &[deal(1, &contact)]).await.remove(0));
    let lost = with(deal(1, &contact), |deal| {
        (deal.stage, deal.facts, deal.is_wanted) = ("lost".into(), None, false);
    });
    let of_nobody = DealWrite { contact: None, ..lost };
    made(write(stage, &[of_nobody]).await.remove(0));
    let there = stage.deals();
    assert_eq!(there[0].contacts, [contact], "it stays tied");
    let said: (&str, Option<&DealFacts>) = (&there[0].stage, there[0].facts.as_ref());
    assert_eq!(said, ("lost", Some(&facts(1, "49.90"))), "a lost deal keeps its facts");
}

async fn any_number_is_taken_in_order(stage: &impl OrdersStage, count: usize) {
    let contact = contact(stage, 1).await;
    let deals: Vec<_> = (0..count).rev().map(|n| deal(n, &contact)).collect();
    let first: Vec<_> = write(stage, &deals).await.into_iter().map(made).collect();
    assert!(first.iter().all(|written| written.created), "{count} new deals are new");
    assert_eq!(stage.deals().len(), count, "{count} orders make {count} deals");
    assert!(stage.deals().iter().all(|deal| deal.contacts.len() == 1), "each is tied");
    for (deal, written) in deals.iter().zip(first).take(3) {
        let again = made(write(stage, std::slice::from_ref(deal)).await.remove(0));
        assert_eq!(again.record, written.record, "outcomes are in the order they were asked");
    }
}

async fn a_lost_answer_can_be_repeated(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    stage.trouble(Trouble::AnswerLost);
    let lost = write(stage, &[deal(1, &contact)]).await.remove(0);
    let kind = lost.expect_err("nobody heard of it").kind().clone();
    assert_eq!(kind, CrmErrorKind::Unanswered, "a lost answer is told as one");
    made(write(stage, &[deal(1, &contact)]).await.remove(0));
    let there = stage.deals();
    assert_eq!((there.len(), &there[0].contacts), (1, &vec![contact]), "it is one deal, and tied");
}

async fn a_refused_call_makes_none(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    stage.trouble(Trouble::Unavailable);
    for outcome in write(stage, &[deal(1, &contact), deal(2, &contact)]).await {
        let kind = outcome.expect_err("the CRM is down").kind().clone();
        assert_eq!(kind, CrmErrorKind::Unavailable, "a CRM that is down is told as such");
    }
    assert!(stage.deals().is_empty(), "a refused call makes no deal");
}

async fn a_contact_that_is_gone_fails_alone(stage: &impl OrdersStage) {
    let [there, gone]: [RecordId; 2] = [contact(stage, 1).await, contact(stage, 2).await];
    stage.delete(&gone);
    let outcomes = write(stage, &[deal(1, &gone), deal(2, &there)]).await;
    let kind = outcomes[0].as_ref().expect_err("there is nobody to tie it to").kind();
    assert_eq!(*kind, CrmErrorKind::Gone, "a contact that is gone is told as such");
    assert!(outcomes[1].is_ok(), "its neighbour is written");
    let tied = stage.deals().into_iter().find(|deal| deal.key == order_key(2)).expect("it is there");
    assert_eq!(tied.contacts, [there], "its neighbour is tied");
}
