//! A task is made once, and left to the reps.

use domain::{ExternalKey, Priority, RecordId, Task};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::orders::{at, contact, order_key};
use super::{MORE_THAN_A_CALL, Stage, Trouble};
use crate::{CrmErrorKind, TaskOutcome, TaskWrite, Written};

/// How many make the same task at once.
const RIVALS: usize = 5;

/// A task, as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTask {
    /// Its key.
    pub key: ExternalKey,
    /// What it is about.
    pub subject: String,
    /// Its text: lines without mark-up.
    pub text: String,
    /// Until when.
    pub due: Timestamp,
    /// How soon.
    pub priority: Priority,
    /// The records that it is tied to.
    pub contacts: Vec<RecordId>,
    /// Whether it is still to be done.
    pub is_open: bool,
}

/// A stage whose CRM has tasks.
pub trait TasksStage: Stage {
    /// All tasks, in any order.
    fn tasks(&self) -> Vec<HeldTask>;

    /// A rep has done a task.
    fn closes(&self, task: &RecordId);
}

/// What a CRM promises about tasks.
pub async fn tasks<S: TasksStage>() {
    a_task_is_made_once_and_tied(&S::empty(None).await).await;
    a_closed_task_stays_closed(&S::empty(None).await).await;
    one_key_in_one_call_is_one_task(&S::empty(None).await).await;
    each_says_how_soon(&S::empty(None).await).await;
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_taken_in_order(&S::empty(None).await, count).await;
    }
    for trouble in [Trouble::AnswerLost, Trouble::Unavailable, Trouble::RateLimited] {
        a_trouble_can_be_repeated(&S::empty(None).await, trouble).await;
    }
    at_once_makes_one(&S::empty(None).await).await;
    credentials_that_end_amid_it_stop_the_rest(&S::empty(None).await).await;
    a_contact_that_is_gone_fails_alone(&S::empty(None).await).await;
    a_contact_that_was_merged_is_followed_or_gone(&S::empty(None).await).await;
}

/// The task about order `n`.
pub(super) fn task(n: usize, contact: &RecordId) -> TaskWrite {
    let task = Task {
        key: order_key(n),
        subject: format!("Call about order #{n}: <späte> & 'grosse' 😀"),
        lines: vec!["Order of <b>900</b> & more".to_owned(), format!("Order #{n}")],
        due: at(),
        priority: Priority::High,
    };
    TaskWrite { task, contact: contact.clone() }
}

async fn write(stage: &impl TasksStage, tasks: &[TaskWrite]) -> Vec<TaskOutcome> {
    let outcomes = stage.crm().write_tasks(tasks).await;
    assert_eq!(outcomes.len(), tasks.len(), "each task has one outcome");
    outcomes
}

fn made(outcome: TaskOutcome) -> Written {
    outcome.unwrap_or_else(|error| panic!("a task that can be made was refused: {error}"))
}

async fn a_task_is_made_once_and_tied(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    let first = made(write(stage, &[task(1, &contact)]).await.remove(0));
    let mut other = task(1, &contact);
    other.task.subject = "Something else".into();
    let second = made(write(stage, &[other]).await.remove(0));
    assert_eq!((first.created, second.created), (true, false), "a task is new once");
    assert_eq!(first.record, second.record, "one key is one task");
    let TaskWrite { task, .. } = task(1, &contact);
    let held = HeldTask {
        key: task.key,
        subject: task.subject,
        text: task.lines.join("\n"),
        due: task.due,
        priority: task.priority,
        contacts: vec![contact],
        is_open: true,
    };
    assert_eq!(stage.tasks(), [held], "it says what it said at first, is open and tied");
}

async fn a_closed_task_stays_closed(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    let first = made(write(stage, &[task(1, &contact)]).await.remove(0));
    stage.closes(&first.record);
    let again = made(write(stage, &[task(1, &contact), task(2, &contact)]).await.remove(0));
    assert_eq!(again, Written { record: first.record, created: false }, "a closed task is there");
    let open: Vec<_> = stage.tasks().into_iter().filter(|task| task.is_open).map(|task| task.key).collect();
    assert_eq!(open, [order_key(2)], "a task that a rep closed stays closed");
}

async fn one_key_in_one_call_is_one_task(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    let outcomes = write(stage, &[task(1, &contact), task(2, &contact), task(1, &contact)]).await;
    let written: Vec<_> = outcomes.into_iter().map(made).collect();
    assert_eq!((&written[0].record, stage.tasks().len()), (&written[2].record, 2), "one key is one task");
    assert_eq!((written[0].created, written[2].created), (true, false), "a task is new once");
}

