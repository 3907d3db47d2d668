//! A note is made once, and left alone.

use super::Trouble;
use super::orders::{OrdersStage, contact, note, order_key};
use crate::{CrmErrorKind, NoteOutcome, NoteWrite, Written};

/// What a CRM promises about notes.
pub async fn notes<S: OrdersStage>() {
    a_note_is_made_once_tied_and_left_alone(&S::empty(None).await).await;
    one_key_in_one_call_is_one_note(&S::empty(None).await).await;
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_taken_in_order(&S::empty(None).await, count).await;
    }
    for trouble in [Trouble::AnswerLost, Trouble::Unavailable] {
        a_trouble_can_be_repeated(&S::empty(None).await, trouble).await;
    }
    a_contact_that_is_gone_fails_alone(&S::empty(None).await).await;
}

async fn write(stage: &impl OrdersStage, notes: &[NoteWrite]) -> Vec<NoteOutcome> {
    let outcomes = stage.crm().write_notes(notes).await;
    assert_eq!(outcomes.len(), notes.len(), "each note has one outcome");
    outcomes
}

fn made(outcome: NoteOutcome) -> Written {
    outcome.unwrap_or_else(|error| panic!("a note that can be made was refused: {error}"))
}

async fn a_note_is_made_once_tied_and_left_alone(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    let first = made(write(stage, &[note(1, &contact)]).await.remove(0));
    let mut other = note(1, &contact);
    other.note.lines = vec!["Something else".into()];
    let second = made(write(stage, &[other]).await.remove(0));
    assert_eq!((first.created, second.created), (true, false), "a note is new once");
    assert_eq!(first.record, second.record, "one refund is one note");
    let there = stage.notes();
    assert_eq!(there.len(), 1, "one refund is one note");
    assert_eq!(there[0].text, note(1, &contact).note.lines.join("\n"), "it says what it said at first");
    assert_eq!((&there[0].key, &there[0].contacts), (&order_key(1), &vec![contact]), "it is tied");
}

async fn one_key_in_one_call_is_one_note(stage: &impl OrdersStage) {
    let contact = contact(stage, 1).await;
    let outcomes = write(stage, &[note(1, &contact), note(2, &contact), note(1, &contact)]).await;
    let records: Vec<_> = outcomes.into_iter().map(made).map(|written| written.record).collect();
    assert_eq!((&records[0], stage.notes().len()), (&records[2], 2), "one refund is one note");
}

async fn any_number_is_taken_in_order(stage: &impl OrdersStage, count: usize) {
    let contact = contact(stage, 1).await;
    let notes: Vec<_> = (0..count).rev().map(|n| note(n, &contact)).collect();
    let first: Vec<_> = write(stage, &notes).await.into_iter().map(made).collect();
    assert_eq!(stage.notes().len(), count, "{count} refunds make {count} notes");
    assert!(stage.notes().iter().all(|note| note.contacts.len() == 1), "each is tied");
    let again: Vec<_> = write(stage, &notes).await.into_iter().map(made).collect();
    let records = |all: Vec<Written>| all.into_iter().map(|written| written.record).collect::<Vec<_>>();
    assert_eq!(records(first), records(again), "outcomes are in the order they were asked");
}

async fn a_trouble_can_be_repeated(stage: &impl OrdersStage, trouble: Trouble) {
    let contact = contact(stage, 1).await;
    stage.trouble(trouble);
    assert!(write(stage, &[note(1, &contact)]).await.remove(0).is_err(), "it is told");
    made(write(stage, &[note(1, &contact)]).await.remove(0));
    assert_eq!(stage.notes().len(), 1, "done again it is one note");
}

async fn a_contact_that_is_gone_fails_alone(stage: &impl OrdersStage) {
    let [there, gone] = [contact(stage, 1).await, contact(stage, 2).await];
    stage.delete(&gone);
    let outcomes = write(stage, &[note(1, &gone), note(2, &there)]).await;
    let kind = outcomes[0].as_ref().expect_err("there is nobody to tie it to").kind();
    assert_eq!(*kind, CrmErrorKind::Gone, "a contact that is gone is told as such");
    assert!(outcomes[1].is_ok() && stage.notes().len() == 1, "its neighbour is made");
}
