//! `cargo xtask send`: any file, delivered as Shopify would.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Client;

use crate::command::SendOptions;
use crate::delivery::{Delivery, topic_of};
use crate::progress::{green, red};
use crate::stand::addresses::Addresses;
use crate::stand::aws::Aws;
use crate::stand::control::Control;
use crate::stand::deliveries::{self, Remembered};
use crate::stand::queues::Queues;
use crate::stand::settle::until;

const FOLLOWED_FOR: Duration = Duration::from_secs(30);

/// Sends every file; whether each was answered as it should be. A file that cannot be sent does not stop the others.
pub(crate) async fn run(options: &SendOptions) -> Result<bool> {
    let stand = match &options.url {
        Some(_) => None,
        None => Some(Addresses::of_the_running_stand().await?),
    };
    let http = Client::builder().no_proxy().build()?;
    let mut all_well = true;
    for file in &options.files {
        let well = send(&http, options, stand.as_ref(), file).await.unwrap_or_else(|trouble| {
            println!("{}  {} {trouble:#}", file.display(), red("not sent:"));
            false
        });
        all_well &= well;
    }
    Ok(all_well)
}

async fn send(http: &Client, options: &SendOptions, stand: Option<&Addresses>, file: &Path) -> Result<bool> {
    let body = tokio::fs::read(file).await.context("it cannot be read")?;
    let topic = topic(options, file)?;
    let taken = match stand.filter(|_| !options.tamper) {
        Some(stand) => take(stand, &options.shop, topic, body.clone()).await,
        None => Ok(()),
    };
    let delivery = Delivery::signed(topic, &options.shop, &options.secret, body)?;
    let delivery = if options.tamper { delivery.tampered() } else { delivery };
    let statuses = post(http, options, stand, &delivery).await?;
    let well = statuses.iter().all(|&status| if options.tamper { status == 401 } else { status == 200 });
    println!("{}  {topic}  {}  {}", file.display(), answers(&statuses, well), delivery.webhook_id);
    if let Err(trouble) = taken {
        println!("    the shop took nothing from it: {trouble:#}");
    }
    if let Some(stand) = stand.filter(|_| well && !options.tamper) {
        println!("    {}", followed(stand, &delivery).await?);
    }
    Ok(well)
}

fn topic<'a>(options: &'a SendOptions, file: &Path) -> Result<&'a str> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let topic = options.topic.as_deref().or_else(|| topic_of(&name));
    topic.context("its name says no topic (orders_create__x.json would); name one with --topic orders/create")
}

/// The shop must have what the webhook speaks of, since the worker reads it back. What the twin cannot read is still
/// sent: the receiver has to live with it too.
async fn take(stand: &Addresses, shop: &str, topic: &str, body: Vec<u8>) -> Result<()> {
    let path = format!("/_twin/shops/{shop}/take?topic={topic}");
    Control::at(&stand.shopify)?.post_bytes(&path, body).await.map(drop)
}

async fn post(
    http: &Client,
    options: &SendOptions,
    stand: Option<&Addresses>,
    delivery: &Delivery,
) -> Result<Vec<u16>> {
    let url = options.url.as_deref().or(stand.map(|stand| stand.webhook_url.as_str())).unwrap_or_default();
    let host = stand.map(|stand| stand.webhook_host.as_str());
    let mut statuses = Vec::new();
    for _ in 0..=options.duplicate {
        statuses.push(delivery.post(http, url, host).await?);
    }
    Ok(statuses)
}

fn answers(statuses: &[u16], well: bool) -> String {
    let text = statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" ");
    if well { green(&text) } else { red(&text) }
}

/// What became of a delivery, in a sentence.
async fn followed(stand: &Addresses, delivery: &Delivery) -> Result<String> {
    let aws = Aws::at(stand.aws.clone())?;
    let before = Queues::now(&aws, &stand.outputs).await?;
    let key = deliveries::key(&delivery.shop, &delivery.webhook_id);
    let table = stand.outputs.get("KeysTable")?;
    let done = until("the end", FOLLOWED_FOR, || async {
        let row = deliveries::one(&aws, table, &key).await?;
        Ok(row.filter(|row| row.done))
    });
    if let Ok(Remembered { outcome, .. }) = done.await {
        return Ok(outcome);
    }
    let (row, now) = (deliveries::one(&aws, table, &key).await?, Queues::now(&aws, &stand.outputs).await?);
    Ok(unfinished(row.as_ref(), before, now))
}

/// Where a delivery is that has not come to its end.
fn unfinished(row: Option<&Remembered>, before: Queues, now: Queues) -> String {
    let change = if now.dead > before.dead { "it is dead" } else { "no end to it after 30 s" };
    let last_try = row.map(|row| row.outcome.as_str()).filter(|outcome| !outcome.is_empty());
    format!("{change} ({now}); the last try: {}", last_try.unwrap_or("none that said why"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_says_where_it_is_and_why() {
        let (before, now) = (
            Queues { waiting: 0, actions: 0, parked: 0, dead: 0 },
            Queues { waiting: 0, actions: 0, parked: 2, dead: 1 },
        );
        let row = Remembered { key: "k".into(), done: false, outcome: "unavailable: 503".into() };
        let said = unfinished(Some(&row), before, now);
        assert_eq!(
            said,
            "it is dead (0 events and 0 actions waiting, 2 parked, 1 dead); the last try: unavailable: 503"
        );
        let nobody = unfinished(None, before, before);
        assert_eq!(
            nobody,
            "no end to it after 30 s (0 events and 0 actions waiting, 0 parked, 0 dead); the last try: none that said why"
        );
    }
}
