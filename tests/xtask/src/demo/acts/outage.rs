//! Two customers whom the CRM refuses until their events are dead. Then the fault is lifted: what died of the first is replayed
//! by hand, and what died of the second is forgotten, until the night.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use crate::demo::acts::day::differences;
use crate::demo::acts::proof;
use crate::demo::cast::{FORGOTTEN, Person, REFUSED};
use crate::demo::scene::{Scene, contact, contacts, is_of, queues};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;

/// Longer than any retry on the stand lasts.
const FOR_LONG: u32 = 10_000;

/// Plays it, from the fault to the replay.
pub(super) async fn plays(stand: &Stand, scene: &mut Scene) -> Result<Vec<Verdict>> {
    let Refused { id, sent, dead } = is_refused(stand, scene, REFUSED).await?;
    let died = dies(stand, id, sent, dead).await?;
    stand.crm.recovers().await?;
    let replayed = is_replayed(stand, id, dead).await?;
    Ok(vec![died, replayed, is_forgotten(stand, scene).await?])
}

/// What became of somebody whom the CRM refuses.
struct Refused {
    id: u64,
    /// Deliveries.
    sent: usize,
    dead: u64,
}

async fn is_refused(stand: &Stand, scene: &mut Scene, person: Person) -> Result<Refused> {
    stand.crm.refuses(person.email, FOR_LONG).await?;
    let id = scene.enters(person).await?;
    let sent = scene.delivers(&json!({})).await?.len();
    let dead = queues(stand, "the death of an event", |now| now.dead > 0 && now.waiting == 0).await?.dead;
    Ok(Refused { id, sent, dead })
}

/// Nobody replays what died of the second one, and the night finds that they are missing.
async fn is_forgotten(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let Refused { id, dead, .. } = is_refused(stand, scene, FORGOTTEN).await?;
    stand.crm.recovers().await?;
    let report = proof::prove(stand).await?;
    let mut wrong = differs(&report["tally"], "replayed", dead);
    queues(stand, "what the night sent again", |now| now.dead == 0 && now.waiting == 0).await?;
    let theirs = contact(stand, id, |contact| differences(&FORGOTTEN, contact).is_empty()).await;
    wrong.extend(theirs.err().map(|trouble| format!("{trouble:#}")));
    let seen = format!("{dead} that nobody replayed");
    Ok(Verdict::of("the night replays what died of who is missing", &wrong, seen))
}

async fn dies(stand: &Stand, id: u64, sent: usize, dead: u64) -> Result<Verdict> {
    let there = contacts(stand).await?.iter().any(|contact| is_of(contact, id));
    let wrong: Vec<String> = there.then(|| "the CRM has the contact".to_owned()).into_iter().collect();
    let seen = format!("{sent} deliveries accepted during the outage, {dead} dead");
    Ok(Verdict::of("what the CRM refuses to the end is kept as dead", &wrong, seen))
}

async fn is_replayed(stand: &Stand, id: u64, dead: u64) -> Result<Verdict> {
    let function = stand.outputs().get("ReplayFunction")?;
    let preview = stand.aws.invoke(function, &json!({"action": "preview", "from": "dead"})).await?;
    let mut wrong = differs(&preview, "matched", dead);
    if queues(stand, "a preview that leaves the dead alone", |now| now.dead == dead).await.is_err() {
        wrong.push("the preview moved events".to_owned());
    }
    let replayed = stand.aws.invoke(function, &json!({"action": "replay", "from": "dead"})).await?;
    wrong.extend(differs(&replayed, "replayed", dead));
    queues(stand, "the replay of the dead", |now| now.dead == 0 && now.waiting == 0).await?;
    let theirs = contact(stand, id, |contact| differences(&REFUSED, contact).is_empty()).await;
    wrong.extend(theirs.err().map(|trouble| format!("{trouble:#}")));
    let seen = format!("{dead} previewed and replayed; they had died of {}", reasons(&preview));
    Ok(Verdict::of("the dead are replayed and then right in the CRM", &wrong, seen))
}

/// Where the replay function counted other than the queue did.
fn differs(report: &Value, count: &str, expected: u64) -> Vec<String> {
    let counted = report[count].as_u64();
    let wrong =
        (counted != Some(expected)).then(|| format!("{count} is {counted:?}, not {expected}: {report}"));
    wrong.into_iter().collect()
}

/// The reasons that replay knows, each once.
fn reasons(report: &Value) -> String {
    let of = |message: &Value| message["reason"].as_str().unwrap_or("?").to_owned();
    let all: BTreeSet<String> = report["messages"].as_array().into_iter().flatten().map(of).collect();
    all.into_iter().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_named_once() {
        let report = json!({"messages": [{"reason": "b"}, {"reason": "a"}, {"reason": "b"}]});
        assert_eq!(reasons(&report), "a; b");
    }

    #[test]
    fn a_count_that_is_wrong_or_missing_is_told() {
        assert!(differs(&json!({"matched": 2}), "matched", 2).is_empty());
        assert_eq!(differs(&json!({}), "matched", 2).len(), 1);
    }
}
