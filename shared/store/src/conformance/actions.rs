//! What every queue of actions promises.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use domain::{ActionKey, ActionMessage, ActionName, CustomerId, CustomerKey, Deed, Firing, Period, RecordId};

use super::{answered, at, awkward, shop};
use crate::{ActionQueue, Held, Redelivery, StoreErrorKind};

/// A queue of actions on a stage: its two sides, an event source, and how its time passes.
pub trait ActionsStage: Sync {
    /// Where actions go.
    fn actions(&self) -> &impl ActionQueue;
    /// The say in when they come back.
    fn redelivery(&self) -> &impl Redelivery;
    /// One look of an event source into the queue, for at most ten messages.
    fn receive(&self) -> impl Future<Output = Vec<Held>> + Send;
    /// What an event source does with a message that was worked on.
    fn delete(&self, held: &Held) -> impl Future<Output = ()> + Send;
    /// Lets time pass.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// Every promise of [`ActionQueue`].
pub async fn actions(stage: &impl ActionsStage) {
    who_fires_nothing_sends_nothing(stage).await;
    any_action_comes_as_it_was_fired(stage).await;
    many_actions_come_once_each(stage).await;
    what_cannot_be_sent_does_not_take_the_others_along(stage).await;
    large_actions_go_in_more_calls(stage).await;
    an_action_comes_back_when_it_was_told_to(stage).await;
}

/// How often a look is repeated before something counts as lost, with a second in between.
const LOOKS: usize = 30;

fn firing(n: u64, text: &str) -> Firing {
    let (action, shop) = (ActionName::parse("call_new_vip"), shop("actions"));
    let action = action.expect("the suite's actions have names");
    let customer = CustomerKey { shop: shop.clone(), customer: CustomerId::new(n) };
    Firing {
        key: ActionKey::new(&action, &customer, Period::Time(1)),
        action,
        shop,
        customer: customer.customer,
        record: RecordId::new("55"),
        order: None,
        fired_at: at(0),
        deed: Deed::Note { lines: vec![text.to_owned()] },
    }
}

async fn fired(stage: &impl ActionsStage, firings: &[Firing]) {
    let answers = stage.actions().fire(firings).await;
    assert_eq!(answers.len(), firings.len(), "one answer for each");
    answers.into_iter().for_each(answered);
}

/// Takes messages off the queue until so many have come, and looks once more.
async fn taken(stage: &impl ActionsStage, count: usize) -> Vec<Firing> {
    let mut came = Vec::new();
    for _ in 0..LOOKS + count {
        let held = stage.receive().await;
        if held.is_empty() && came.len() >= count {
            break;
        }
        if held.is_empty() {
            stage.pass(Duration::from_secs(1)).await;
        }
        for held in held {
            let ActionMessage::V1(firing) =
                serde_json::from_str(&held.body).expect("what comes is an action's message");
            came.push(firing);
            stage.delete(&held).await;
        }
    }
    assert_eq!(came.len(), count, "{count} were sent, and another number came");
    came
}

async fn who_fires_nothing_sends_nothing(stage: &impl ActionsStage) {
    fired(stage, &[]).await;
    assert!(taken(stage, 0).await.is_empty(), "a message came that nobody sent");
}

async fn any_action_comes_as_it_was_fired(stage: &impl ActionsStage) {
    for text in awkward::TEXTS {
        let firing = firing(u64::MAX, text);
        fired(stage, std::slice::from_ref(&firing)).await;
        assert_eq!(taken(stage, 1).await, [firing], "an action was changed on its way");
    }
}

async fn many_actions_come_once_each(stage: &impl ActionsStage) {
    let all: Vec<_> = (0..25).map(|n| firing(n, "one of many")).collect();
    fired(stage, &all).await;
    let came: BTreeSet<_> = taken(stage, all.len()).await.into_iter().map(|firing| firing.key).collect();
    assert_eq!(came, all.into_iter().map(|firing| firing.key).collect(), "one came for another");
}

async fn what_cannot_be_sent_does_not_take_the_others_along(stage: &impl ActionsStage) {
    let mut all: Vec<_> = (0..12).map(|n| firing(n, "small")).collect();
    all[4] = firing(4, &"x".repeat(300_000));
    let answers = stage.actions().fire(&all).await;
    assert_eq!(answers.len(), all.len(), "one answer for each");
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(()) => assert_ne!(n, 4, "what is larger than a message was sent"),
            Err(error) => assert_eq!((n, error.kind()), (4, StoreErrorKind::Refused), "{error}"),
        }
    }
    let came = taken(stage, 11).await;
    assert!(came.iter().all(|firing| firing.customer != CustomerId::new(4)));
}

async fn large_actions_go_in_more_calls(stage: &impl ActionsStage) {
    let all: Vec<_> = (0..7).map(|n| firing(n, &"x".repeat(100_000))).collect();
    fired(stage, &all).await;
    assert_eq!(taken(stage, all.len()).await.len(), all.len());
}

async fn an_action_comes_back_when_it_was_told_to(stage: &impl ActionsStage) {
    fired(stage, &[firing(1, "comes back")]).await;
    let mut looks = 0;
    let first = loop {
        if let Some(held) = stage.receive().await.pop() {
            break held;
        }
        looks += 1;
        assert!(looks < LOOKS, "the action did not come");
        stage.pass(Duration::from_secs(1)).await;
    };
    answered(stage.redelivery().come_back_after(&first.receipt, Duration::from_millis(2500)).await);
    assert!(stage.receive().await.is_empty(), "an action came back before its time");
    assert_eq!(taken(stage, 1).await.len(), 1, "it came back");
}
