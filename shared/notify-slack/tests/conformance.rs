//! Slack, as its twin plays it, keeps the contract.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

mod workspace;

use notify::conformance::{self, SALES, Seen, Stage, Trouble};
use notify::{Channel, Notifier};
use twin_slack::{Fault, FaultKind};
use workspace::Room;

/// `PLAIN`: Slack refuses all blocks, so that all goes out as text.
struct Twin<const PLAIN: bool>(Room);

impl<const PLAIN: bool> Stage for Twin<PLAIN> {
    async fn empty() -> Self {
        let twin = Self(Room::without_limit().await);
        twin.faults(Vec::new());
        twin
    }

    fn notifier(&self) -> &dyn Notifier {
        &self.0.slack
    }

    fn seen(&self, channel: &Channel) -> Vec<Seen> {
        self.0.seen(channel)
    }

    fn trouble(&self, trouble: Trouble) {
        let fault = match trouble {
            Trouble::RateLimited => Fault::new(FaultKind::RateLimited).retry_after(30),
            Trouble::Unavailable => Fault::new(FaultKind::Unavailable).answering(503, "<html>"),
            Trouble::AnswerLost => Fault::new(FaultKind::AnswerLost),
            Trouble::Refused => Fault::new(FaultKind::Refused).answering(400, "user_not_found"),
            Trouble::Revoked => return assert!(self.0.workspace.revoke(SALES), "there is such a hook"),
        };
        self.faults(vec![fault]);
    }
}

impl<const PLAIN: bool> Twin<PLAIN> {
    fn faults(&self, mut faults: Vec<Fault>) {
        if PLAIN {
            faults.insert(0, Fault::new(FaultKind::BlocksRefused).times(u32::MAX));
        }
        self.0.workspace.set_faults(faults).expect("the twin knows the fault");
    }
}

#[tokio::test]
async fn s_226_it_posts_as_promised() {
    conformance::posting::<Twin<false>>().await;
}

#[tokio::test]
async fn it_takes_all_for_plain_words_as_promised() {
    conformance::plainness::<Twin<false>>().await;
}

#[tokio::test]
async fn it_fails_as_promised() {
    conformance::troubles::<Twin<false>>().await;
}

#[tokio::test]
async fn it_posts_as_promised_where_blocks_are_refused() {
    conformance::posting::<Twin<true>>().await;
}

#[tokio::test]
async fn it_fails_as_promised_where_blocks_are_refused() {
    conformance::troubles::<Twin<true>>().await;
}
