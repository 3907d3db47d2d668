#![doc = include_str!("../README.md")]

mod candidate;
mod cause;
mod half;
mod judge;
mod notice;
mod page;
mod record;
mod report;
mod scheme;
mod sheet;
mod standing;
mod tally;
mod weeks;
mod words;

pub use candidate::{Candidate, candidates};
pub use cause::{Cause, Repair};
pub use half::CrmHalf;
pub use judge::{Difference, Evidence, Linked, judge, survivor_first};
pub use notice::{Notice, notice};
pub use page::page;
pub use record::{commerce, compared};
pub use report::{End, Example, Purpose, Report, Values};
pub use scheme::{Scheme, bucket_count};
pub use sheet::{Sheet, latest, page_name, sheets};
pub use standing::{Standing, Tolerance};
pub use tally::Tally;
pub use weeks::{Balance, WEEKS, Week, balance};
