//! The nightly proof: the shop and the CRM side by side, and what a hand in the CRM changed.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::demo::cast::amount;
use crate::demo::scene::{Scene, contact, ended, property};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;

/// Proves, lets a hand change an amount, proves again, and lets the next event mend it.
pub(super) async fn plays(stand: &Stand, scene: &mut Scene) -> Result<Vec<Verdict>> {
    let agrees = agrees(&prove(stand).await?, scene);
    let (person, id) = scene.people[0];
    let theirs = contact(stand, id, |_| true).await?;
    let contact_id = theirs["id"].as_str().unwrap_or_default();
    stand.crm.edits(contact_id, &[("total_spent", "1")]).await?;
    let drifted = finds_it(&prove(stand).await?);
    scene.changes(id, &json!({"tags": ["demo", "regular"]})).await?;
    let sent = scene.delivers(&json!({})).await?;
    ended(stand, &sent).await?;
    let amount_now = property(&contact(stand, id, |_| true).await?, "total_spent").to_owned();
    let right = amount_now.parse::<f64>().ok() == amount(person.spent_cents()).parse::<f64>().ok();
    let wrong: Vec<String> = (!right).then(|| format!("spend is still {amount_now}")).into_iter().collect();
    let mended = Verdict::of(
        "the next event restores an amount that was edited by hand",
        &wrong,
        format!("{amount_now} again"),
    );
    Ok(vec![agrees, drifted, mended])
}

/// What the nightly function says of this shop. A run goes on with each call until it is over, as its schedule would have
/// it.
pub(super) async fn prove(stand: &Stand) -> Result<Value> {
    let mut request = json!({"action": "run"});
    for _ in 0..CALLS {
        let answer = stand.aws.invoke(stand.outputs().get("ReconcileFunction")?, &request).await?;
        let told = &answer["shops"][0];
        if told["state"] == "ended" {
            return Ok(told["report"].clone());
        }
        request = json!({"action": "continue"});
        tokio::time::sleep(BETWEEN).await;
    }
    bail!("the nightly proof did not end")
}

const CALLS: usize = 30;
const BETWEEN: Duration = Duration::from_secs(1);

fn agrees(report: &Value, scene: &Scene) -> Verdict {
    let (all, tally) = (scene.people.len(), &report["tally"]);
    let holds = report["end"] == "whole" && tally["shop_customers"] == all && tally["causes"] == json!({});
    let wrong: Vec<String> = (!holds).then(|| report.to_string()).into_iter().collect();
    Verdict::of(
        "the nightly proof finds shop and CRM in agreement",
        &wrong,
        format!("{all} of {all} customers"),
    )
}

fn finds_it(report: &Value) -> Verdict {
    let tally = &report["tally"];
    // What changed minutes ago may still be on its way, and is counted as that.
    let found = tally["causes"]["manual_edit"] == 1 && tally["fields"]["total_spent"] == 1;
    let holds = report["end"] == "whole" && (found || tally["settling"] == 1);
    let wrong: Vec<String> = (!holds).then(|| report.to_string()).into_iter().collect();
    Verdict::of("the nightly proof finds what a hand changed", &wrong, "one amount of one contact".into())
}
