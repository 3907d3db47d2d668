//! The shop as the demo plays it, and what it has seen so far.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Client;
use serde_json::{Value, json};

use crate::command::{CLIENT_SECRET, SHOP};
use crate::delivery::Delivery;
use crate::demo::cast::{Person, amount};
use crate::demo::latency::Latency;
use crate::stand::deliveries::{self, Remembered};
use crate::stand::queues::Queues;
use crate::stand::settle::until;
use crate::stand::{Stand, control::Control};

/// An event is retried for seconds on the stand; a first cold start on a busy machine takes a few more, and a copy of an
/// action waits for as long as the first may take.
const SETTLES_WITHIN: Duration = Duration::from_mins(2);

/// What has been played.
#[derive(Debug)]
pub(crate) struct Scene {
    http: Client,
    url: String,
    host: String,
    shopify: Control,
    /// Topic of each delivery, by its webhook id.
    pub(crate) topics: BTreeMap<String, String>,
    /// How often a webhook was posted.
    pub(crate) posts: usize,
    /// How many of them were answered with 401.
    pub(crate) refused: usize,
    /// From webhook to CRM.
    pub(crate) latency: Latency,
    /// Everybody who played, with the id the shop gave them.
    pub(crate) people: Vec<(Person, u64)>,
}

impl Scene {
    /// An empty shop.
    pub(crate) fn new(stand: &Stand) -> Result<Self> {
        Ok(Self {
            http: Client::builder().no_proxy().build()?,
            url: stand.addresses.webhook_url.clone(),
            host: stand.addresses.webhook_host.clone(),
            shopify: stand.shopify.clone(),
            topics: BTreeMap::new(),
            posts: 0,
            refused: 0,
            latency: Latency::default(),
            people: Vec::new(),
        })
    }

    /// A customer comes into the shop, buys what they buy and gets back what they get back.
    pub(crate) async fn enters(&mut self, person: Person) -> Result<u64> {
        let customer = json!({
            "first_name": person.first_name, "last_name": person.last_name, "email": person.email,
            "phone": Some(person.phone).filter(|phone| !phone.is_empty()), "verified_email": true, "tags": ["demo"],
        });
        let id = self.make("customers", &customer).await?;
        for (place, &cents) in person.orders_cents.iter().enumerate() {
            let order = self.make("orders", &json!({"customer_id": id, "total": amount(cents)})).await?;
            if place == 0 {
                self.first_order(person, order).await?;
            }
        }
        self.people.push((person, id));
        Ok(id)
    }

    async fn first_order(&self, person: Person, order: u64) -> Result<()> {
        self.shopify.post(&format!("{}/orders/{order}/fulfil", shop()), &json!({})).await?;
        if person.refund_cents > 0 {
            let refund = json!({"amount": amount(person.refund_cents), "note": "too small"});
            self.shopify.post(&format!("{}/orders/{order}/refund", shop()), &refund).await?;
        }
        Ok(())
    }

    async fn make(&self, what: &str, body: &Value) -> Result<u64> {
        let made = self.shopify.post(&format!("{}/{what}", shop()), body).await?;
        id(&made["id"]).with_context(|| format!("the Shopify twin gave no id: {made}"))
    }

    /// A customer changes something about themselves.
    pub(crate) async fn changes(&self, customer: u64, change: &Value) -> Result<()> {
        self.shopify.patch(&format!("{}/customers/{customer}", shop()), change).await.map(drop)
    }

    /// The shop delivers everything it has to say; answers the webhook ids, each once however often it was posted.
    pub(crate) async fn delivers(&mut self, how: &Value) -> Result<Vec<String>> {
        let posted = self.shopify.post(&format!("{}/deliver", shop()), how).await?;
        let mut ids = BTreeSet::new();
        for row in posted.as_array().into_iter().flatten() {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            self.posts += row["attempts"].as_array().map_or(0, Vec::len);
            self.topics.insert(text("webhook_id"), text("topic"));
            ids.insert(text("webhook_id"));
        }
        Ok(ids.into_iter().collect())
    }

