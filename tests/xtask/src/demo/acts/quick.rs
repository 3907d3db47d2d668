//! Single changes, timed from the webhook to the CRM.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::demo::scene::{Scene, contact, property};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;

const CHANGES: usize = 12;
/// The promise is seconds (S-143). This machine also builds and emulates, so the bound is a generous one.
const SECONDS: Duration = Duration::from_secs(10);

/// One change after the other; each is waited for.
pub(super) async fn plays(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let (_, id) = scene.people[0];
    for change in 1..=CHANGES {
        let name = format!("Lovelace {change}");
        scene.changes(id, &json!({"last_name": name})).await?;
        let began = Instant::now();
        scene.delivers(&json!({})).await?;
        contact(stand, id, |contact| property(contact, "lastname") == name).await?;
        scene.latency.add(began.elapsed());
    }
    let slow = scene.latency.percentile(95).filter(|&p95| p95 > SECONDS);
    let wrong: Vec<String> = slow.map(|_| scene.latency.words()).into_iter().collect();
    Ok(Verdict::of("a change is in the CRM within seconds", &wrong, scene.latency.words()))
}
