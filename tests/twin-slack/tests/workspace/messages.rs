//! What is taken, what is refused, and how it is seen.

use serde_json::{Value, json};

use crate::wire::{post, workspace};

fn header(length: usize) -> Value {
    json!({"type": "header", "text": {"type": "plain_text", "text": "a".repeat(length)}})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn plain(length: usize) -> Value {
    json!({"type": "plain_text", "text": "a".repeat(length)})
}

/// What the blocks are answered with.
async fn said(blocks: Value) -> String {
    let workspace = workspace();
    let (_, body) = post(&workspace, &json!({"text": "a", "blocks": blocks})).await;
    assert_eq!(workspace.messages("sales").len(), usize::from(body == "ok"), "what is refused is not posted");
    body
}

#[tokio::test]
async fn blocks_within_their_limits_are_taken() {
    let fields: Vec<_> = (0..10).map(|_| plain(1_000)).collect();
    for blocks in [
        json!([]),
        json!([header(150), section(&"a".repeat(3_000)), {"type": "divider"}]),
        json!([{"type": "section", "fields": fields}]),
        json!([{"type": "context", "block_id": "b".repeat(255), "elements": fields}]),
        json!((0..50).map(|_| header(1)).collect::<Vec<_>>()),
        json!([section("<https://example.com|a> <!here> a < b")]),
    ] {
        assert_eq!(said(blocks.clone()).await, "ok", "{blocks}");
    }
}

#[tokio::test]
async fn a_block_that_breaks_a_limit_refuses_the_message() {
    let twice = json!({"type": "divider", "block_id": "a"});
    let marked = json!({"type": "mrkdwn", "text": "a"});
    let many = |count: usize, length: usize| (0..count).map(|_| plain(length)).collect::<Vec<_>>();
    for blocks in [
        json!({}),
        json!("a"),
        json!([1]),
        json!([header(151)]),
        json!([header(0)]),
        json!([{"type": "header", "text": marked}]),
        json!([section(&"a".repeat(3_001))]),
        json!([section(&"🦀".repeat(1_501))]),
        json!([section(" ")]),
        json!([section("<example.com|a>")]),
        json!([{"type": "section"}]),
        json!([{"type": "section", "fields": many(11, 1)}]),
        json!([{"type": "section", "fields": many(1, 2_001)}]),
        json!([{"type": "context", "elements": many(0, 1)}]),
        json!([{"type": "context", "elements": many(11, 1)}]),
        json!([{"type": "divider", "block_id": "b".repeat(256)}]),
        json!([twice, twice]),
        json!([{"type": "surprise"}]),
        json!([{"type": "divider", "text": plain(1)}]),
        json!([{"type": "section", "text": {"type": "plain_text", "text": "a", "verbatim": true}}]),
        json!((0..51).map(|_| header(1)).collect::<Vec<_>>()),
    ] {
        assert_eq!(said(blocks.clone()).await, "invalid_blocks", "{blocks}");
    }
    let long: Vec<_> = (0..5).map(|_| section(&"a".repeat(2_700))).collect();
    assert_eq!(said(json!(long)).await, "msg_blocks_too_long");
}

#[tokio::test]
async fn what_says_nothing_is_refused() {
    let workspace = workspace();
    let table = [
        (json!({}), "no_text"),
        (json!({"text": " "}), "no_text"),
        (json!({"text": "", "blocks": []}), "no_text"),
        (json!({"text": "a".repeat(40_001)}), "msg_too_long"),
        (json!({"text": 1}), "invalid_payload"),
        (json!({"text": "a", "channel": "#ops"}), "invalid_payload"),
    ];
    for (payload, code) in table {
        assert_eq!(post(&workspace, &payload).await, (400, code.to_owned()));
    }
    assert_eq!(post(&workspace, &json!({"blocks": [header(1)]})).await.0, 200, "blocks alone are enough");
}

#[tokio::test]
async fn a_message_is_seen_as_a_person_sees_it() {
    let workspace = workspace();
    let verbatim = json!({"type": "mrkdwn", "verbatim": true, "text": "b &lt;!here&gt; https://e.com <https://e.com/?a&amp;b|c>"});
    let guessed = json!({"type": "mrkdwn", "text": "@here https://e.com"});
    let title = json!({"type": "header", "text": {"type": "plain_text", "text": "<@U1> a"}});
    let blocks =
        json!([title, {"type": "section", "text": verbatim}, {"type": "context", "elements": [guessed]}]);
    post(&workspace, &json!({"text": "<!channel> d", "blocks": blocks})).await;
    let message = workspace.messages("sales").remove(0);
    assert_eq!(message.reads, "<@U1> a\nb <!here> https://e.com c\n@here https://e.com");
    let urls: Vec<_> = message.links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(urls, ["https://e.com/?a&b", "https://e.com"]);
    assert_eq!(message.mentions, ["!channel", "@here"]);
}
