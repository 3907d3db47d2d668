//! What came of it, on one page.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::command::SHOP;
use crate::demo::requests::requests;
use crate::demo::scene::{Scene, contacts, is_of, property};
use crate::demo::table::table;
use crate::demo::verdict::Verdict;
use crate::progress::{bold, green, red};
use crate::stand::chat::CHANNEL;
use crate::stand::queues::Queues;
use crate::stand::{Stand, deliveries};

/// How many fields of an outcome are named.
const FIELDS_SHOWN: usize = 4;

/// The whole page.
pub(crate) async fn report(stand: &Stand, scene: &Scene, verdicts: &[Verdict]) -> Result<String> {
    let parts = [
        ("What came in", arrivals(stand, scene).await?),
        ("What was done, and why", outcomes(stand, scene).await?),
        ("Customers in the CRM", people(stand, scene).await?),
        ("What people were asked to do", requests(stand).await?),
        ("Promises", promises(verdicts)),
    ];
    let parts = parts.map(|(name, text)| format!("\n{}\n{text}", bold(name)));
    Ok(parts.concat())
}

async fn arrivals(stand: &Stand, scene: &Scene) -> Result<String> {
    let queues = Queues::now(&stand.aws, stand.outputs()).await?;
    let distinct = scene.topics.len();
    let duplicates = scene.posts - scene.refused - distinct;
    let rows = [
        ("webhooks posted", scene.posts.to_string()),
        ("deliveries", distinct.to_string()),
        ("duplicates of them", duplicates.to_string()),
        ("refused as forged", scene.refused.to_string()),
        ("parked, for a person", queues.parked.to_string()),
        ("dead, after all tries", queues.dead.to_string()),
        ("webhook to CRM", scene.latency.words()),
    ];
    Ok(rows.map(|(name, value)| format!("  {name:<21}  {value}\n")).concat())
}

/// Deliveries that ended alike, counted.
async fn outcomes(stand: &Stand, scene: &Scene) -> Result<String> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in deliveries::all(&stand.aws, stand.outputs().get("KeysTable")?, SHOP).await? {
        let end = if row.done { without_ids(&row.outcome) } else { "in progress".to_owned() };
        *counts.entry((topic(scene, &row.key), end)).or_default() += 1;
    }
    let rows = counts.into_iter().map(|((topic, end), count)| vec![count.to_string(), topic, end]);
    Ok(table(&["count", "topic", "outcome"], &rows.collect::<Vec<_>>()))
}

/// What a delivery was about: what the shop sent, what came due by itself, or else one of the files of `infra/events`.
fn topic(scene: &Scene, key: &str) -> String {
    let id = key.rsplit('#').next().unwrap_or_default();
    match scene.topics.get(id) {
        Some(topic) => topic.clone(),
        None if id.starts_with("abandoned-") => "(came due by itself)".to_owned(),
        None => "(a sample event)".to_owned(),
    }
}

/// Two contacts updated alike are one line: long numbers are ids, and so are Salesforce's 18 letters and digits.
fn without_ids(outcome: &str) -> String {
    let plain = |word: &str| {
        let id = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
        let is_number = id.len() > 2 && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_record =
            id.len() == 18 && id.starts_with('0') && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_number || is_record { format!("…{}", &word[id.len()..]) } else { word.to_owned() }
    };
    shortened(&outcome.split(' ').map(plain).collect::<Vec<_>>().join(" "))
}

/// A list of more than a few fields, cut: how many it were is enough on one page.
fn shortened(outcome: &str) -> String {
    let parts: Vec<&str> = outcome.split(", ").collect();
    if parts.len() <= FIELDS_SHOWN {
        return outcome.to_owned();
    }
    format!("{} and {} more", parts[..FIELDS_SHOWN].join(", "), parts.len() - FIELDS_SHOWN)
}

async fn people(stand: &Stand, scene: &Scene) -> Result<String> {
    let contacts = contacts(stand).await?;
    let row = |id: &u64| {
        let contact = contacts.iter().find(|contact| is_of(contact, *id))?;
        let of = |name: &str| property(contact, name).to_owned();
        let name = format!("{} {}", of("firstname"), of("lastname"));
        Some(vec![
            contact["id"].as_str()?.to_owned(),
            of("total_spent"),
            of("orders_count"),
            of("last_order_name"),
            of("shopify_signals"),
            name,
        ])
    };
    let rows: Vec<_> = scene.people.iter().filter_map(|(_, id)| row(id)).collect();
    Ok(table(&["contact", "spent", "orders", "last order", "signals", "name"], &rows))
}

fn promises(verdicts: &[Verdict]) -> String {
    let lines = verdicts.iter().map(Verdict::line).collect::<Vec<_>>().join("\n");
    let broken = verdicts.iter().filter(|verdict| !verdict.held).count();
    let end = if broken == 0 { green("every promise kept") } else { red(&format!("{broken} broken")) };
    format!("{lines}\n\n  {end}")
}

/// How to reach what is running.
pub(crate) fn addresses(stand: &Stand) -> Result<String> {
    let at = &stand.addresses;
    let (receiver, replay) = (at.outputs.get("ReceiverFunction")?, at.outputs.get("ReplayFunction")?);
    let rows = [
        ("webhooks".to_owned(), format!("POST {}  (Host: {})", at.webhook_url, at.webhook_host)),
        ("Shopify twin".to_owned(), format!("{}  (shop {SHOP})", at.shopify)),
        (format!("{} twin", at.vendor.name()), at.crm.clone()),
        ("Slack twin".to_owned(), format!("{}  (channel #{CHANNEL})", at.slack)),
        ("AWS".to_owned(), format!("{}  (any key; functions {receiver}, {replay})", at.aws)),
    ];
    let rows = rows.map(|(name, place)| format!("  {name:<15}  {place}\n"));
    Ok(format!("{}\n  try: cargo xtask send --topic orders/create order.json", rows.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_fields_is_cut() {
        assert_eq!(without_ids("updated contact 1: a, b, c, d"), "updated contact 1: a, b, c, d");
        assert_eq!(
            without_ids("updated contact 1: a, b, c, d, e, f"),
            "updated contact 1: a, b, c, d and 2 more"
        );
    }

    #[test]
    fn outcomes_that_differ_only_in_an_id_are_alike() {
        assert_eq!(without_ids("updated contact 7412883"), "updated contact …");
        assert_eq!(without_ids("updated contact 7412883: phone"), "updated contact …: phone");
        assert_eq!(without_ids("updated contact 003000200000005AAA: phone"), "updated contact …: phone");
        assert_eq!(without_ids("wrote 3 fields"), "wrote 3 fields");
    }
}
