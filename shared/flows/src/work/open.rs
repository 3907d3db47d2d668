//! From a message's text to an event, each by itself.

use std::panic::catch_unwind;

use domain::{Envelope, Event};

use super::Delivered;

/// Reads every message. One that cannot be read fails alone, even where reading it panics.
pub(super) fn open(batch: Vec<Delivered>) -> (Vec<(Delivered, Event)>, Vec<Delivered>) {
    let (mut events, mut undecodable) = (Vec::new(), Vec::new());
    for delivered in batch {
        match catch_unwind(|| serde_json::from_str::<Envelope>(&delivered.body)) {
            Ok(Ok(Envelope::V1(event))) => events.push((delivered, event)),
            _ => undecodable.push(delivered),
        }
    }
    (events, undecodable)
}
