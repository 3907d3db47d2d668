//! What does not come from Shopify, or makes no sense.

use anyhow::Result;

use crate::command::SHOP;
use crate::demo::acts::day::told_about;
use crate::demo::scene::{Scene, ended, queues};
use crate::demo::verdict::Verdict;
use crate::stand::queues::Queues;
use crate::stand::{Stand, deliveries};

/// A body that was changed on the way.
pub(super) async fn forges(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let (person, id) = scene.people[0];
    let before = Queues::now(&stand.aws, stand.outputs()).await?;
    let forged = Scene::signs("customers/update", told_about(&person, id).to_string().as_bytes())?.tampered();
    let status = scene.posts(&forged).await?;
    let after = Queues::now(&stand.aws, stand.outputs()).await?;
    let table = stand.outputs().get("KeysTable")?;
    let row = deliveries::one(&stand.aws, table, &deliveries::key(SHOP, &forged.webhook_id)).await?;
    let mut wrong = Vec::new();
    if status != 401 {
        wrong.push(format!("it was answered {status}"));
    }
    if before != after || row.is_some() {
        wrong.push("it went in".to_owned());
    }
    Ok(Verdict::of("a tampered webhook is refused", &wrong, "401, nothing queued".into()))
}

/// A body that is signed, and no JSON.
pub(super) async fn mumbles(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let before = Queues::now(&stand.aws, stand.outputs()).await?;
    let mumbled = Scene::signs("orders/create", b"<order>not JSON at all \xff\xfe</order>")?;
    let status = scene.posts(&mumbled).await?;
    queues(stand, "the parking of an unreadable event", |now| now.parked > before.parked && now.waiting == 0)
        .await?;
    let ends = ended(stand, std::slice::from_ref(&mumbled.webhook_id)).await?;
    let outcome = ends.first().map_or("", |end| end.outcome.as_str());
    let mut wrong = Vec::new();
    if status != 200 {
        wrong.push(format!("it was answered {status}"));
    }
    if !outcome.starts_with("parked") {
        wrong.push(format!("it ended as {outcome:?}"));
    }
    Ok(Verdict::of("what nobody can read is parked, not lost", &wrong, outcome.to_owned()))
}
