//! Nights of which people are told in Slack, with an archive of the reports.

use std::time::Duration;

use drift::{Report, Tolerance};
use flows::{Announced, Announcer, Failure, announce};
use notify::Channel;
use notify_slack::Slack;
use store::memory::MemoryArchive;
use twin_slack::{Message, Settings, Workspace};

use super::night::{Night, PROOF};
use crate::stories::living::buys;
use crate::world::{outbound, shop};

pub(super) struct NightOffice {
    pub(super) night: Night,
    pub(super) customers: Vec<u64>,
    pub(super) archive: MemoryArchive,
    pub(super) workspace: Workspace,
    pub(super) channel: Channel,
    /// Of a million customers.
    pub(super) tolerance: Tolerance,
    slack: Slack,
    _listening: twin_slack::Listening,
}

impl NightOffice {
    /// A shop of ten customers, and a channel for who looks after it.
    pub(super) async fn new() -> Self {
        let (night, customers) = Night::after(10).await;
        Self::of(night, customers).await
    }

    /// The same for a shop that lives already.
    pub(super) async fn of(night: Night, customers: Vec<u64>) -> Self {
        let clock = night.world.clock.clone();
        let clock = twin_slack::Clock::asking(move || clock.now().as_millisecond());
        let workspace = Workspace::with_clock(clock);
        workspace.add_hook("ops", "/services/T1/B1/hush").unwrap();
        workspace.set_settings(Settings { burst: 1_000_000, ..Settings::default() });
        let listening = workspace.listen(0).await.unwrap();
        let secret = r#"{"channels":{"ops":"https://hooks.slack.com/services/T1/B1/hush"}}"#;
        let slack = connect::chat(&outbound(), Some(&listening.url()), secret).unwrap();
        let archive = MemoryArchive::with_faults(night.faults.clone());
        let (channel, tolerance) = (Channel::new("ops").unwrap(), Tolerance(1_000));
        Self { night, customers, archive, workspace, channel, tolerance, slack, _listening: listening }
    }

    /// So many customers buy something that we never hear of.
    pub(super) fn drifts(&self, customers: usize) {
        for customer in self.customers.iter().take(customers) {
            buys(&self.night.world.shop, *customer, "99.00");
        }
        self.night.loses_all();
        self.night.later();
    }

    /// What the invocation that was called last says, as it does after every call.
    pub(super) async fn tries_to_tell(&self) -> Result<Announced, Failure> {
        let announcer = Announcer {
            runs: &self.night.runs,
            archive: Some(&self.archive),
            chat: Some((&self.slack, &self.channel)),
            tolerance: self.tolerance,
            clock: self.night.world.now.as_ref(),
        };
        announce(&shop(), &announcer, &self.night.means()).await
    }

    pub(super) async fn tells(&self) -> Announced {
        self.tries_to_tell().await.unwrap()
    }

    /// The next tick of the schedule.
    pub(super) async fn ticks(&self) -> Announced {
        self.night.world.clock.advance(Duration::from_mins(5));
        self.tells().await
    }

    /// A night: the proof, what people are told of it, and the workers after it.
    pub(super) async fn passes(&self) -> (Report, Announced) {
        let report = self.night.runs(PROOF).await;
        let announced = self.tells().await;
        self.night.world.settle().await;
        self.night.later();
        (report, announced)
    }

    /// All that stands in the channel.
    pub(super) fn heard(&self) -> Vec<Message> {
        self.workspace.messages("ops")
    }

    /// The first line of each.
    pub(super) fn titles(&self) -> Vec<String> {
        let first = |message: Message| message.reads.lines().next().unwrap_or_default().to_owned();
        self.heard().into_iter().map(first).collect()
    }
}
