//! Slack's refusals in our kinds.
//!
//! A hook answers in plain text: one code, or whatever a gateway says. The code decides where it is known, else the status
//! (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). Of which status a code comes with, Slack says only
//! "400, 403, 404". What is not shaped like a code is never told.

use notify::{NotifyError, NotifyErrorKind};
use outbound::{Answer, OutboundError, OutboundErrorKind};

use crate::limits::RETRY_AFTER;

/// The hook is gone, or not ours to use.
const GONE: [&str; 7] = [
    "invalid_token",
    "action_prohibited",
    "no_service",
    "no_active_hooks",
    "no_service_id",
    "no_team",
    "channel_not_found",
];

/// A block broke a limit; which one is not told.
const BLOCKS: [&str; 2] = ["invalid_blocks", "msg_blocks_too_long"];

/// What an answer other than `ok` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    kind: NotifyErrorKind,
    code: String,
    is_of_blocks: bool,
}

impl Refusal {
    /// None where the message was posted.
    pub(crate) fn of(answer: &Answer) -> Option<Self> {
        if answer.status() == 429 {
            // Its body is not for reading.
            let retry_after = Some(answer.retry_after().unwrap_or(RETRY_AFTER));
            return Some(Self::new(NotifyErrorKind::RateLimited { retry_after }, 429, ""));
        }
        let said = std::str::from_utf8(answer.body()).unwrap_or_default().trim();
        Self::read(answer.status(), said)
    }

    fn read(status: u16, said: &str) -> Option<Self> {
        let kind = match status {
            200 if said == "ok" => return None,
            200..=299 => NotifyErrorKind::Refused,
            _ if GONE.contains(&said) => NotifyErrorKind::Credentials,
            // A gateway that lost its other side cannot know whether it was posted.
            502 | 504 => NotifyErrorKind::Unanswered,
            500..=599 => NotifyErrorKind::Unavailable,
            _ => NotifyErrorKind::Refused,
        };
        let is_of_blocks = status == 400 && BLOCKS.contains(&said);
        Some(Self { is_of_blocks, ..Self::new(kind, status, said) })
    }

    fn new(kind: NotifyErrorKind, status: u16, said: &str) -> Self {
        let code = if is_code(said) { format!("{status} {said}") } else { status.to_string() };
        Self { kind, code, is_of_blocks: false }
    }

    /// Whether the same words might be taken without blocks.
    pub(crate) fn is_of_blocks(&self) -> bool {
        self.is_of_blocks
    }

    pub(crate) fn error(self) -> NotifyError {
        NotifyError::new(self.kind, self.code)
    }
}

/// Of a call without an answer.
pub(crate) fn of_transport(error: OutboundError) -> NotifyError {
    let kind = match error.kind() {
        OutboundErrorKind::NotSent => NotifyErrorKind::Unavailable,
        OutboundErrorKind::Unanswered => NotifyErrorKind::Unanswered,
        // Slack says two letters: who says more is somebody else.
        OutboundErrorKind::TooLarge | OutboundErrorKind::Unbuildable => NotifyErrorKind::Refused,
    };
    NotifyError::new(kind, "no answer").because(error)
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_226_each_answer_of_slack_has_its_kind() {
        use NotifyErrorKind::{Credentials, Refused, Unanswered, Unavailable};
        let table = [
            (200, "<html>", Refused, "200"),
            (200, r#"{"ok":false,"error":"x"}"#, Refused, "200"),
            (200, "", Refused, "200"),
            (200, "no_service", Refused, "200 no_service"),
            (204, "ok", Refused, "204 ok"),
            (302, "", Refused, "302"),
            (400, "invalid_blocks", Refused, "400 invalid_blocks"),
            (400, "no_text", Refused, "400 no_text"),
            (400, "user_not_found", Refused, "400 user_not_found"),
            (403, "posting_to_general_channel_denied", Refused, "403 posting_to_general_channel_denied"),
            (403, "team_disabled", Refused, "403 team_disabled"),
            (403, "invalid_token", Credentials, "403 invalid_token"),
            (403, "action_prohibited", Credentials, "403 action_prohibited"),
            (404, "no_service", Credentials, "404 no_service"),
            (404, "no_active_hooks", Credentials, "404 no_active_hooks"),
            (404, "no_service_id", Credentials, "404 no_service_id"),
            (404, "no_team", Credentials, "404 no_team"),
            (404, "channel_not_found\n", Credentials, "404 channel_not_found"),
            (400, "no_service", Credentials, "400 no_service"),
            (404, "<html>", Refused, "404"),
            (403, "Ada <ada@example.com>", Refused, "403"),
            (418, "", Refused, "418"),
            (500, "rollup_error", Unavailable, "500 rollup_error"),
            (503, "<html>", Unavailable, "503"),
            (502, "<html>", Unanswered, "502"),
            (504, "", Unanswered, "504"),
        ];
        for (status, body, kind, code) in table {
            let refusal = Refusal::read(status, body.trim()).unwrap();
            assert_eq!((&refusal.kind, refusal.code.as_str()), (&kind, code), "{status} {body}");
            assert_eq!(refusal.is_of_blocks(), body == "invalid_blocks", "{status} {body}");
        }
        assert_eq!(Refusal::read(200, "ok"), None);
    }

    #[test]
    fn only_a_400_about_blocks_is_worth_another_try() {
        for (status, said, is) in
            [(400, "msg_blocks_too_long", true), (403, "invalid_blocks", false), (400, "no_text", false)]
        {
            assert_eq!(Refusal::read(status, said).unwrap().is_of_blocks(), is, "{status} {said}");
        }
    }
}
