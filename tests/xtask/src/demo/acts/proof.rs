//! The nightly proof: the shop and the CRM side by side, and what a hand in the CRM changed.

use anyhow::Result;
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

/// What the nightly function says of this shop; the schedule invokes it without a word, and so does this.
async fn prove(stand: &Stand) -> Result<Value> {
    let report = stand.aws.invoke(stand.outputs().get("ReconcileFunction")?, &json!({})).await?;
    Ok(report["shops"][0].clone())
}

fn agrees(report: &Value, scene: &Scene) -> Verdict {
    let all = scene.people.len();
    let holds = report["customers"] == all && report["matching"] == all;
    let wrong: Vec<String> = (!holds).then(|| report.to_string()).into_iter().collect();
    Verdict::of(
        "the nightly proof finds shop and CRM in agreement",
        &wrong,
        format!("{all} of {all} customers"),
    )
}

fn finds_it(report: &Value) -> Verdict {
    let holds = report["differing"] == 1 && report["fields"]["total_spent"] == 1;
    let wrong: Vec<String> = (!holds).then(|| report.to_string()).into_iter().collect();
    Verdict::of("the nightly proof finds what a hand changed", &wrong, "one amount of one contact".into())
}
