//! A checkout that nobody goes on with: what comes due by itself.

use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::command::SHOP;
use crate::demo::scene::{Scene, contact, ended, property, quiet};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;
use crate::stand::crm::Task;
use crate::stand::settle::until;

/// As `infra/sync.toml` has it: how long nothing is done with a checkout that counts as left.
const QUIET: SignedDuration = SignedDuration::from_mins(60);
/// How much of that is not over yet when the shop tells us: nobody who watches waits an hour.
const LEFT_TO_WAIT: SignedDuration = SignedDuration::from_secs(3);
/// As `infra/sync.toml` has them, in `[actions.recover_checkout]` and `[signals.recovery_lead]`.
const TASK: &str = "Recover an abandoned checkout";
const LABEL: &str = "Recovery Lead";
const PROMISE: &str = "what comes due needs no event";

/// Somebody who has not bought anything begins a checkout, and goes away.
pub(super) async fn plays(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let nobody = scene.people.iter().find(|(person, _)| person.orders_cents.is_empty());
    let (person, id) = *nobody.context("everybody has bought something")?;
    let touched_at = Timestamp::now() + LEFT_TO_WAIT - QUIET;
    let delivery = Scene::signs("checkouts/update", checkout(id, touched_at).to_string().as_bytes())?;
    scene.posts(&delivery).await?;
    ended(stand, std::slice::from_ref(&delivery.webhook_id)).await?;
    let mut wrong = too_early(stand, touched_at + QUIET).await?;
    comes_due(stand, touched_at + QUIET).await?;
    let theirs = contact(stand, id, |contact| property(contact, "shopify_signals").contains(LABEL)).await?;
    let asked =
        Task { contact: theirs["id"].as_str().unwrap_or_default().to_owned(), subject: TASK.to_owned() };
    until("the task of a left checkout", Duration::from_secs(30), || async {
        Ok(stand.crm.tasks().await?.contains(&asked).then_some(()))
    })
    .await?;
    quiet(stand).await?;
    let count = stand.crm.tasks().await?.iter().filter(|task| **task == asked).count();
    wrong.extend((count != 1).then(|| format!("{} has {count} tasks", person.name())));
    let seen = format!("an hour after {} left a checkout: {LABEL:?}, and one task", person.first_name);
    Ok(Verdict::of(PROMISE, &wrong, seen))
}

/// What Shopify says of it, as far as anyone needs it.
fn checkout(customer: u64, touched_at: Timestamp) -> Value {
    json!({
        "token": "hWN1h4y3pQ7rK2mX9bT5", "completed_at": null,
        "updated_at": touched_at.to_string(), "customer": {"id": customer},
    })
}

/// Looks for what is due while nothing is.
async fn too_early(stand: &Stand, due_at: Timestamp) -> Result<Vec<String>> {
    let sent = sent(stand).await?;
    let is_early = Timestamp::now() < due_at;
    Ok((is_early && sent > 0).then(|| "it was sent before its time".to_owned()).into_iter().collect())
}

/// Lets the time come, and the function look, as its schedule would have it every quarter of an hour.
async fn comes_due(stand: &Stand, due_at: Timestamp) -> Result<()> {
    let wait = Duration::try_from(due_at.duration_since(Timestamp::now())).unwrap_or_default();
    tokio::time::sleep(wait).await;
    until("the sending of what is due", Duration::from_secs(30), || async {
        Ok((sent(stand).await? > 0).then_some(()))
    })
    .await
}

/// How much the function of what is due sends now.
async fn sent(stand: &Stand) -> Result<u64> {
    let answer = stand.aws.invoke(stand.outputs().get("DueFunction")?, &json!({"shop": SHOP})).await?;
    answer["shops"][0]["sent"].as_u64().with_context(|| format!("due answered {answer}"))
}
