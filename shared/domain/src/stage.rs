//! The way of a delivery, in five stages.

/// How far a delivery came: where it ended well, or where it failed (S-158). Each is named alike in the code, in every
/// line of the journal, and as a dimension of every metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It came over HTTP.
    Receive,
    /// Its signature was looked at, and whether its shop is one of ours.
    Verify,
    /// It was handed to the queue.
    Queue,
    /// What it names became a customer, with the truth of the shop, and a record of the CRM.
    Match,
    /// The record was written, or says so already.
    Upsert,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Receive, Self::Verify, Self::Queue, Self::Match, Self::Upsert];

    /// Its name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Verify => "verify",
            Self::Queue => "queue",
            Self::Match => "match",
            Self::Upsert => "upsert",
        }
    }
}
