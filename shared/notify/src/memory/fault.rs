//! Faults that a story asks for.

use crate::{Channel, NotifyError, NotifyErrorKind};

/// Something that goes wrong with the next message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: NotifyErrorKind,
    done: bool,
    channel: Option<Channel>,
    times: usize,
}

impl Fault {
    /// Nothing is posted, and the next call is answered with this failure.
    pub fn refuse(kind: NotifyErrorKind) -> Self {
        Self { kind, done: false, channel: None, times: 1 }
    }

    /// The next message is posted, and nobody hears of it.
    pub fn lose_answer() -> Self {
        Self { done: true, ..Self::refuse(NotifyErrorKind::Unanswered) }
    }

    /// The same, in this channel only.
    #[must_use]
    pub fn on(self, channel: Channel) -> Self {
        Self { channel: Some(channel), ..self }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Whether the message is posted all the same.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn error(&self) -> NotifyError {
        NotifyError::new(self.kind.clone(), "told to fail")
    }
}

/// Takes the next fault that meets a message into this channel.
pub(super) fn take(faults: &mut Vec<Fault>, channel: &Channel) -> Option<Fault> {
    let meets = |fault: &Fault| fault.times > 0 && fault.channel.as_ref().is_none_or(|at| at == channel);
    let fault = faults.iter_mut().find(|fault| meets(fault))?;
    fault.times -= 1;
    let taken = fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(taken)
}
