//! How a file is to be read.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use crate::commerce::ChecksumKey;
use crate::compared::Compared;
use crate::record;
use crate::sip;

/// How a file is to be read. A token of one reading is good for another with the same settings only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whose result it is: the global id of the operation.
    pub source: String,
    /// The key of the checksums.
    pub key: ChecksumKey,
    /// How many buckets.
    pub buckets: NonZeroU32,
    /// How the lines are arranged.
    pub arrangement: Arrangement,
    /// Which customers are wanted one by one.
    pub keep: Keep,
    /// What of each customer is compared.
    pub compared: Compared,
    /// Whether the values of all orders are gathered too.
    pub values: bool,
    /// What is too much.
    pub limits: Limits,
}

/// How lines are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Each customer is followed by all of their orders (`groupObjects: true`).
    Grouped,
    /// An order may be anywhere, also before its customer. All customers are held until the end.
    Any,
}

/// Which customers are given out one by one, beside the buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// None.
    Nobody,
    /// Those in these buckets: where the halves differ.
    Buckets(BTreeSet<u32>),
    /// All.
    Everybody,
}

/// What is too much, and what may be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest line, in bytes.
    pub line: usize,
    /// Customers and orders that are held at once: of one customer, of all where they may be anywhere, and those kept.
    pub held: usize,
    /// Lengths at which a list of orders may have been cut: a customer with as many is believed only when the shop counts no
    /// more of them.
    pub full: Vec<u64>,
    /// How many refunds of an order were asked for (`refunds(first:)`); an order with as many is not believed.
    pub refunds: u64,
}

impl Default for Limits {
    /// 16 MiB, a million, pages of 100 and 250, and what [`DOCUMENT`](crate::DOCUMENT) asks for.
    fn default() -> Self {
        Self { line: 16 << 20, held: 1_000_000, full: vec![100, 250], refunds: crate::document::REFUNDS }
    }
}

impl Keep {
    pub(crate) fn wants(&self, bucket: u32) -> bool {
        match self {
            Self::Nobody => false,
            Self::Buckets(buckets) => buckets.contains(&bucket),
            Self::Everybody => true,
        }
    }
}

impl Settings {
    /// A hash that tells these settings from others.
    pub(crate) fn mark(&self) -> u64 {
        let mut form = Vec::new();
        record::bytes(&mut form, self.source.as_bytes());
        let arrangement = u64::from(self.arrangement == Arrangement::Any);
        record::numbers(&mut form, &[u64::from(self.buckets.get()), arrangement, self.limits.refunds]);
        record::number(&mut form, u64::from(self.values));
        record::numbers(&mut form, &[self.limits.line as u64, self.limits.held as u64, self.compared.mark()]);
        record::numbers(&mut form, &self.limits.full);
        let kept: Vec<u64> = match &self.keep {
            Keep::Nobody => vec![],
            Keep::Buckets(buckets) => buckets.iter().map(|bucket| u64::from(*bucket)).collect(),
            Keep::Everybody => vec![u64::MAX],
        };
        record::numbers(&mut form, &kept);
        sip::hash(self.key.0, &form)
    }
}
