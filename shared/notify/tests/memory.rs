//! The in-memory chat keeps the contract, and breaks it only when it is told to.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

use notify::conformance::{self, OPS, SALES, Seen, Stage, Trouble};
use notify::memory::{Fault, MemoryNotifier};
use notify::{Channel, Message, Notifier, NotifyErrorKind};

struct InMemory(MemoryNotifier);

impl Stage for InMemory {
    async fn empty() -> Self {
        Self(MemoryNotifier::with_channels([SALES, OPS].map(channel)))
    }
    fn notifier(&self) -> &dyn Notifier {
        &self.0
    }
    fn seen(&self, channel: &Channel) -> Vec<Seen> {
        self.0.seen(channel)
    }
    fn trouble(&self, trouble: Trouble) {
        self.0.fail(match trouble {
            Trouble::RateLimited => Fault::refuse(NotifyErrorKind::RateLimited { retry_after: None }),
            Trouble::Unavailable => Fault::refuse(NotifyErrorKind::Unavailable),
            Trouble::Refused => Fault::refuse(NotifyErrorKind::Refused),
            Trouble::AnswerLost => Fault::lose_answer(),
            Trouble::Revoked => return assert!(self.0.revoke(&channel(SALES)), "there is such a hook"),
        });
    }
}

fn channel(name: &str) -> Channel {
    Channel::new(name).expect("it is a name")
}

#[tokio::test]
async fn it_posts_as_promised() {
    conformance::posting::<InMemory>().await;
}

#[tokio::test]
async fn it_takes_all_for_plain_words_as_promised() {
    conformance::plainness::<InMemory>().await;
}

#[tokio::test]
async fn it_fails_as_promised() {
    conformance::troubles::<InMemory>().await;
}

#[tokio::test]
async fn a_fault_meets_its_channel_and_ends() {
    let notifier = MemoryNotifier::with_channels([SALES, OPS].map(channel));
    notifier.fail(Fault::refuse(NotifyErrorKind::Unavailable).on(channel(OPS)).times(2));
    let message = Message::titled("A word");
    assert!(notifier.post(&channel(SALES), &message).await.is_ok());
    for is_ok in [false, false, true] {
        assert_eq!(notifier.post(&channel(OPS), &message).await.is_ok(), is_ok);
    }
    assert!(notifier.faults().is_empty());
    assert_eq!((notifier.calls(), notifier.posted().len()), (4, 2));
    notifier.fail(Fault::lose_answer());
    notifier.forget_faults();
    assert!(notifier.post(&channel(OPS), &message).await.is_ok());
}

#[tokio::test]
async fn a_hook_can_be_renewed() {
    let notifier = MemoryNotifier::with_channels([channel(SALES)]);
    assert!(notifier.revoke(&channel(SALES)) && !notifier.revoke(&channel(OPS)));
    let message = Message::titled("A word");
    assert!(notifier.post(&channel(SALES), &message).await.is_err());
    notifier.set_up(channel(SALES));
    assert!(notifier.post(&channel(SALES), &message).await.is_ok());
    assert_eq!(notifier.messages(&channel(SALES)), [message]);
}