    /// Signs a body with the shop's secret.
    pub(crate) fn signs(topic: &str, body: &[u8]) -> Result<Delivery> {
        Delivery::signed(topic, SHOP, CLIENT_SECRET, body.to_vec())
    }

    /// Posts one delivery; answers the status.
    pub(crate) async fn posts(&mut self, delivery: &Delivery) -> Result<u16> {
        let status = delivery.post(&self.http, &self.url, Some(&self.host)).await?;
        self.posts += 1;
        if status == 401 {
            self.refused += 1;
        } else {
            self.topics.insert(delivery.webhook_id.clone(), delivery.topic.clone());
        }
        Ok(status)
    }
}

/// Waits until every one of these deliveries has come to its end.
pub(crate) async fn ended(stand: &Stand, webhook_ids: &[String]) -> Result<Vec<Remembered>> {
    let all = until("the end of every delivery", SETTLES_WITHIN, || async {
        let ends = ends(stand, webhook_ids).await?;
        Ok(Some(ends).filter(|ends| ends.len() == webhook_ids.len()))
    });
    let trouble = match all.await {
        Ok(ends) => return Ok(ends),
        Err(trouble) => trouble,
    };
    let (ends, queues) = (ends(stand, webhook_ids).await?, Queues::now(&stand.aws, stand.outputs()).await?);
    Err(trouble.context(format!("{} of {} deliveries ended, {queues}", ends.len(), webhook_ids.len())))
}

/// Those of these deliveries that have come to their end.
async fn ends(stand: &Stand, webhook_ids: &[String]) -> Result<Vec<Remembered>> {
    let rows = deliveries::all(&stand.aws, stand.outputs().get("KeysTable")?, SHOP).await?;
    let keys: BTreeSet<String> = webhook_ids.iter().map(|id| deliveries::key(SHOP, id)).collect();
    Ok(rows.into_iter().filter(|row| row.done && keys.contains(&row.key)).collect())
}

/// Waits until the queues look as they should.
pub(crate) async fn queues(stand: &Stand, what: &str, look: impl Fn(&Queues) -> bool) -> Result<Queues> {
    until(what, SETTLES_WITHIN, || async {
        let queues = Queues::now(&stand.aws, stand.outputs()).await?;
        Ok(Some(queues).filter(|queues| look(queues)))
    })
    .await
}

/// Waits until every event has been worked on. Of actions there may be copies that wait for each other.
pub(crate) async fn quiet(stand: &Stand) -> Result<Queues> {
    queues(stand, "the end of all events", |queues| queues.waiting == 0).await
}

/// Waits until every action has been carried out too. A copy that met the first at its work waits a minute and a half for it,
/// as on AWS.
pub(crate) async fn idle(stand: &Stand) -> Result<Queues> {
    queues(stand, "the end of all work", Queues::are_idle).await
}

/// All contacts of the CRM, as the twin shows them.
pub(crate) async fn contacts(stand: &Stand) -> Result<Vec<Value>> {
    stand.crm.contacts().await
}

/// Waits until a customer's contact looks as it should.
pub(crate) async fn contact(stand: &Stand, customer: u64, look: impl Fn(&Value) -> bool) -> Result<Value> {
    until("the change of a contact", SETTLES_WITHIN, || async {
        let all = contacts(stand).await?;
        Ok(all.into_iter().find(|contact| is_of(contact, customer) && look(contact)))
    })
    .await
}

/// Whether a contact is that of a customer.
pub(crate) fn is_of(contact: &Value, customer: u64) -> bool {
    contact["properties"]["shopify_customer_id"].as_str() == Some(&customer.to_string())
}

/// A property of a contact; empty where it has none.
pub(crate) fn property<'a>(contact: &'a Value, name: &str) -> &'a str {
    contact["properties"][name].as_str().unwrap_or_default()
}

fn shop() -> String {
    format!("/_twin/shops/{SHOP}")
}

/// Ids are numbers or their digits.
fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
