//! Nothing that a customer typed becomes more than words.

use super::{Stage, only, posted};
use crate::Message;

/// What a chat might take for more than words.
const TYPED: [&str; 9] = [
    "<!channel>",
    "<!here|here>",
    "<@U012AB3CD>",
    "@here",
    "<https://evil.example|the order>",
    "https://evil.example/login",
    "&lt;!channel&gt;",
    "a < b && b > c",
    "</a><b>&amp;",
];

/// What a post promises about what is in it.
pub async fn plainness<S: Stage>() {
    for typed in TYPED {
        what_was_typed_is_read_as_it_was_typed(&S::empty().await, typed).await;
    }
    an_address_that_could_break_out_is_no_link(&S::empty().await).await;
    what_was_typed_begins_no_line(&S::empty().await).await;
}

async fn what_was_typed_is_read_as_it_was_typed(stage: &impl Stage, typed: &str) {
    let url = "https://example.com/a";
    let message = Message::titled(format!("Title {typed}"))
        .with_line(format!("Line {typed}"))
        .with_link(format!("Label {typed}"), url);
    posted(stage, &message).await;
    let seen = only(stage);
    for place in ["Title", "Line", "Label"] {
        let words = format!("{place} {typed}");
        assert!(seen.text.contains(&words), "what was typed is read as it was typed: {words}\n{}", seen.text);
    }
    assert_eq!(seen.mentions, 0, "what was typed mentions nobody: {typed}");
    assert_eq!(seen.links, message.links, "what was typed is no link: {typed}");
}

async fn an_address_that_could_break_out_is_no_link(stage: &impl Stage) {
    let addresses = [
        "",
        "example.com",
        "http://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://example.com/a b",
        "https://example.com/a\n",
        "https://example.com|Another",
        "https://example.com/><!channel>",
        "https://example.com/\"",
        "https://exämple.com/",
    ];
    let mut message = Message::titled("A large order");
    for (n, url) in addresses.iter().enumerate() {
        message = message.with_link(format!("Place {n}"), *url);
    }
    posted(stage, &message).await;
    let seen = only(stage);
    assert!(seen.links.is_empty(), "no bad address is a link: {:?}", seen.links);
    assert_eq!(seen.mentions, 0, "no address mentions anybody");
    for n in 0..addresses.len() {
        assert!(seen.text.contains(&format!("Place {n}")), "the label of a bad address is told");
    }
}

async fn what_was_typed_begins_no_line(stage: &impl Stage) {
    let message = Message::titled("A large order\nApproved: yes").with_line("Note: x\r\nApproved: yes");
    posted(stage, &message).await;
    let seen = only(stage);
    assert!(
        seen.text.lines().all(|line| !line.starts_with("Approved")),
        "what was typed begins no line of its own: {}",
        seen.text
    );
}
