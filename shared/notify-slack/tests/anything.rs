//! Whatever the words are, Slack takes them, and they stay words.

mod workspace;

use notify::conformance::SALES;
use notify::{Link, Message, Notifier, one_line};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use workspace::{Room, channel};

/// What a mention or a link is made of, beside any signs at all.
fn words() -> impl Strategy<Value = String> {
    let dangerous = prop::sample::select(vec![
        "<",
        ">",
        "&",
        "<!channel>",
        "<@U1>",
        "@here",
        "https://evil.example",
        "&lt;",
        "|",
        "\n",
        "\u{202E}",
        "*",
        "`",
        "🦀",
    ]);
    let part = prop_oneof![dangerous.prop_map(str::to_owned), any::<String>(), "[a-z <>&]{0,20}"];
    let long = (part.clone(), 0_usize..2_000).prop_map(|(part, times)| part.repeat(times));
    prop_oneof![4 => vec(part, 0..6).prop_map(|parts| parts.concat()), 1 => long]
}

fn urls() -> impl Strategy<Value = String> {
    let query = "[ -~]{0,40}".prop_map(|query| format!("https://example.com/?{query}"));
    let long = (0_usize..3_000).prop_map(|length| format!("https://example.com/{}", "a&".repeat(length)));
    prop_oneof![words(), query, long]
}

fn messages() -> impl Strategy<Value = Message> {
    let links = vec((words(), urls()).prop_map(|(label, url)| Link { label, url }), 0..6);
    let all = (words(), vec(words(), 0..12), links, any::<bool>());
    all.prop_map(|(title, lines, links, repeat)| Message { title, lines, links, repeat })
}

/// Every text that was sent: the notification and those of the blocks.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => {
            let own = object.get("text").and_then(Value::as_str);
            own.into_iter()
                .chain(object.values().filter(|value| !value.is_string()).flat_map(texts))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What is left of a text where our own links are taken away: nothing of it may be mark-up.
fn without_links(text: &str, links: &[Link]) -> String {
    let mut left = text.to_owned();
    for link in links.iter().filter(|link| link.is_safe()) {
        left = left.replace(&format!("<{}", link.url.replace('&', "&amp;")), "");
    }
    left
}

fn holds_no_mark(text: &str) -> bool {
    let is_escape = |rest: &str| ["amp;", "lt;", "gt;"].iter().any(|escape| rest.starts_with(escape));
    !text.contains('<') && text.split('&').skip(1).all(is_escape)
}

/// Posts it, whether blocks are taken or not, and holds what stands there against what was meant.
async fn stands_there_as_words(message: &Message) -> Result<(), TestCaseError> {
    let room = Room::without_limit().await;
    let outcome = room.slack.post(&channel(SALES), message).await;
    prop_assert_eq!(outcome.is_ok(), !message.is_silent(), "{:?}", outcome.err());
    let calls: u64 = room.workspace.calls().values().sum();
    prop_assert_eq!(calls, u64::from(!message.is_silent()), "its blocks are taken at once");
    for posted in room.workspace.messages(SALES) {
        prop_assert!(posted.blocks.is_array(), "it has blocks");
        prop_assert!(posted.mentions.is_empty(), "{:?}", posted.mentions);
        let is_ours = |url: &str| message.links.iter().any(|link| link.is_safe() && link.url == url);
        prop_assert!(posted.links.iter().all(|link| is_ours(&link.url)), "{:?}", posted.links);
        let longest = posted.text.encode_utf16().count();
        prop_assert!((1..=3_000).contains(&longest), "the text has {} units", longest);
        for text in texts(&posted.blocks).into_iter().chain([posted.text.as_str()]) {
            let left = without_links(text, &message.links);
            prop_assert!(holds_no_mark(&left), "{}", left);
        }
        let title: String = one_line(&message.title).chars().take(20).collect();
        prop_assert!(posted.reads.starts_with(&title), "{}", posted.reads);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn s_226_whatever_is_told_keeps_slacks_limits_and_mentions_nobody(message in messages()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(stands_there_as_words(&message))?;
    }
}
