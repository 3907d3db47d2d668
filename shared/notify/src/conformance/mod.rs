//! One suite for every implementation: each function panics with a sentence about the promise that was broken.
//!
//! An implementer writes a [`Stage`]: a chat of their kind, and the eyes of somebody who reads its channels.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a broken promise ends the test that runs the suite"
)]

mod plainness;
mod posting;
mod troubles;

use std::future::Future;

pub use plainness::plainness;
pub use posting::posting;
pub use troubles::troubles;

use crate::{Channel, Link, Message, Notifier, NotifyError, NotifyErrorKind};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The next message is one too many.
    RateLimited,
    /// The next message meets a chat that is down.
    Unavailable,
    /// The next message is posted, and its answer gets lost.
    AnswerLost,
    /// The next message is refused for good, for no fault of the hook.
    Refused,
    /// The hook of the channel [`SALES`] is taken away.
    Revoked,
}

impl Trouble {
    /// Whether this is how it is told to whoever meets it.
    fn is_told_as(self, kind: &NotifyErrorKind) -> bool {
        match self {
            Self::RateLimited => matches!(kind, NotifyErrorKind::RateLimited { .. }),
            Self::Unavailable => *kind == NotifyErrorKind::Unavailable,
            Self::AnswerLost => *kind == NotifyErrorKind::Unanswered,
            Self::Refused => *kind == NotifyErrorKind::Refused,
            Self::Revoked => *kind == NotifyErrorKind::Credentials,
        }
    }
}

/// A channel that every stage has.
pub const SALES: &str = "sales";

/// The other one.
pub const OPS: &str = "ops";

/// A message as somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// All its words, line by line; of a link, its label.
    pub text: String,
    /// Where it leads to.
    pub links: Vec<Link>,
    /// How many mentions are in it.
    pub mentions: usize,
    /// Whether it says to be a repetition.
    pub repeat: bool,
}

/// A chat with somebody who reads it.
pub trait Stage: Sized {
    /// A chat with the channels [`SALES`] and [`OPS`], in which nothing was posted.
    fn empty() -> impl Future<Output = Self>;

    /// What is put to the test.
    fn notifier(&self) -> &dyn Notifier;

    /// All that stands in a channel, in the order of its coming.
    fn seen(&self, channel: &Channel) -> Vec<Seen>;

    /// Makes something go wrong.
    fn trouble(&self, trouble: Trouble);
}

fn channel(name: &str) -> Channel {
    Channel::new(name).expect("it is a name")
}

async fn post(stage: &impl Stage, message: &Message) -> Result<(), NotifyError> {
    stage.notifier().post(&channel(SALES), message).await
}

async fn posted(stage: &impl Stage, message: &Message) {
    if let Err(error) = post(stage, message).await {
        panic!("a message that can be posted was refused: {error}");
    }
}

async fn failure(stage: &impl Stage, message: &Message) -> NotifyErrorKind {
    match post(stage, message).await {
        Ok(()) => panic!("a message that cannot be posted was told as posted"),
        Err(error) => error.kind().clone(),
    }
}

/// The one message that stands in the channel.
fn only(stage: &impl Stage) -> Seen {
    let mut seen = stage.seen(&channel(SALES));
    assert_eq!(seen.len(), 1, "one message stands in the channel");
    seen.remove(0)
}
