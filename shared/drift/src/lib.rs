#![doc = include_str!("../README.md")]

mod candidate;
mod cause;
mod half;
mod judge;
mod page;
mod record;
mod report;
mod scheme;

pub use candidate::{Candidate, candidates};
pub use cause::{Cause, Repair};
pub use half::CrmHalf;
pub use judge::{Difference, Evidence, Linked, judge};
pub use page::page;
pub use record::{commerce, compared};
pub use report::{End, Example, Purpose, Report, Tally, Values};
pub use scheme::{Scheme, bucket_count};
