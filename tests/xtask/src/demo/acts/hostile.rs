//! What does not come from Shopify, or makes no sense.

use anyhow::Result;

use crate::command::SHOP;
use crate::demo::acts::day::told_about;
use crate::demo::scene::{Scene, ended, queues, quiet};
use crate::demo::verdict::Verdict;
use crate::stand::queues::Queues;
use crate::stand::{Stand, deliveries};

/// A body that was changed on the way.
pub(super) async fn forges(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let (person, id) = scene.people[0];
    let before = quiet(stand).await?;
    let forged = Scene::signs("customers/update", told_about(&person, id).to_string().as_bytes())?.tampered();
    let status = scene.posts(&forged).await?;
    let after = Queues::now(&stand.aws, stand.outputs()).await?;
    let table = stand.outputs().get("KeysTable")?;
    let row = deliveries::one(&stand.aws, table, &deliveries::key(SHOP, &forged.webhook_id)).await?;
    let mut wrong = answered(status, 401);
    let events = |queues: Queues| (queues.waiting, queues.parked, queues.dead);
    if events(before) != events(after) || row.is_some() {
        wrong.push("it went in".to_owned());
    }
    Ok(Verdict::of("a tampered webhook is refused", &wrong, "401, nothing queued".into()))
}

/// A body that is signed, and neither JSON nor even text.
pub(super) async fn mumbles(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    const PROMISE: &str = "what nobody can read is parked, not lost";
    let before = Queues::now(&stand.aws, stand.outputs()).await?;
    let mumbled = Scene::signs("orders/create", b"<order>no JSON, no text: \xff\xfe</order>")?;
    let mut wrong = answered(scene.posts(&mumbled).await?, 200);
    if !wrong.is_empty() {
        return Ok(Verdict::of(PROMISE, &wrong, String::new()));
    }
    queues(stand, "the parking of an unreadable event", |now| now.parked > before.parked && now.waiting == 0)
        .await?;
    let ends = ended(stand, std::slice::from_ref(&mumbled.webhook_id)).await?;
    let outcome = ends.first().map_or("", |end| end.outcome.as_str());
    if !outcome.starts_with("parked") {
        wrong.push(format!("it ended as {outcome:?}"));
    }
    let seen = format!("answered 200, then {outcome}: it waits for a person");
    Ok(Verdict::of(PROMISE, &wrong, seen))
}

fn answered(status: u16, expected: u16) -> Vec<String> {
    let wrong = (status != expected).then(|| format!("it was answered {status}, not {expected}"));
    wrong.into_iter().collect()
}
