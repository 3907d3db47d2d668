//! Faults a test asks for: which call they meet, and what becomes of it.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The message is posted and the connection closes without an answer.
    AnswerLost,
    /// 500, or another `status` of its kind; nothing is posted.
    Unavailable,
    /// 429; nothing is posted.
    RateLimited,
    /// 400, or another `status` of its kind; nothing is posted.
    Refused,
    /// 200 with a page of HTML; nothing is posted.
    Proxy,
    /// `invalid_blocks` where there are blocks; nothing is posted.
    BlocksRefused,
}

/// One fault, which ends after it met `times` calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The channel it is for; absent is every one.
    #[serde(default)]
    pub channel: Option<String>,
    /// How many calls it meets.
    #[serde(default = "once")]
    pub times: u32,
    /// How many calls that it would meet go well before.
    #[serde(default)]
    pub after: u32,
    /// The status of `unavailable` and `refused`.
    #[serde(default)]
    pub status: Option<u16>,
    /// The body of `unavailable` and `refused`.
    #[serde(default)]
    pub body: String,
    /// Seconds of `rate_limited`; absent is no header.
    #[serde(default)]
    pub retry_after: Option<u32>,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// A fault of this kind that meets the next call.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            channel: None,
            times: once(),
            after: 0,
            status: None,
            body: String::new(),
            retry_after: None,
        }
    }

    /// The same, only in this channel.
    #[must_use]
    pub fn on(self, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..self }
    }

    /// The same, for so many calls.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// The same, but so many of these calls go well before.
    #[must_use]
    pub fn after(self, calls: u32) -> Self {
        Self { after: calls, ..self }
    }

    /// The same, with this status and body.
    #[must_use]
    pub fn answering(self, status: u16, body: &str) -> Self {
        Self { status: Some(status), body: body.to_owned(), ..self }
    }

    /// The same, with so many seconds in `Retry-After`.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Refuses a fault that its kind cannot be.
    pub(crate) fn check(&self) -> Result<(), String> {
        let statuses = match self.kind {
            FaultKind::Unavailable => 500..=599,
            FaultKind::Refused => 400..=499,
            _ => return self.status.map_or(Ok(()), |_| Err("status: this kind has its own".to_owned())),
        };
        match self.status.filter(|status| !statuses.contains(status)) {
            Some(status) => Err(format!("status: {status} is not one of {statuses:?}")),
            None => Ok(()),
        }
    }

    fn meets(&self, channel: &str, has_blocks: bool) -> bool {
        let is_there = self.channel.as_ref().is_none_or(|at| at == channel);
        self.times > 0 && is_there && (has_blocks || self.kind != FaultKind::BlocksRefused)
    }
}

/// The fault this call meets: takes one off the counts.
pub(crate) fn take(faults: &mut Vec<Fault>, channel: &str, has_blocks: bool) -> Option<Fault> {
    let fault = faults.iter_mut().find(|fault| fault.meets(channel, has_blocks))?;
    if fault.after > 0 {
        fault.after -= 1;
        return None;
    }
    fault.times -= 1;
    let taken = fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(taken)
}
