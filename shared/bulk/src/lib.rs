#![doc = include_str!("../README.md")]

mod amount;
mod broken;
mod buckets;
mod commerce;
mod compared;
mod document;
mod group;
mod line;
mod lines;
mod moment;
mod pass;
mod reader;
mod record;
mod scan;
mod seen;
mod settings;
mod sip;
mod stops;
mod token;
mod told;
mod values;
mod waiting;

pub use amount::Amount;
pub use broken::{Broken, Differs, Fault, Where};
pub use buckets::{Bucket, Buckets};
pub use commerce::{ChecksumKey, Commerce, Newest};
pub use compared::{Compared, Count, Figure};
pub use document::DOCUMENT;
pub use reader::{Believed, Reader};
pub use settings::{Arrangement, Keep, Limits, Settings};
pub use token::InvalidToken;
pub use told::{InvalidCount, Told};
