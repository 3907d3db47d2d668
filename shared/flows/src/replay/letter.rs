//! One message that is looked at.

use domain::{ActionMessage, Envelope, Event, Firing, ParkedMessage, ShopDomain};
use jiff::Timestamp;
use serde::Serialize;
use store::Held;

use super::request::{Action, From};

/// What a message says.
#[derive(Clone)]
pub(super) enum Said {
    Event(Box<Event>),
    Action(Box<Firing>),
}

impl Said {
    fn read(text: &str) -> Option<Self> {
        if let Ok(Envelope::V1(event)) = serde_json::from_str(text) {
            return Some(Self::Event(Box::new(event)));
        }
        let ActionMessage::V1(firing) = serde_json::from_str(text).ok()?;
        Some(Self::Action(Box::new(firing)))
    }

    pub(super) fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            Self::Action(_) => None,
        }
    }

    pub(super) fn action(&self) -> Option<&Firing> {
        match self {
            Self::Event(_) => None,
            Self::Action(firing) => Some(firing),
        }
    }

    pub(super) fn shop(&self) -> &ShopDomain {
        match self {
            Self::Event(event) => &event.shop,
            Self::Action(firing) => &firing.shop,
        }
    }
}

pub(super) struct Letter {
    pub(super) held: Held,
    pub(super) said: Option<Said>,
    pub(super) reason: Option<String>,
    advice: Option<String>,
    pub(super) matches: bool,
    pub(super) sent: bool,
    pub(super) deleted: bool,
}

/// What may be shown of a message: no body, nothing about a person.
#[derive(Debug, Serialize)]
pub struct LetterReport {
    /// The queue's id of the message.
    pub message_id: String,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<String>,
    /// About what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Which object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Shopify's webhook id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// Which action, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What makes the action one and the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What kind of action it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// When it was first sent, UTC.
    pub sent_at: Timestamp,
    /// Why it is here, where that is known.
    pub reason: String,
    /// What a person can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// How often it was replayed before.
    pub replays: u32,
    /// What was done with it, or would be.
    pub fate: &'static str,
}

impl Letter {
    pub(super) fn read(held: Held, from: From) -> Self {
        let (message, reason, advice) = match from {
            From::Dead => (Some(held.body.clone()), None, None),
            From::Parked => match serde_json::from_str::<ParkedMessage>(&held.body) {
                Ok(ParkedMessage::V1(parked)) => (
                    Some(parked.message),
                    Some(format!("{}: {}", parked.code, parked.reason)),
                    Some(parked.advice),
                ),
                Err(_) => (None, None, None),
            },
        };
        let said = message.and_then(|text| Said::read(&text));
        Self { held, said, reason, advice, matches: false, sent: false, deleted: false }
    }

    /// The reason's stable part.
    pub(super) fn code(&self) -> String {
        match (&self.reason, &self.said) {
            (Some(reason), _) => reason.split(':').next().unwrap_or(reason).to_owned(),
            (None, Some(_)) => "unknown".to_owned(),
            (None, None) => "undecodable_message".to_owned(),
        }
    }

    fn fate(&self, action: Action) -> &'static str {
        match (self.sent, self.deleted, self.matches, action) {
            (true, true, _, _) => "replayed",
            (true, false, _, _) => "sent again, but not deleted here: the copy will be known as a duplicate",
            (_, _, true, Action::Preview) => "would be replayed",
            (_, _, true, Action::Replay) => "not reached",
            _ if self.said.is_none() => "stays: it is nothing that this version can send",
            (_, _, _, Action::List) => "stays",
            _ => "stays: the filter or the limit leaves it out",
        }
    }

    pub(super) fn report(&self, action: Action) -> LetterReport {
        let (event, fired) =
            (self.said.as_ref().and_then(Said::event), self.said.as_ref().and_then(Said::action));
        LetterReport {
            message_id: self.held.id.clone(),
            shop: self.said.as_ref().map(|said| said.shop().to_string()),
            topic: event.map(|e| e.topic.as_str().to_owned()),
            object: event.and_then(|e| e.facts().object),
            delivery_id: event.map(|e| e.delivery_id.clone()),
            action: fired.map(|firing| firing.action.as_str().to_owned()),
            key: fired.map(|firing| firing.key.to_string()),
            kind: fired.map(|firing| firing.deed.name()),
            sent_at: self.held.sent_at,
            reason: self.reason.clone().unwrap_or_else(|| self.code()),
            advice: self.advice.clone(),
            replays: event.map_or(0, |e| e.replays),
            fate: self.fate(action),
        }
    }
}
