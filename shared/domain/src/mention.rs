//! What an event names of a customer, small enough to be left for somebody else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Event, Freshness, OrderId, Subject, Topic, freshness};

/// What an event says about a customer, without the delivery it came in: enough to know what to read, and whether what
/// was read is as new as the event. A worker who finds the customer held leaves it for the one who holds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a word of the event, and goes by its name in the row"
)]
pub struct Mention {
    /// The order that may have changed, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The version of the order, or else of the customer, that the event named, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// When the event was raised, UTC.
    pub raised_at: Timestamp,
    /// Whether the event says that its object is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Whether money of the order went back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refunded: bool,
    /// Whether it only sets things right, and nothing is to be done about it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// Whether the CRM's record is to be looked at, and not only what is remembered of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looks: bool,
    /// Since when a checkout of theirs lies there, where it says that one was left, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abandoned_at: Option<Timestamp>,
}

impl Mention {
    /// Is what was read as new as what was mentioned? `read` is the version of its order, or else of the customer;
    /// `None` where it is not there. What an event of a deletion speaks of is expected to be missing.
    pub fn freshness(&self, read: Option<Timestamp>, now: Timestamp) -> Freshness {
        if read.is_none() && self.deleted {
            return Freshness::Gone;
        }
        freshness(self.updated_at, read, self.raised_at, now)
    }
}

/// An order as it was when it was read. The customer's own version need not move with an order, so what was read of the
/// customer later is only newer where it comes with an order that is no older than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderVersion {
    /// Which.
    pub order: OrderId,
    /// Its version, UTC.
    pub updated_at: Timestamp,
}

impl OrderVersion {
    /// The same, as somebody would name it who had heard of it when it changed.
    pub fn mention(self) -> Mention {
        let Self { order, updated_at } = self;
        Mention {
            order: Some(order),
            updated_at: Some(updated_at),
            raised_at: updated_at,
            deleted: false,
            refunded: false,
            quiet: true,
            looks: false,
            abandoned_at: None,
        }
    }
}

impl Event {
    /// Whether it says by itself which customer it is about, today and each time it is read again.
    pub fn names_customer(&self) -> bool {
        matches!(
            self.subject,
            Subject::Customer { .. } | Subject::Order { customer: Some(_), .. } | Subject::Merge { .. }
        )
    }

    /// What it names.
    pub fn mention(&self) -> Mention {
        let (order, updated_at) = match &self.subject {
            Subject::Order { id, updated_at, .. } => (Some(*id), *updated_at),
            Subject::Customer { updated_at, .. } | Subject::Company { updated_at, .. } => (None, *updated_at),
            _ => (None, None),
        };
        let raised_at = self.triggered_at.unwrap_or(self.received_at);
        let topic = self.topic.as_str();
        let (deleted, refunded) = (topic.ends_with("/delete"), topic == "refunds/create");
        let (quiet, looks, abandoned_at) =
            (self.quiet, self.topic.looks_at_the_record(), self.abandoned_at());
        Mention { order, updated_at, raised_at, deleted, refunded, quiet, looks, abandoned_at }
    }

    fn abandoned_at(&self) -> Option<Timestamp> {
        match &self.subject {
            Subject::Checkout { touched_at, .. } if self.topic == Topic::abandoned() => *touched_at,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(deleted: bool) -> Mention {
        let raised_at = "2026-11-20T10:00:00Z".parse().unwrap();
        Mention {
            order: Some(OrderId::new(11)),
            updated_at: Some(raised_at),
            raised_at,
            deleted,
            refunded: false,
            quiet: false,
            looks: false,
            abandoned_at: None,
        }
    }

    #[test]
    fn it_comes_back_as_it_was_left() {
        let refunded = Mention { refunded: true, ..mention(false) };
        for mention in [mention(true), refunded, Mention { order: None, updated_at: None, ..mention(false) }]
        {
            let text = serde_json::to_string(&mention).unwrap();
            assert_eq!(serde_json::from_str::<Mention>(&text).unwrap(), mention, "{text}");
        }
    }

    #[test]
    fn what_was_deleted_is_gone_at_once_and_what_was_not_may_still_come() {
        let soon = "2026-11-20T10:00:05Z".parse().unwrap();
        assert_eq!(mention(true).freshness(None, soon), Freshness::Gone);
        assert_eq!(mention(false).freshness(None, soon), Freshness::Missing);
        let older = "2026-11-20T09:59:59Z".parse().unwrap();
        assert_eq!(mention(false).freshness(Some(older), soon), Freshness::Stale);
    }
}
