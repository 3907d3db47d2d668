//! Whether somebody agreed to be written to.

/// Consent to one marketing channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// They agreed.
    Subscribed,
    /// They were never asked, or did not answer.
    NotSubscribed,
    /// They agreed, and have yet to confirm it.
    Pending,
    /// They took it back.
    Unsubscribed,
    /// It was erased at their request.
    Redacted,
    /// The address cannot be written to.
    Invalid,
}

impl Consent {
    /// Its name in a CRM: stable, ours, and in no vendor's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::NotSubscribed => "not_subscribed",
            Self::Pending => "pending",
            Self::Unsubscribed => "unsubscribed",
            Self::Redacted => "redacted",
            Self::Invalid => "invalid",
        }
    }
}
