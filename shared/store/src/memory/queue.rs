//! One queue, as the standard queues of the platform behave: at least once, in no promised order.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{ActionMessage, Envelope, Firing, Parked, ParkedMessage, ShopDomain};
use jiff::Timestamp;

use super::clock::later;
use crate::Held;

/// A message in a queue, as somebody sees it who only looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The queue's own id of it; it stays when the message dies, not when it is sent again.
    pub id: String,
    /// The message.
    pub body: String,
    /// On whose behalf it was sent.
    pub shop: Option<ShopDomain>,
    /// When it was first sent, UTC.
    pub sent_at: Timestamp,
    /// From when it can be received, UTC.
    pub visible_at: Timestamp,
    /// How often it was received from this queue.
    pub receives: u32,
}

impl Message {
    /// The envelope in it, where it is one.
    pub fn envelope(&self) -> Option<Envelope> {
        serde_json::from_str(&self.body).ok()
    }

    /// The action in it, where it is one.
    pub fn firing(&self) -> Option<Firing> {
        serde_json::from_str(&self.body).ok().map(|ActionMessage::V1(firing)| firing)
    }

    /// What was parked in it, where it is that.
    pub fn parked(&self) -> Option<Parked> {
        serde_json::from_str(&self.body).ok().map(|ParkedMessage::V1(parked)| parked)
    }
}

/// A message as an event source hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The message and its receipt.
    pub held: Held,
    /// On whose behalf it was sent.
    pub shop: Option<ShopDomain>,
}

/// The messages of one queue. The receipt is that of the latest receive: an older one has no power any more.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// In the order of their coming; who looks from the front soon finds what was received lately.
    messages: BTreeMap<u64, (Message, Option<String>)>,
    put: u64,
}

impl Queue {
    pub(super) fn put(&mut self, message: Message) {
        self.put += 1;
        self.messages.insert(self.put, (message, None));
    }

    /// Hands out up to `max` visible messages and hides them for `hold`.
    pub(super) fn receive(&mut self, now: Timestamp, max: usize, hold: Duration) -> Vec<Received> {
        let visible = self.messages.values_mut().filter(|(message, _)| message.visible_at <= now);
        visible.take(max).map(|(message, receipt)| hand_out(message, receipt, later(now, hold))).collect()
    }

    /// Takes out what is visible and was received `max_receives` times.
    pub(super) fn take_exhausted(&mut self, now: Timestamp, max_receives: u32) -> Vec<Message> {
        let exhausted = |message: &Message| message.visible_at <= now && message.receives >= max_receives;
        let taken = self.messages.extract_if(.., |_, (message, _)| exhausted(message));
        taken.map(|(_, (message, _))| message).collect()
    }

    /// Whether there was one with that receipt.
    pub(super) fn delete(&mut self, receipt: &str) -> bool {
        let mut all = self.messages.iter();
        let found = all.find(|(_, (_, current))| current.as_deref() == Some(receipt)).map(|(put, _)| *put);
        found.and_then(|put| self.messages.remove(&put)).is_some()
    }

    /// Whether it was held, so that it could be told when to come back.
    pub(super) fn come_back_at(&mut self, receipt: &str, now: Timestamp, at: Timestamp) -> bool {
        let held = |message: &Message| message.visible_at > now;
        let mut all = self.messages.values_mut();
        let found = all.find(|(message, current)| current.as_deref() == Some(receipt) && held(message));
        found.map(|(message, _)| message.visible_at = at).is_some()
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().map(|(message, _)| message)
    }
}

fn hand_out(message: &mut Message, receipt: &mut Option<String>, until: Timestamp) -> Received {
    message.receives += 1;
    message.visible_at = until;
    let current = format!("{}/{}", message.id, message.receives);
    *receipt = Some(current.clone());
    let held = Held {
        id: message.id.clone(),
        receipt: current,
        body: message.body.clone(),
        sent_at: message.sent_at,
        receives: message.receives,
    };
    Received { held, shop: message.shop.clone() }
}
