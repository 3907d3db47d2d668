//! From a message's text to an event, each by itself.

use std::panic::catch_unwind;

use domain::{Envelope, Event};
use jiff::Timestamp;
use shopify::{read_partner_event, reread};

use super::Delivered;

/// Reads every message: an envelope that the receiver wrote, or what EventBridge brought from Shopify. One that cannot be
/// read fails alone, even where reading it panics.
pub(super) fn open(batch: Vec<Delivered>, now: Timestamp) -> (Vec<(Delivered, Event)>, Vec<Delivered>) {
    let (mut events, mut undecodable) = (Vec::new(), Vec::new());
    for delivered in batch {
        match catch_unwind(|| read(&delivered.body, now)) {
            Ok(Some(Read::Ours(event))) => events.push((delivered, reread(event))),
            Ok(Some(Read::Theirs(event, body))) => events.push((Delivered { body, ..delivered }, event)),
            _ => undecodable.push(delivered),
        }
    }
    (events, undecodable)
}

enum Read {
    Ours(Event),
    /// With the envelope that the receiver would have made of it: what is parked later holds that, and no payload.
    Theirs(Event, String),
}

/// One message's text as an event; none where it is no event.
pub(super) fn event(body: &str, now: Timestamp) -> Option<Event> {
    match read(body, now)? {
        Read::Ours(event) => Some(reread(event)),
        Read::Theirs(event, _) => Some(event),
    }
}

fn read(body: &str, now: Timestamp) -> Option<Read> {
    if let Ok(Envelope::V1(event)) = serde_json::from_str(body) {
        return Some(Read::Ours(event));
    }
    let event = read_partner_event(body, now)?.ok()?;
    let envelope = serde_json::to_string(&Envelope::V1(event.clone())).ok()?;
    Some(Read::Theirs(event, envelope))
}
