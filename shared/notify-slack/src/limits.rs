//! Slack's limits, and those of our own that keep us inside of them.
//!
//! Which unit Slack counts in is not documented. We count UTF-16 units, of which a text has never fewer than characters, and
//! count what is sent: `&amp;` is five.

use std::time::Duration;

/// Messages that a channel takes in a second; short bursts are tolerated (docs.slack.dev/apis/web-api/rate-limits). Whoever
/// posts keeps to it: this room waits for nothing.
pub const MESSAGES_PER_SECOND: u32 = 1;

/// How long to wait after a 429 that does not say it: what Slack's example has (docs.slack.dev/apis/web-api/rate-limits).
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Blocks of a message (docs.slack.dev/reference/block-kit/blocks).
pub(crate) const MAX_BLOCKS: usize = 50;

/// The text of a header (docs.slack.dev/reference/block-kit/blocks/header-block).
pub(crate) const MAX_HEADER: usize = 150;

/// Any other text object, and so that of a section
/// (docs.slack.dev/reference/block-kit/composition-objects/text-object).
pub(crate) const MAX_TEXT: usize = 3_000;

/// All blocks together: more was seen to be refused as `msg_blocks_too_long` (github.com/slackapi/bolt-js/issues/2509).
pub(crate) const MAX_ALL_BLOCKS: usize = 13_200;

/// Our own: what the links of a message are long together, so that beside them there is room in one text for its lines.
pub(crate) const MAX_LINKS: usize = 1_500;

/// Our own: the name of a link.
pub(crate) const MAX_LABEL: usize = 150;

/// Our own: an address that is longer is told by its label alone.
pub(crate) const MAX_URL: usize = 1_000;
