//! What a hook is sent: texts and blocks, and whether they keep Slack's limits.

use serde::Serialize;

use crate::fit::units;
use crate::limits::{MAX_ALL_BLOCKS, MAX_BLOCKS, MAX_HEADER, MAX_TEXT};

/// The body of a post. `text` is what a notification shows, and what is shown where blocks are not.
#[derive(Debug, Serialize)]
pub(crate) struct Payload {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) blocks: Vec<Block>,
}

/// The few blocks that we use.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    Header { text: Text },
    Section { text: Text },
    Context { elements: [Text; 1] },
}

/// A text in a block.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Text {
    /// Nothing in it is formatted; `:smile:` stays as it is.
    PlainText { text: String, emoji: bool },
    /// With links; `verbatim` switches off that addresses and names become links by themselves.
    Mrkdwn { text: String, verbatim: bool },
}

impl Text {
    pub(crate) fn plain(text: String) -> Self {
        Self::PlainText { text, emoji: false }
    }

    pub(crate) fn marked(text: String) -> Self {
        Self::Mrkdwn { text, verbatim: true }
    }

    fn units(&self) -> usize {
        let (Self::PlainText { text, .. } | Self::Mrkdwn { text, .. }) = self;
        units(text)
    }
}

impl Block {
    fn units(&self) -> usize {
        match self {
            Self::Header { text } | Self::Section { text } | Self::Context { elements: [text] } => {
                text.units()
            }
        }
    }

    fn most(&self) -> usize {
        if matches!(self, Self::Header { .. }) { MAX_HEADER } else { MAX_TEXT }
    }
}

impl Payload {
    /// The same text without blocks.
    pub(crate) fn without_blocks(self) -> Self {
        Self { blocks: Vec::new(), ..self }
    }

    /// Held against the limits once more, after all was escaped: blocks that broke one would be refused, and the text alone
    /// is not.
    pub(crate) fn checked(self) -> Self {
        let fits = |block: &Block| (1..=block.most()).contains(&block.units());
        let all: usize = self.blocks.iter().map(Block::units).sum();
        let are_within = self.blocks.iter().all(fits) && self.blocks.len() <= MAX_BLOCKS;
        if are_within && all <= MAX_ALL_BLOCKS { self } else { self.without_blocks() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(blocks: Vec<Block>) -> usize {
        Payload { text: "a".into(), blocks }.checked().blocks.len()
    }

    fn header(length: usize) -> Block {
        Block::Header { text: Text::plain("a".repeat(length)) }
    }

    fn section(length: usize) -> Block {
        Block::Section { text: Text::marked("a".repeat(length)) }
    }

    #[test]
    fn blocks_that_break_a_limit_are_left_away() {
        assert_eq!(checked(vec![header(150), section(3_000)]), 2);
        assert_eq!(checked(vec![header(151), section(3_000)]), 0);
        assert_eq!(checked(vec![header(150), section(3_001)]), 0);
        assert_eq!(checked(vec![header(0)]), 0);
        assert_eq!(checked((0..50).map(|_| header(1)).collect()), 50);
        assert_eq!(checked((0..51).map(|_| header(1)).collect()), 0);
        assert_eq!(checked((0..5).map(|_| section(3_000)).collect()), 0);
    }
}
