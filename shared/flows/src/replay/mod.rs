//! What died, or waits for a person, is looked through, and sent again where it was asked for.
//!
//! Safe by order: a message is deleted only after it is in its queue again, and one that is sent twice is worked
//! on once, because both copies carry the same count of replays.

mod letter;
mod request;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Envelope, Event, Firing};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ActionQueue, DeadLetters, Held, Inbox, Outbox, Source, StoreError, StoreErrorKind};

pub use self::letter::LetterReport;
use self::letter::{Letter, Said};
pub use self::request::{Action, From, InvalidReplay, ReplayRequest};

/// Everything that is outside.
pub struct Desk<'a, D, O, A, I> {
    /// The queues that are looked through.
    pub letters: &'a D,
    /// The event queue.
    pub outbox: &'a O,
    /// The queue of actions.
    pub actions: &'a A,
    /// The memory of deliveries: it knows why the last try failed.
    pub inbox: &'a I,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// When the platform ends this invocation, UTC.
    pub deadline: Timestamp,
}

/// What was found, and what was done.
#[derive(Debug, Serialize)]
pub struct ReplayReport {
    /// What was asked for.
    pub action: Action,
    /// Which queue.
    pub from: From,
    /// How many messages were looked at.
    pub looked_at: usize,
    /// How many the filter let through.
    pub matched: usize,
    /// How many were sent again and deleted here.
    pub replayed: usize,
    /// Why it ended before all was looked at, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// How many by reason.
    pub reasons: BTreeMap<String, usize>,
    /// The first of them, one by one.
    pub messages: Vec<LetterReport>,
    /// What to do next.
    pub hint: String,
}

/// A message is held this long while it is looked at.
pub(crate) const HOLD: Duration = Duration::from_mins(2);
/// Time to let go and to answer.
const RESERVE: SignedDuration = SignedDuration::from_secs(10);
/// At most this many messages are shown one by one.
const SHOWN: usize = 50;
/// An empty answer may be chance; two in a row are the end.
pub(crate) const EMPTY_ANSWERS: u32 = 2;

/// Does what was asked for.
pub async fn replay<D: DeadLetters, O: Outbox, A: ActionQueue, I: Inbox>(
    request: &ReplayRequest,
    desk: &Desk<'_, D, O, A, I>,
) -> Result<ReplayReport, StoreError> {
    let source = request.from.source();
    let (mut letters, mut stopped) = look_through(request, desk, source).await?;
    let mut report = ReplayReport::begin(request, &letters);
    if request.action == Action::Replay {
        for letter in letters.iter_mut().filter(|letter| letter.matches) {
            if out_of_time(desk) {
                stopped = Some("no time was left; run it again for the rest".to_owned());
                break;
            }
            if let Err(error) = send_again(letter, source, desk).await {
                stopped = Some(format!("stopped at the first failure: {error}"));
                break;
            }
            report.replayed += 1;
        }
    }
    let_go(&letters, source, desk).await;
    report.finish(stopped, &letters);
    Ok(report)
}

fn out_of_time<D, O, A, I>(desk: &Desk<'_, D, O, A, I>) -> bool {
    desk.deadline.duration_since((desk.clock)()) < RESERVE
}

/// Takes messages until enough match, none are left, or the time is up.
async fn look_through<D: DeadLetters, O: Outbox, A: ActionQueue, I: Inbox>(
    request: &ReplayRequest,
    desk: &Desk<'_, D, O, A, I>,
    source: Source,
) -> Result<(Vec<Letter>, Option<String>), StoreError> {
    let begun = (desk.clock)();
    let (mut letters, mut matched, mut empty) = (Vec::new(), 0, 0);
    while empty < EMPTY_ANSWERS {
        // What is held longer than HOLD may be seen by somebody else, so the look ends in time.
        let looked_for = (desk.clock)().duration_since(begun);
        if out_of_time(desk) || looked_for.unsigned_abs() > HOLD / 2 {
            return Ok((letters, Some("not all was looked at: run it again for the rest".to_owned())));
        }
        let some = desk.letters.take(source, HOLD).await?;
        empty = if some.is_empty() { empty + 1 } else { 0 };
        for held in some {
            let letter = open(held, request, desk, matched < request.limit).await;
            matched += usize::from(letter.matches);
            letters.push(letter);
        }
        if matched >= request.limit {
            return Ok((letters, Some(format!("the limit of {} is reached", request.limit))));
        }
    }
    Ok((letters, None))
}

/// Reads a message; why a dead one died is asked of the memory of deliveries, since the queue keeps no reason.
async fn open<D, O, A, I: Inbox>(
    held: Held,
    request: &ReplayRequest,
    desk: &Desk<'_, D, O, A, I>,
    room: bool,
) -> Letter {
    let mut letter = Letter::read(held, request.from);
    if let (None, Some(Said::Event(event))) = (&letter.reason, &letter.said) {
        // Without the reason the message can still be replayed.
        let trail = desk.inbox.trail(&event.delivery(), (desk.clock)()).await.ok().flatten();
        letter.reason = trail.and_then(|trail| trail.outcome);
    }
    letter.matches = room && letter.said.as_ref().is_some_and(|said| request.wants(said, &letter.held));
    letter
}

/// First sent, then deleted. Where the second fails, the copy that is left carries the same count of replays as the
/// one that was sent, and will be known as a duplicate.
async fn send_again<D: DeadLetters, O: Outbox, A: ActionQueue, I: Inbox>(
    letter: &mut Letter,
    source: Source,
    desk: &Desk<'_, D, O, A, I>,
) -> Result<(), StoreError> {
    match letter.said.clone() {
        Some(Said::Event(event)) => {
            desk.outbox.send(&once_more(*event)).await?;
        }
        Some(Said::Action(firing)) => fire(*firing, desk.actions).await?,
        None => return Ok(()),
    }
    letter.sent = true;
    desk.letters.delete(source, &letter.held).await?;
    letter.deleted = true;
    Ok(())
}

/// The same event, to be worked on once more: counted, so that its copies are known as copies.
pub(crate) fn once_more(event: Event) -> Envelope {
    Envelope::V1(Event { replays: event.replays + 1, ..event })
}

/// An action is known by its key, so it needs no count.
async fn fire<A: ActionQueue>(firing: Firing, actions: &A) -> Result<(), StoreError> {
    let unsaid = || StoreError::new(StoreErrorKind::Unavailable, "the queue of actions did not answer");
    actions.fire(&[firing]).await.pop().unwrap_or_else(|| Err(unsaid()))
}

/// What stays can be seen again at once. Where this fails, it can be seen when the hold ends.
async fn let_go<D: DeadLetters, O, A, I>(letters: &[Letter], source: Source, desk: &Desk<'_, D, O, A, I>) {
    for letter in letters.iter().filter(|letter| !letter.deleted) {
        drop(desk.letters.let_go(source, &letter.held).await);
    }
}

impl ReplayReport {
    fn begin(request: &ReplayRequest, letters: &[Letter]) -> Self {
        let mut reasons = BTreeMap::new();
        for letter in letters {
            *reasons.entry(letter.code()).or_default() += 1;
        }
        Self {
            action: request.action,
            from: request.from,
            looked_at: letters.len(),
            matched: letters.iter().filter(|letter| letter.matches).count(),
            replayed: 0,
            stopped: None,
            reasons,
            messages: vec![],
            hint: request.hint(),
        }
    }

    fn finish(&mut self, stopped: Option<String>, letters: &[Letter]) {
        self.stopped = stopped;
        self.messages = letters.iter().take(SHOWN).map(|letter| letter.report(self.action)).collect();
    }
}
