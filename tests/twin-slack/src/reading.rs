//! A message that stands in a channel, and how a person sees it.

use serde::Serialize;
use serde_json::Value;

use crate::mrkdwn::{Guess, Seen, marked, plain};

/// Something to click on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What is seen of it.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// Where it stands.
    pub channel: String,
    /// Since when.
    pub at_ms: i64,
    /// What a notification shows.
    pub text: String,
    /// As they were sent; `null` where there were none.
    pub blocks: Value,
    /// What is seen in the channel: the blocks, or the text where there are none.
    pub reads: String,
    /// Where it leads.
    pub links: Vec<Link>,
    /// Who is mentioned, in the blocks and in the text.
    pub mentions: Vec<String>,
}

impl Message {
    /// Of texts and blocks that were taken.
    pub(crate) fn new(channel: &str, at_ms: i64, text: &str, blocks: &Value) -> Self {
        let notification = marked(text, Guess::Addresses);
        let parts: Vec<_> = texts(blocks).into_iter().map(seen).collect();
        let mut mentions = notification.mentions.clone();
        let shown = if parts.is_empty() { vec![notification] } else { parts };
        mentions.extend(shown.iter().flat_map(|part| part.mentions.clone()));
        Self {
            channel: channel.to_owned(),
            at_ms,
            text: text.to_owned(),
            blocks: blocks.clone(),
            reads: shown.iter().map(|part| part.words.as_str()).collect::<Vec<_>>().join("\n"),
            links: shown.into_iter().flat_map(|part| part.links).collect(),
            mentions,
        }
    }
}

/// All text objects of all blocks, in their order.
pub(crate) fn texts(blocks: &Value) -> Vec<&Value> {
    blocks.as_array().into_iter().flatten().flat_map(of_block).collect()
}

fn of_block(block: &Value) -> Vec<&Value> {
    let lists = ["fields", "elements"].map(|list| block[list].as_array());
    let one = block.get("text");
    one.into_iter().chain(lists.into_iter().flatten().flatten()).collect()
}

fn seen(object: &Value) -> Seen {
    let text = object["text"].as_str().unwrap_or_default();
    if object["type"] == "plain_text" {
        return plain(text);
    }
    let guess = if object["verbatim"] == true { Guess::Nothing } else { Guess::AddressesAndNames };
    marked(text, guess)
}
