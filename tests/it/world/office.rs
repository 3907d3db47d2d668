//! The whole way, to its end: what a worker decides is done by somebody, and time goes by on a schedule.

use std::time::Duration;

use domain::{Backoff, Envelope, Event, ExternalKey, Topic};
use flows::{ActTerms, Acted, Alarm, Delivered, Hands, Watch, act, due};
use jiff::{SignedDuration, Timestamp};
use notify_slack::Slack;
use store::memory::MemoryDeeds;
use twin_hubspot::Linked;
use twin_shopify::{Delivery, HeaderFamily};
use twin_slack::{Message, Settings, Workspace};

use super::{SECRET, SHOP, World, key, outbound, shop};

/// A world with people who are told in Slack, and somebody who does what signals ask for.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) workspace: Workspace,
    pub(crate) deeds: MemoryDeeds,
    slack: Slack,
    listening: twin_slack::Listening,
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::ruled_by(&[]).await
    }

    /// Under the default manifest with these words in it replaced.
    pub(crate) async fn ruled_by(replaced: &[(&str, &str)]) -> Self {
        Self::in_world(World::ruled_by(replaced).await).await
    }

    /// Under the default manifest with these sections behind it.
    pub(crate) async fn ruled_also_by(sections: &str) -> Self {
        let mut world = World::new().await;
        world.rules_and(sections);
        Self::in_world(world).await
    }

    pub(crate) async fn in_world(world: World) -> Self {
        let clock = world.clock.clone();
        let clock = twin_slack::Clock::asking(move || clock.now().as_millisecond());
        let workspace = Workspace::with_clock(clock);
        workspace.add_hook("sales", "/services/T1/B1/hush").unwrap();
        workspace.set_settings(Settings { burst: 1_000_000, ..Settings::default() });
        let listening = workspace.listen(0).await.unwrap();
        let secret = r#"{"channels":{"sales":"https://hooks.slack.com/services/T1/B1/hush"}}"#;
        let slack = connect::chat(&outbound(), Some(&listening.url()), secret).unwrap();
        let deeds = MemoryDeeds::with_faults(world.faults.clone());
        Self { world, workspace, deeds, slack, listening }
    }

    /// Everything pending arrives, is worked on and is acted on.
    pub(crate) async fn live(&self) -> Vec<Acted> {
        self.world.live().await;
        self.acts().await
    }

    /// These arrive, whenever they were raised, and nothing else.
    pub(crate) async fn takes(&self, deliveries: &[Delivery]) -> Vec<Acted> {
        for delivery in deliveries {
            self.world.arrives(delivery).await;
        }
        self.world.settle().await;
        self.acts().await
    }

    /// What nobody is to do anything about: a customer is set right.
    pub(crate) async fn is_set_right(&self, customer: u64) -> Vec<Acted> {
        let now = self.world.clock.now();
        let event = Event { quiet: true, topic: Topic::repair(), ..Event::due(&key(customer), now, now) };
        store::Outbox::send(&self.world.queues, &Envelope::V1(event)).await.unwrap();
        self.world.settle().await;
        self.acts().await
    }

    /// The shop says so about a checkout, now.
    pub(crate) async fn checkout(&self, topic: &str, body: &serde_json::Value) -> Vec<Acted> {
        let now = self.world.clock.now();
        let delivery = Delivery {
            topic: topic.to_owned(),
            shop: SHOP.to_owned(),
            webhook_id: format!("{topic} at {now}"),
            event_id: format!("{now}"),
            triggered_at: now,
            api_version: "2026-10".to_owned(),
            body: body.to_string().into_bytes(),
        };
        self.world.arrives_with(delivery.sign(SECRET, HeaderFamily::Classic), &delivery.body).await;
        self.world.settle().await;
        self.acts().await
    }

    /// So much time goes by, and the schedule runs at least once a day, and at the end.
    pub(crate) async fn waits(&self, time: SignedDuration) -> Vec<Acted> {
        let end = self.world.clock.now() + time;
        let mut acted = Vec::new();
        while self.world.clock.now() < end {
            let tomorrow = self.world.clock.now() + SignedDuration::from_hours(24);
            self.world.clock.advance_to(tomorrow.min(end));
            acted.extend(self.is_reminded().await);
        }
        acted
    }

    pub(crate) async fn waits_until(&self, moment: &str) -> Vec<Acted> {
        let moment: Timestamp = moment.parse().unwrap();
        self.waits(moment.duration_since(self.world.clock.now())).await
    }

    /// The schedule runs once, and what came due is worked on and acted on.
    pub(crate) async fn is_reminded(&self) -> Vec<Acted> {
        let deadline = self.world.clock.now() + SignedDuration::from_secs(300);
        let (index, outbox) = (&self.world.stores.due, &self.world.queues);
        let watch = Watch { index, outbox, clock: self.world.now.as_ref(), deadline };
        let report = due(&[shop()], &watch, false).await;
        assert!(report.shops.iter().all(|shop| shop.error.is_none()), "{report:?}");
        self.world.settle().await;
        self.acts().await
    }

    /// Acts until nothing is left, moving the clock to when the next action comes back.
    pub(crate) async fn acts(&self) -> Vec<Acted> {
        let mut acted = Vec::new();
        for _ in 0..200 {
            let Some(next) = self.world.stores.actions.next_at() else { return acted };
            self.world.clock.advance_to(next.max(self.world.clock.now()));
            acted.extend(self.acts_once().await);
        }
        panic!("it never settles: {acted:?}");
    }

    /// Somebody acts on what can be received now.
    pub(crate) async fn acts_once(&self) -> Vec<Acted> {
        let world = &self.world;
        let received = world.stores.actions.receive(100);
        world.round.set(world.round.get() + 1);
        let terms = ActTerms {
            owner: format!("acting-{}", world.round.get()),
            deadline: world.clock.now() + SignedDuration::from_secs(60),
            backoff: Backoff { base: Duration::from_secs(30), cap: Duration::from_hours(1) },
        };
        let hands = Hands {
            deeds: &self.deeds,
            links: &world.links,
            parked: &world.queues,
            redelivery: &world.stores.actions,
            crm: world.side.crm.as_ref(),
            record_url: &|record| Some(format!("https://app.hubspot.com/contacts/1/record/0-1/{record}")),
            key_of: &|customer| ExternalKey::new("", customer.customer),
            shops: &world.admin,
            chat: Some(&self.slack),
            clock: world.now.as_ref(),
            chance: &|| u64::MAX / 2,
            alarm: &|_| -> Alarm { Box::pin(std::future::pending()) },
        };
        let batch = received.iter().map(|one| Delivered {
            message_id: one.held.id.clone(),
            receipt: one.held.receipt.clone(),
            body: one.held.body.clone(),
            receives: one.held.receives,
        });
        let acted = act(batch.collect(), &hands, &terms).await;
        for one in &received {
            let answer = acted.iter().find(|acted| acted.message_id == one.held.id);
            if !answer.expect("each has its answer").comes_back() {
                world.stores.actions.delete(&one.held.receipt);
            }
        }
        acted
    }

    /// The tasks on a customer's contact, as the CRM has them.
    pub(crate) fn tasks(&self, customer: u64) -> Vec<Linked> {
        let contact = self.world.contact(customer).id;
        let all = self.world.portal.tasks().into_iter();
        all.filter(|task| task.contacts.contains(&contact)).collect()
    }

    /// What those tasks are about.
    pub(crate) fn subjects(&self, customer: u64) -> Vec<String> {
        self.tasks(customer).into_iter().map(|task| task.properties["hs_task_subject"].clone()).collect()
    }

    /// What stands in the channel of the sales team.
    pub(crate) fn told(&self) -> Vec<Message> {
        self.workspace.messages("sales")
    }

    /// What a property of the contact has; empty where it has nothing.
    pub(crate) fn says(&self, customer: u64, property: &str) -> String {
        self.world.contact(customer).properties.get(property).cloned().unwrap_or_default()
    }

    /// The labels on the contact.
    pub(crate) fn labels(&self, customer: u64) -> Vec<String> {
        let said = self.says(customer, "shopify_signals");
        said.split(';').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect()
    }
}

/// An office that is left with actions undone hides it.
impl Drop for Office {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(
                self.world.stores.actions.next_at(),
                None,
                "actions are left at {}",
                self.listening.url()
            );
        }
    }
}
