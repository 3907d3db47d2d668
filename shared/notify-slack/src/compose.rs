//! A message in Slack's words.
//!
//! A header has the title, a section the lines, another one the links; the context says who speaks, and whether it is a
//! repetition. The text says the same once more: it is what a notification shows, and what is left where blocks are refused.

use notify::{Link, Message};

use crate::fit::{piece, together, units, value};
use crate::limits::{MAX_HEADER, MAX_LABEL, MAX_LINKS, MAX_TEXT, MAX_URL};
use crate::payload::{Block, Payload, Text};

const SENDER: &str = "Counterfoil";
const REPEAT: &str = "Counterfoil · sent again: it may be here already";

/// The body of the post. Blocks are only there where they keep Slack's limits.
pub(crate) fn compose(message: &Message) -> Payload {
    let links: Vec<_> = message.links.iter().map(link).filter(|link| !link.is_empty()).collect();
    let links = together(&links, MAX_LINKS);
    let text = text(message, &links);
    Payload { text, blocks: blocks(message, links) }.checked()
}

fn blocks(message: &Message, links: String) -> Vec<Block> {
    let title = Some(value(&message.title, MAX_HEADER)).filter(|title| !title.is_empty());
    let header = title.map(|title| Block::Header { text: Text::plain(title) });
    let sections = [said(&message.lines, MAX_TEXT), links].into_iter().filter(|text| !text.is_empty());
    let sections = sections.map(|text| Block::Section { text: Text::marked(text) });
    let sender = if message.repeat { REPEAT } else { SENDER };
    let context = Block::Context { elements: [Text::marked(sender.to_owned())] };
    header.into_iter().chain(sections).chain([context]).collect()
}

/// All of it in one text: of the lines, as many as there is room for beside the rest.
fn text(message: &Message, links: &str) -> String {
    let title = value(&message.title, MAX_HEADER);
    let repeat = if message.repeat { REPEAT } else { "" };
    let beside: usize = [&title, links, repeat].map(|part| units(part) + 1).iter().sum();
    let body = said(&message.lines, MAX_TEXT - beside);
    let parts = [&title, body.as_str(), links, repeat].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn said(lines: &[String], most: usize) -> String {
    let lines = lines.iter().map(|line| value(line, piece(most)));
    together(&lines.filter(|line| !line.is_empty()).collect::<Vec<_>>(), most)
}

/// `<https://host/path|label>`, or the label alone where the address is none that can stand there.
fn link(link: &Link) -> String {
    let label = value(&link.label, MAX_LABEL);
    let url = link.url.replace('&', "&amp;");
    match (link.is_safe() && units(&url) <= MAX_URL, label.is_empty()) {
        (true, false) => format!("<{url}|{label}>"),
        (true, true) => format!("<{url}>"),
        (false, _) => label,
    }
}
