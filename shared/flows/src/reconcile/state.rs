//! Where a run is, and how that is kept.

use drift::{Purpose, Report};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shopify::BulkId;
use store::{Checkpoint, StoreError, StoreErrorKind};

use super::pages::Window;
use crate::failure::Failure;

/// A run, as far as it came.
#[derive(Debug)]
pub(super) struct State {
    pub(super) report: Report,
    pub(super) step: Step,
    /// How often this step failed in passing, one time after the other.
    pub(super) tries: u32,
    /// How often the bulk operation was begun anew.
    pub(super) again: u32,
    /// What is large, in parts whose meaning depends on the step.
    body: Vec<Vec<u8>>,
    /// Whether it has to be kept with the next checkpoint.
    pub(super) is_body_new: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Begin the bulk operation, or adopt the one that runs.
    Begin,
    /// Wait until it is done. `objects` is how far it was when it last moved.
    Wait { bulk: String, objects: u64, moved_at: Timestamp },
    /// Read its result into buckets. Body: the reader's token, where it was begun.
    Read { bulk: String },
    /// List the CRM. Body: the shop's buckets, the CRM's half.
    List { bulk: String, after: Option<String> },
    /// Read the result again for those in buckets that differ. Body: the shop's buckets, the CRM's half, and the reader's
    /// token where it was begun.
    Find { bulk: String },
    /// Pass over those whom the CRM listed, from this one on: is their link there, and do the rules still say the same of them?
    /// `refreshes` where they do not. Body: the shop's buckets, the CRM's half.
    Sweep { bulk: String, at: usize, refreshes: bool },
    /// Send again what died of those who are missing. Body: the candidates.
    Letters,
    /// Look at the candidates from this one on. Body: the candidates.
    Look { at: usize },
    /// Merge the records of these customers, then look at the candidates from this one on. Body: the candidates.
    Merge { at: usize, customers: Vec<u64> },
    /// Sync those who changed within the window, page by page.
    Pages { after: Option<String>, window: Window },
    /// Count the orders and deals of this week of the report's.
    Count { at: usize },
    /// Read this week's orders page by page, to count them by the rules. So many were counted, and of them are nobody's.
    Weigh { at: usize, after: Option<String>, orders: u64, nobodys: u64 },
    /// Sync this week's orders again, page by page.
    Mend { at: usize, after: Option<String> },
}

impl Step {
    /// The operation that the shop may be at work on.
    pub(super) fn running(&self) -> Option<BulkId> {
        match self {
            Self::Wait { bulk, .. } => Some(BulkId::new(bulk)),
            _ => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    report: Report,
    step: Step,
    tries: u32,
    again: u32,
}

const VERSION: u32 = 1;

impl State {
    pub(super) fn begun(report: Report, window: Option<Window>) -> Self {
        let step = match window {
            Some(window) if report.purpose == Purpose::Backfill => Step::Pages { after: None, window },
            _ if report.purpose == Purpose::Count => Step::Count { at: 0 },
            _ => Step::Begin,
        };
        Self { report, step, tries: 0, again: 0, body: vec![], is_body_new: true }
    }

    /// As it was kept. A checkpoint of another version is none of ours: whoever deployed it goes on with it, or cancels it.
    pub(super) fn of(kept: &Checkpoint) -> Result<Self, Failure> {
        let head: Option<Head> = serde_json::from_str(&kept.head).ok();
        let head = head.filter(|head| head.version == VERSION);
        let read = head.zip(parts(&kept.body)).map(|(head, body)| {
            let Head { report, step, tries, again, .. } = head;
            Self { report, step, tries, again, body, is_body_new: false }
        });
        let words = "the checkpoint of the run is not of this version; cancel the run, and begin it anew";
        read.ok_or_else(|| StoreError::new(StoreErrorKind::Unreadable, words).into())
    }

    /// To be kept: the body only where it is another one.
    pub(super) fn kept(&self) -> (String, Option<Vec<u8>>) {
        let (report, step) = (self.report.clone(), self.step.clone());
        let head = Head { version: VERSION, report, step, tries: self.tries, again: self.again };
        let body = self.is_body_new.then(|| joined(&self.body));
        (serde_json::to_string(&head).unwrap_or_default(), body)
    }

    pub(super) fn set_body(&mut self, body: Vec<Vec<u8>>) {
        (self.body, self.is_body_new) = (body, true);
    }

    /// A part of the body; an empty one where there is none.
    pub(super) fn part(&self, index: usize) -> &[u8] {
        self.body.get(index).map_or(&[], Vec::as_slice)
    }
}

fn joined(all: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(all.iter().map(|part| part.len() + 8).sum());
    for part in all {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part);
    }
    bytes
}

fn parts(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        all.push(part.to_vec());
        bytes = rest;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_kept_comes_back_and_its_body_is_kept_once() {
        let report = Report::begun("demo.myshopify.com", "r-1", Purpose::Proof, false, Timestamp::UNIX_EPOCH);
        let mut state = State::begun(report, None);
        state.step = Step::List { bulk: "gid://shopify/BulkOperation/1".into(), after: Some("x".into()) };
        state.set_body(vec![b"one".to_vec(), vec![], b"three".to_vec()]);
        let (head, body) = state.kept();
        let mut back = State::of(&Checkpoint { head: head.clone(), body: body.unwrap() }).unwrap();
        assert_eq!(
            (back.part(0), back.part(1), back.part(2), back.part(3)),
            (&b"one"[..], &b""[..], &b"three"[..], &b""[..])
        );
        assert_eq!(back.kept(), (head, None));
        back.set_body(vec![]);
        assert_eq!(back.kept().1, Some(vec![]));
    }

    #[test]
    fn a_checkpoint_of_another_version_or_a_broken_one_is_refused() {
        let report = Report::begun("demo.myshopify.com", "r-1", Purpose::Proof, false, Timestamp::UNIX_EPOCH);
        let (head, _) = State::begun(report, None).kept();
        let read =
            |head: &str, body: &[u8]| State::of(&Checkpoint { head: head.to_owned(), body: body.to_vec() });
        assert!(read(&head, &[]).is_ok());
        assert!(read(&head.replace("\"version\":1", "\"version\":2"), &[]).is_err());
        assert!(read("{}", &[]).is_err());
        assert!(read(&head, &[9]).is_err());
    }
}
