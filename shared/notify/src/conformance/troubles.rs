//! What goes wrong is told as what it is.

use super::{OPS, SALES, Stage, Trouble, channel, failure, post, posted};
use crate::{Message, NotifyErrorKind};

/// What a failure promises.
pub async fn troubles<S: Stage>() {
    for trouble in [Trouble::RateLimited, Trouble::Unavailable, Trouble::Refused] {
        what_failed_was_not_posted_and_can_be(&S::empty().await, trouble).await;
    }
    a_lost_answer_is_told_and_the_message_stands_there(&S::empty().await).await;
    a_hook_that_is_gone_is_its_channels_trouble_only(&S::empty().await).await;
}

fn message() -> Message {
    Message::titled("A large order of Ada").with_line("ada@example.com")
}

async fn what_failed_was_not_posted_and_can_be(stage: &impl Stage, trouble: Trouble) {
    stage.trouble(trouble);
    let error = post(stage, &message()).await.expect_err("what goes wrong is told");
    assert!(trouble.is_told_as(error.kind()), "{trouble:?} was told as {error}");
    assert!(!format!("{error} {error:?}").to_lowercase().contains("ada"), "no failure says a word of it");
    assert!(stage.seen(&channel(SALES)).is_empty(), "what failed was not posted");
    posted(stage, &message()).await;
    assert_eq!(stage.seen(&channel(SALES)).len(), 1, "what failed can be posted later");
}

async fn a_lost_answer_is_told_and_the_message_stands_there(stage: &impl Stage) {
    stage.trouble(Trouble::AnswerLost);
    let kind = failure(stage, &message()).await;
    assert!(Trouble::AnswerLost.is_told_as(&kind), "a lost answer was told as {kind:?}");
    assert_eq!(stage.seen(&channel(SALES)).len(), 1, "a lost answer is not repeated by itself");
}

async fn a_hook_that_is_gone_is_its_channels_trouble_only(stage: &impl Stage) {
    stage.trouble(Trouble::Revoked);
    for _ in 0..2 {
        let kind = failure(stage, &message()).await;
        assert_eq!(kind, NotifyErrorKind::Credentials, "a hook that is gone is told as such");
    }
    assert!(stage.seen(&channel(SALES)).is_empty(), "nothing goes through a hook that is gone");
    let elsewhere = stage.notifier().post(&channel(OPS), &message()).await;
    assert!(elsewhere.is_ok(), "another channel's hook is not gone");
}
