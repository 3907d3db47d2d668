//! The event source mapping: gathers what waits in the queue into batches, and takes back what a worker did not finish.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::BATCH;
use crate::queue::Sent;

/// Receives before a message is dead (the template's `MaxReceiveCount`).
const MOST_RECEIVES: u32 = 8;

/// A message on its way.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    /// Which of all that were sent it is, from 0.
    pub(super) number: usize,
    pub(super) body: Arc<str>,
    pub(super) receives: u32,
    /// When it can be received.
    from: Instant,
}

/// What waits, what is being worked on, and what is over.
pub(super) struct Mailbox {
    window: Duration,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    sent: usize,
    waiting: VecDeque<Mail>,
    finished: BTreeMap<usize, Instant>,
    dead: usize,
    returns: usize,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) sent: usize,
    pub(super) finished: usize,
    pub(super) dead: usize,
    /// How often a message came back.
    pub(super) returns: usize,
}

impl Mailbox {
    /// An empty one that gathers for `window` before it gives a batch that is not full.
    pub(super) fn new(window: Duration) -> Self {
        Self { window, inside: Mutex::default() }
    }

    /// What was sent goes in, in its order.
    pub(super) fn put(&self, sent: Vec<Sent>) {
        let mut inside = self.inside();
        for Sent { body, at } in sent {
            let mail = Mail { number: inside.sent, body: body.into(), receives: 0, from: at };
            inside.waiting.push_back(mail);
            inside.sent += 1;
        }
    }

    /// A batch, where one is due: it is full, or its first message has waited for the window.
    pub(super) fn take(&self, now: Instant) -> Vec<Mail> {
        let mut inside = self.inside();
        let (mut due, later): (Vec<_>, Vec<_>) = inside.waiting.drain(..).partition(|mail| mail.from <= now);
        let oldest = due.iter().map(|mail| mail.from).min();
        let is_due = due.len() >= BATCH || oldest.is_some_and(|oldest| now - oldest >= self.window);
        let rest = due.split_off(if is_due { due.len().min(BATCH) } else { 0 });
        inside.waiting = rest.into_iter().chain(later).collect();
        due.into_iter().map(|mail| Mail { receives: mail.receives + 1, ..mail }).collect()
    }

    /// The worker is done with this one.
    pub(super) fn finish(&self, mail: &Mail, now: Instant) {
        self.inside().finished.insert(mail.number, now);
    }

    /// The worker is not done with this one.
    pub(super) fn take_back(&self, mail: Mail, from: Instant) {
        let mut inside = self.inside();
        inside.returns += 1;
        if mail.receives >= MOST_RECEIVES {
            inside.dead += 1;
        } else {
            inside.waiting.push_back(Mail { from, ..mail });
        }
    }

    pub(super) fn progress(&self) -> Progress {
        let inside = self.inside();
        let Inside { sent, finished, dead, returns, .. } = &*inside;
        Progress { sent: *sent, finished: finished.len(), dead: *dead, returns: *returns }
    }

    /// When each was finished, by its number.
    pub(super) fn finished(&self) -> BTreeMap<usize, Instant> {
        self.inside().finished.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Whether all of so many are over, one way or the other.
    pub(super) fn is_over(&self, all: usize) -> bool {
        self.finished + self.dead >= all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(2);

    fn with(count: usize, at: Instant) -> Mailbox {
        let mailbox = Mailbox::new(WINDOW);
        mailbox.put((0..count).map(|number| Sent { body: number.to_string(), at }).collect());
        mailbox
    }

    #[test]
    fn a_full_batch_goes_at_once_and_a_small_one_after_the_window() {
        let now = Instant::now();
        let mailbox = with(BATCH + 1, now);
        assert_eq!(mailbox.take(now).len(), BATCH);
        assert_eq!(mailbox.take(now).len(), 0);
        assert_eq!(mailbox.take(now + WINDOW).len(), 1);
    }

    #[test]
    fn what_comes_back_waits_for_its_time_and_dies_of_too_many_receives() {
        let mut now = Instant::now();
        let mailbox = with(1, now);
        for receive in 1..=MOST_RECEIVES {
            now += WINDOW;
            let mut batch = mailbox.take(now);
            let mail = batch.pop().expect("a message");
            assert_eq!(mail.receives, receive);
            now += WINDOW;
            mailbox.take_back(mail, now);
        }
        assert!(mailbox.take(now + WINDOW).is_empty());
        let progress = mailbox.progress();
        assert_eq!((progress.dead, progress.finished), (1, 0));
        assert!(progress.is_over(1));
    }
}
