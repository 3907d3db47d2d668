//! The contract.

use std::future::Future;
use std::pin::Pin;

use crate::{Channel, Message, NotifyError};

/// What a notifier gives back: boxed, because which one it is is chosen at run time.
pub type NotifyFuture<'a> = Pin<Box<dyn Future<Output = Result<(), NotifyError>> + Send + 'a>>;

/// A chat that we can tell something.
///
/// - "Posted" means that the chat said so. An answer that does not say it is a failure.
/// - **It is no write with a key**: done twice, it stands there twice. A failure that is
///   [`Unanswered`](crate::NotifyErrorKind::Unanswered) may have been posted; all others were not.
/// - All of a message is plain words. Whatever is in its title, its lines and the labels of its links is read as it stands
///   there: it mentions nobody, is no link and begins no line of its own. A sign that ends a line, or turns the direction of
///   reading, may be told as a space.
/// - A link leads to its address where that begins with `https://` and has no space or sign in it that could end it; of any
///   other, the label is told alone.
/// - What is longer than the chat takes is cut at its end, which shows; the message is posted all the same.
/// - A message without a word is refused, and so is one to a channel that is not set up; neither is sent.
/// - The readers of a message that says to be a repetition are told so.
/// - It posts at once and waits for nothing: how many messages a channel takes in a second is the caller's to keep.
pub trait Notifier: Send + Sync {
    /// Posts a message into a channel.
    fn post<'a>(&'a self, channel: &'a Channel, message: &'a Message) -> NotifyFuture<'a>;
}
