//! What is posted stands there, once, where it should.

use super::{OPS, SALES, Stage, channel, failure, only, posted};
use crate::{Link, Message, NotifyErrorKind};

/// What a post promises.
pub async fn posting<S: Stage>() {
    a_message_stands_in_its_channel_with_all_its_words(&S::empty().await).await;
    messages_stand_in_the_order_of_their_coming(&S::empty().await).await;
    a_repetition_says_so(&S::empty().await).await;
    what_is_posted_twice_stands_there_twice(&S::empty().await).await;
    a_message_without_a_word_is_refused(&S::empty().await).await;
    a_title_is_enough_and_so_is_a_line(&S::empty().await).await;
    what_is_too_long_is_cut_and_posted(&S::empty().await).await;
    a_channel_that_is_not_set_up_is_told(&S::empty().await).await;
}

async fn a_message_stands_in_its_channel_with_all_its_words(stage: &impl Stage) {
    let message = Message::titled("A large order")
        .with_line("612.50 EUR")
        .with_line("the third one")
        .with_link("The order", "https://example.com/orders?id=1&tab=2");
    posted(stage, &message).await;
    let seen = only(stage);
    for words in ["A large order", "612.50 EUR", "the third one", "The order"] {
        assert!(seen.text.contains(words), "all words are there, and {words} is not");
    }
    let lines: Vec<_> = seen.text.lines().collect();
    let first = lines.iter().position(|line| *line == "612.50 EUR").expect("a line is a line");
    assert_eq!(lines.get(first + 1), Some(&"the third one"), "each line is one, in their order");
    assert_eq!(seen.links, message.links, "a link leads to its address");
    assert!(!seen.repeat, "what is told for the first time is no repetition");
    assert!(stage.seen(&channel(OPS)).is_empty(), "nothing stands in another channel");
}

async fn messages_stand_in_the_order_of_their_coming(stage: &impl Stage) {
    for title in ["One", "Two", "Three"] {
        posted(stage, &Message::titled(title)).await;
    }
    let seen = stage.seen(&channel(SALES));
    let are: Vec<_> = seen.iter().filter_map(|seen| seen.text.lines().next()).collect();
    assert_eq!(are, ["One", "Two", "Three"], "messages stand in their order");
}

async fn a_repetition_says_so(stage: &impl Stage) {
    posted(stage, &Message::titled("A large order").again()).await;
    assert!(only(stage).repeat, "a repetition says so");
}

async fn what_is_posted_twice_stands_there_twice(stage: &impl Stage) {
    let message = Message::titled("A large order");
    posted(stage, &message).await;
    posted(stage, &message).await;
    assert_eq!(stage.seen(&channel(SALES)).len(), 2, "a post is no write with a key");
}

async fn a_message_without_a_word_is_refused(stage: &impl Stage) {
    let silent = [
        Message::default(),
        Message::titled(" \n").with_line("\t"),
        Message::default().with_link("A place", "https://example.com"),
    ];
    for message in silent {
        let kind = failure(stage, &message).await;
        assert_eq!(kind, NotifyErrorKind::Refused, "a message without a word is refused");
    }
    assert!(stage.seen(&channel(SALES)).is_empty(), "what is refused is not posted");
}

async fn a_title_is_enough_and_so_is_a_line(stage: &impl Stage) {
    posted(stage, &Message::titled("A title")).await;
    posted(stage, &Message::default().with_line("A line")).await;
    assert_eq!(stage.seen(&channel(SALES)).len(), 2, "a title is enough, and so is a line");
}

async fn what_is_too_long_is_cut_and_posted(stage: &impl Stage) {
    let mut message = Message::titled(format!("Title {}", "ü".repeat(5_000)));
    message.lines = (0..3_000).map(|n| format!("Line {n} <&>🦀")).collect();
    let link = |n| Link { label: format!("Place {n}"), url: format!("https://example.com/{n}?a=1&b=2") };
    message.links = (0..3_000).map(link).collect();
    posted(stage, &message).await;
    let seen = only(stage);
    for words in ["Title ü", "Line 0 <&>🦀", "Place 0"] {
        assert!(seen.text.contains(words), "what is cut is there from its beginning, and {words} is not");
    }
    let are_whole = seen.links.iter().all(|link| message.links.contains(link));
    assert!(are_whole && !seen.links.is_empty(), "a link is there as a whole or not at all");
}

async fn a_channel_that_is_not_set_up_is_told(stage: &impl Stage) {
    let vip = channel("vip");
    let outcome = stage.notifier().post(&vip, &Message::titled("A large order")).await;
    let error = outcome.expect_err("nothing can be posted where nothing is set up");
    let known = vec![channel(OPS), channel(SALES)];
    assert_eq!(*error.kind(), NotifyErrorKind::NoChannel { known }, "the channels that there are are told");
    for word in ["vip", OPS, SALES] {
        assert!(error.to_string().contains(word), "the failure names {word}");
    }
    assert!(stage.seen(&vip).is_empty() && stage.seen(&channel(SALES)).is_empty(), "nothing is posted");
}