async fn each_says_how_soon(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    let all = [Priority::High, Priority::Medium, Priority::Low];
    let with = |(n, priority): (usize, &Priority)| {
        let mut write = task(n, &contact);
        write.task.priority = *priority;
        write
    };
    let tasks: Vec<_> = all.iter().enumerate().map(with).collect();
    write(stage, &tasks).await.into_iter().for_each(|outcome| drop(made(outcome)));
    let of = |n| stage.tasks().into_iter().find(|task| task.key == order_key(n)).map(|task| task.priority);
    assert_eq!([0, 1, 2].map(of), all.map(Some), "each task says how soon");
}

async fn any_number_is_taken_in_order(stage: &impl TasksStage, count: usize) {
    let contact = contact(stage, 1).await;
    let tasks: Vec<_> = (0..count).rev().map(|n| task(n, &contact)).collect();
    let first: Vec<_> = write(stage, &tasks).await.into_iter().map(made).collect();
    assert!(first.iter().all(|written| written.created), "{count} new tasks are new");
    assert_eq!(stage.tasks().len(), count, "{count} keys make {count} tasks");
    assert!(stage.tasks().iter().all(|task| task.contacts.len() == 1), "each is tied");
    let again: Vec<_> = write(stage, &tasks).await.into_iter().map(made).collect();
    let records = |all: Vec<Written>| all.into_iter().map(|written| written.record).collect::<Vec<_>>();
    assert_eq!(records(first), records(again), "outcomes are in the order they were asked");
}

async fn a_trouble_can_be_repeated(stage: &impl TasksStage, trouble: Trouble) {
    let contact = contact(stage, 1).await;
    stage.trouble(trouble.clone());
    let told = write(stage, &[task(1, &contact)]).await.remove(0);
    let kind = told.expect_err("it is told").kind().clone();
    assert!(trouble.is_told_as(&kind), "{trouble:?} was told as {kind:?}");
    made(write(stage, &[task(1, &contact)]).await.remove(0));
    assert_eq!(stage.tasks().len(), 1, "done again it is one task");
}

async fn at_once_makes_one(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    let tasks = [task(1, &contact)];
    let rivals = join_all((0..RIVALS).map(|_| stage.crm().write_tasks(&tasks))).await;
    let written: Vec<_> = rivals.into_iter().flatten().map(made).collect();
    assert_eq!(written.iter().filter(|one| one.created).count(), 1, "one of many at once makes the task");
    assert!(written.iter().all(|one| one.record == written[0].record), "all of many at once name one task");
    assert_eq!(stage.tasks().len(), 1, "one key is one task");
}

async fn credentials_that_end_amid_it_stop_the_rest(stage: &impl TasksStage) {
    let contact = contact(stage, 1).await;
    stage.trouble(Trouble::Expiring);
    let tasks: Vec<_> = (0..MORE_THAN_A_CALL).map(|n| task(n, &contact)).collect();
    let outcomes = write(stage, &tasks).await;
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.clone().count() > 0, "the rest is refused");
    for error in refused {
        assert_eq!(*error.kind(), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    }
    let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(stage.tasks().len(), written, "what is told as made is there, and nothing else");
}

async fn a_contact_that_was_merged_is_followed_or_gone(stage: &impl TasksStage) {
    let [first, second] = [contact(stage, 1).await, contact(stage, 2).await];
    let survivor = stage.merge(&first, &second);
    let outcome = write(stage, &[task(1, &second)]).await.remove(0);
    match (outcome, stage.tasks().pop()) {
        (Ok(_), Some(task)) => assert_eq!(task.contacts, [survivor], "it is tied to the survivor"),
        (Err(error), None) => assert_eq!(*error.kind(), CrmErrorKind::Gone, "it is told as gone"),
        other => panic!("what is told and what is there differ: {other:?}"),
    }
}

async fn a_contact_that_is_gone_fails_alone(stage: &impl TasksStage) {
    let [there, gone] = [contact(stage, 1).await, contact(stage, 2).await];
    stage.delete(&gone);
    let outcomes = write(stage, &[task(1, &gone), task(2, &there)]).await;
    let kind = outcomes[0].as_ref().expect_err("there is nobody to tie it to").kind();
    assert_eq!(*kind, CrmErrorKind::Gone, "a contact that is gone is told as such");
    assert!(outcomes[1].is_ok() && stage.tasks().len() == 1, "its neighbour is made");
}
