//! What blocks Slack takes. What it does not take it refuses as a whole, without saying why.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::mrkdwn::leads_somewhere;
use crate::reading::texts;

const MAX_BLOCKS: usize = 50;
const MAX_ALL: usize = 13_200;
const MAX_HEADER: usize = 150;
const MAX_TEXT: usize = 3_000;
const MAX_FIELD: usize = 2_000;
const MAX_ELEMENTS: usize = 10;
const MAX_BLOCK_ID: usize = 255;

/// Checks the `blocks` of a message; the error is Slack's code.
pub(crate) fn check(blocks: &Value) -> Result<(), &'static str> {
    let Some(list) = blocks.as_array() else { return Err("invalid_blocks") };
    if list.len() > MAX_BLOCKS || !list.iter().all(is_block) || !has_unique_ids(list) {
        return Err("invalid_blocks");
    }
    let all: usize = texts(blocks).iter().filter_map(|text| text["text"].as_str()).map(units).sum();
    if all > MAX_ALL { Err("msg_blocks_too_long") } else { Ok(()) }
}

/// As Slack's clients count, which are written in JavaScript.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn has_unique_ids(blocks: &[Value]) -> bool {
    let ids: Vec<_> = blocks.iter().filter_map(|block| block["block_id"].as_str()).collect();
    ids.iter().collect::<BTreeSet<_>>().len() == ids.len() && ids.iter().all(|id| units(id) <= MAX_BLOCK_ID)
}

fn is_block(block: &Value) -> bool {
    match block["type"].as_str() {
        Some("divider") => has_only(block, &["type", "block_id"]),
        Some("header") => {
            let is_plain = block["text"]["type"] == "plain_text";
            is_plain && has_only(block, &["type", "block_id", "text"]) && is_text(&block["text"], MAX_HEADER)
        }
        Some("section") => is_section(block),
        Some("context") => {
            has_only(block, &["type", "block_id", "elements"]) && is_list(&block["elements"], MAX_TEXT)
        }
        _ => false,
    }
}

fn is_section(block: &Value) -> bool {
    let has_text = block.get("text").map(|text| is_text(text, MAX_TEXT));
    let has_fields = block.get("fields").map(|fields| is_list(fields, MAX_FIELD));
    let has_either = has_text.is_some() || has_fields.is_some();
    let are_good = has_text.unwrap_or(true) && has_fields.unwrap_or(true);
    has_either && are_good && has_only(block, &["type", "block_id", "text", "fields"])
}

fn is_list(list: &Value, most: usize) -> bool {
    let texts = list.as_array();
    texts.is_some_and(|texts| {
        (1..=MAX_ELEMENTS).contains(&texts.len()) && texts.iter().all(|text| is_text(text, most))
    })
}

fn is_text(object: &Value, most: usize) -> bool {
    let Some(text) = object["text"].as_str() else { return false };
    let fits = (1..=most).contains(&units(text)) && !text.trim().is_empty();
    match object["type"].as_str() {
        Some("plain_text") => {
            fits && has_only(object, &["type", "text", "emoji"]) && is_flag(&object["emoji"])
        }
        Some("mrkdwn") => {
            let is_known = has_only(object, &["type", "text", "verbatim"]) && is_flag(&object["verbatim"]);
            fits && is_known && leads_somewhere(text)
        }
        _ => false,
    }
}

fn is_flag(value: &Value) -> bool {
    value.is_null() || value.is_boolean()
}

fn has_only(object: &Value, known: &[&str]) -> bool {
    object.as_object().is_some_and(|object| object.keys().all(|key| known.contains(&key.as_str())))
}
