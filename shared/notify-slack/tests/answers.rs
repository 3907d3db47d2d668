//! What Slack answers, in our kinds, over the wire.

#![allow(clippy::expect_used, reason = "a failure that does not come ends its test")]

mod workspace;

use std::error::Error;
use std::time::Duration;

use notify::conformance::{OPS, SALES};
use notify::{Channel, Message, Notifier, NotifyError, NotifyErrorKind};
use notify_slack::MESSAGES_PER_SECOND;
use twin_slack::{Fault, FaultKind};
use workspace::{Room, SALES_PATH, channel, slack};

fn message() -> Message {
    Message::titled("A large order").with_line("Ada").with_link("It", "https://example.com/?a=1&b=2")
}

async fn failure(room: &Room) -> NotifyError {
    room.slack.post(&channel(SALES), &message()).await.expect_err("it is told")
}

fn limited(seconds: u64) -> NotifyErrorKind {
    NotifyErrorKind::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

#[tokio::test]
async fn s_226_each_answer_is_told_by_its_kind_and_posts_nothing() {
    use FaultKind::{Proxy, RateLimited, Refused, Unavailable};
    let table = [
        (Fault::new(Proxy), NotifyErrorKind::Refused, "200"),
        (Fault::new(RateLimited).retry_after(7), limited(7), "429"),
        (Fault::new(RateLimited), limited(30), "429"),
        (Fault::new(Refused).answering(404, "no_service"), NotifyErrorKind::Credentials, "404 no_service"),
        (Fault::new(Refused).answering(403, "team_disabled"), NotifyErrorKind::Refused, "403 team_disabled"),
        (Fault::new(Refused).answering(400, "no_text"), NotifyErrorKind::Refused, "400 no_text"),
        (Fault::new(Refused).answering(410, "<p>"), NotifyErrorKind::Refused, "410"),
        (Fault::new(Unavailable), NotifyErrorKind::Unavailable, "500"),
        (Fault::new(Unavailable).answering(504, ""), NotifyErrorKind::Unanswered, "504"),
    ];
    for (fault, kind, code) in table {
        let room = Room::fresh().await;
        room.workspace.set_faults(vec![fault.clone()]).unwrap();
        let error = failure(&room).await;
        assert_eq!((error.kind(), error.code()), (&kind, code), "{fault:?}");
        assert!(room.workspace.messages(SALES).is_empty(), "{fault:?}");
        assert_eq!(room.workspace.calls()[SALES_PATH], 1, "it is told and not repeated: {fault:?}");
    }
}

#[tokio::test]
async fn blocks_that_are_refused_go_out_once_more_as_text() {
    for code in ["invalid_blocks", "msg_blocks_too_long"] {
        let room = Room::fresh().await;
        room.workspace.set_faults(vec![Fault::new(FaultKind::Refused).answering(400, code)]).unwrap();
        room.slack.post(&channel(SALES), &message()).await.unwrap();
        let posted = room.workspace.messages(SALES).remove(0);
        assert!(posted.blocks.is_null(), "{code}");
        assert_eq!(posted.reads, "A large order\nAda\nIt", "{code}");
        assert_eq!(posted.text, "A large order\nAda\n<https://example.com/?a=1&amp;b=2|It>", "{code}");
    }
}

#[tokio::test]
async fn text_alone_is_tried_once() {
    let room = Room::fresh().await;
    let fault = Fault::new(FaultKind::Refused).answering(400, "invalid_blocks").times(9);
    room.workspace.set_faults(vec![fault]).unwrap();
    assert_eq!(failure(&room).await.code(), "400 invalid_blocks");
    assert_eq!(room.workspace.calls()[SALES_PATH], 2);
}

#[tokio::test]
async fn what_meets_the_second_try_is_what_is_told() {
    let room = Room::fresh().await;
    let faults =
        vec![Fault::new(FaultKind::BlocksRefused), Fault::new(FaultKind::RateLimited).retry_after(2)];
    room.workspace.set_faults(faults).unwrap();
    assert_eq!(*failure(&room).await.kind(), limited(2));
}

#[tokio::test]
async fn one_message_a_second_is_never_too_many() {
    let room = Room::fresh().await;
    for _ in 0..20 {
        room.slack.post(&channel(SALES), &message()).await.unwrap();
        room.workspace.clock().advance_ms(1_000 / i64::from(MESSAGES_PER_SECOND));
    }
}

#[tokio::test]
async fn a_burst_is_limited_by_its_channel_and_told_when_it_may_go_on() {
    let room = Room::fresh().await;
    for _ in 0..3 {
        room.slack.post(&channel(SALES), &message()).await.unwrap();
    }
    assert_eq!(*failure(&room).await.kind(), limited(1));
    room.slack.post(&channel(OPS), &message()).await.unwrap();
    room.workspace.clock().advance_ms(1_000);
    room.slack.post(&channel(SALES), &message()).await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_other_end_means_nothing_was_posted_and_shows_no_hook() {
    let error = slack("http://127.0.0.1:1").post(&channel(SALES), &message()).await.unwrap_err();
    assert_eq!(*error.kind(), NotifyErrorKind::Unavailable);
    assert!(error.source().is_some(), "the cause is kept");
    assert!(!format!("{error} {error:?}").contains("X1"), "{error:?}");
}

#[tokio::test]
async fn a_channel_without_a_hook_and_a_message_without_a_word_cost_no_call() {
    let room = Room::fresh().await;
    let vip = Channel::new("vip").unwrap();
    assert!(room.slack.post(&vip, &message()).await.is_err());
    assert!(room.slack.post(&channel(SALES), &Message::default()).await.is_err());
    assert!(room.workspace.calls().is_empty());
}

#[tokio::test]
async fn a_message_is_a_header_lines_links_and_who_speaks() {
    let room = Room::fresh().await;
    room.slack.post(&channel(SALES), &message().again()).await.unwrap();
    let again = "Counterfoil · sent again: it may be here already";
    let expected = serde_json::json!([
        {"type": "header", "text": {"type": "plain_text", "text": "A large order", "emoji": false}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "Ada", "verbatim": true}},
        {"type": "section", "text":
            {"type": "mrkdwn", "text": "<https://example.com/?a=1&amp;b=2|It>", "verbatim": true}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": again, "verbatim": true}]},
    ]);
    assert_eq!(room.workspace.messages(SALES).remove(0).blocks, expected);
}
