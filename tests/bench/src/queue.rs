//! What was sent to the queue of events, and when; what is to come back, and when.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The queue as a function sees it; who hands its messages out is elsewhere.
pub(crate) struct Queue {
    keeps: bool,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    sent: Vec<Sent>,
    parked: usize,
    hidden: HashMap<String, Duration>,
}

/// One message.
pub(crate) struct Sent {
    pub(crate) body: String,
    /// When it was sent.
    pub(crate) at: Instant,
}

impl Queue {
    /// An empty one. One that does not keep forgets what is sent to it.
    pub(crate) fn new(keeps: bool) -> Self {
        Self { keeps, inside: Mutex::default() }
    }

    pub(crate) fn sent(&self, url: &str, body: &str) {
        let mut inside = self.inside();
        if url.ends_with("/parked") {
            inside.parked += 1;
        } else if self.keeps {
            inside.sent.push(Sent { body: body.to_owned(), at: Instant::now() });
        }
    }

    /// The message of this receipt comes back so many seconds after now.
    pub(crate) fn hide(&self, receipt: &str, seconds: u64) {
        self.inside().hidden.insert(receipt.to_owned(), Duration::from_secs(seconds));
    }

    /// Everything sent since the last time this was called.
    pub(crate) fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.inside().sent)
    }

    /// How many were parked so far.
    pub(crate) fn parked(&self) -> usize {
        self.inside().parked
    }

    /// When a message that was not finished comes back; at once where nobody asked for a time.
    pub(crate) fn comes_back_after(&self, receipt: &str) -> Duration {
        self.inside().hidden.remove(receipt).unwrap_or_default()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
