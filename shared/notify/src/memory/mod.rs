//! A chat in memory, for stories: what was posted can be read, faults are asked for.

mod fault;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use fault::Fault;

use crate::conformance::Seen;
use crate::{Channel, Link, Message, Notifier, NotifyError, NotifyErrorKind, NotifyFuture, one_line};

/// Something that stands in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub channel: Channel,
    /// What.
    pub message: Message,
}

/// A [`Notifier`] that keeps the contract and forgets everything when it is dropped. Clones share the channels.
#[derive(Debug, Clone, Default)]
pub struct MemoryNotifier(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    channels: Vec<(Channel, bool)>,
    posted: Vec<Posted>,
    faults: Vec<Fault>,
    calls: usize,
}

impl MemoryNotifier {
    /// A chat with these channels.
    pub fn with_channels(channels: impl IntoIterator<Item = Channel>) -> Self {
        let notifier = Self::default();
        channels.into_iter().for_each(|channel| notifier.set_up(channel));
        notifier
    }

    /// A channel is set up, or its hook is renewed.
    pub fn set_up(&self, channel: Channel) {
        let mut state = self.state();
        state.channels.retain(|(known, _)| *known != channel);
        state.channels.push((channel, true));
    }

    /// Somebody takes the hook of a channel away. Whether there was one.
    pub fn revoke(&self, channel: &Channel) -> bool {
        let mut state = self.state();
        let hook = state.channels.iter_mut().find(|(known, _)| known == channel);
        hook.map(|(_, is_live)| *is_live = false).is_some()
    }

    /// All that stands in the channels, in the order of its coming.
    pub fn posted(&self) -> Vec<Posted> {
        self.state().posted.clone()
    }

    /// The messages of one channel, in the order of their coming.
    pub fn messages(&self, channel: &Channel) -> Vec<Message> {
        let there = self.posted().into_iter().filter(|posted| posted.channel == *channel);
        there.map(|posted| posted.message).collect()
    }

    /// The messages of one channel, as somebody reads them.
    pub fn seen(&self, channel: &Channel) -> Vec<Seen> {
        self.messages(channel).iter().map(seen).collect()
    }

    /// Something will go wrong, after what was asked for before.
    pub fn fail(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Nothing goes wrong any more.
    pub fn forget_faults(&self) {
        self.state().faults.clear();
    }

    /// The faults that have not met all their calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// How often it was asked to post, whatever it answered.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seen(message: &Message) -> Seen {
    let labels = message.links.iter().map(|link| &link.label);
    let all: Vec<_> = [&message.title].into_iter().chain(&message.lines).chain(labels).collect();
    let told: Vec<_> = all.into_iter().map(|line| one_line(line)).filter(|line| !line.is_empty()).collect();
    let links = message.links.iter().filter(|link| link.is_safe());
    let links = links.map(|link| Link { label: one_line(&link.label), url: link.url.clone() }).collect();
    Seen { text: told.join("\n"), links, mentions: 0, repeat: message.repeat }
}

impl Notifier for MemoryNotifier {
    fn post<'a>(&'a self, channel: &'a Channel, message: &'a Message) -> NotifyFuture<'a> {
        Box::pin(async move { self.state().post(channel, message) })
    }
}

impl State {
    fn post(&mut self, channel: &Channel, message: &Message) -> Result<(), NotifyError> {
        self.calls += 1;
        let hook = self.channels.iter().find(|(known, _)| known == channel).map(|(_, is_live)| *is_live);
        let Some(is_live) = hook else {
            return Err(NotifyError::no_channel(channel, self.channels.iter().map(|(known, _)| known)));
        };
        if message.is_silent() {
            return Err(NotifyError::silent());
        }
        if !is_live {
            return Err(NotifyError::new(NotifyErrorKind::Credentials, "revoked"));
        }
        let fault = fault::take(&mut self.faults, channel);
        if fault.as_ref().is_none_or(Fault::is_done) {
            self.posted.push(Posted { channel: channel.clone(), message: message.clone() });
        }
        fault.map_or(Ok(()), |fault| Err(fault.error()))
    }
}
