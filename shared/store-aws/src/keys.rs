//! The table of deliveries.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::DeliveryKey;
use jiff::Timestamp;
use store::{Delivery, Inbox, Note, StoreError, StoreErrorKind, Trail};

use crate::error::store_error;
use crate::partiql::{Stated, Statement, execute, quoted};
use crate::row::{Row, maybe_text, n, number, s, text};

const REMEMBERED_FOR_S: i64 = 7 * 24 * 3600;
const DONE: &str = "done";
const FAILED: &str = "failed";
const NOTING: &str = "could not note what became of the delivery in the table of keys";
const READING: &str = "could not read the deliveries in the table of keys";

/// `BatchGetItem` takes no more (docs.aws.amazon.com/amazondynamodb, `API_BatchGetItem`).
pub(crate) const READ_AT_ONCE: usize = 100;
/// How often what was not read is asked for again, before the messages come back instead.
pub(crate) const READS: usize = 3;

/// What a conclusion does not stand against.
const OPEN: &str =
    "attribute_not_exists(pk) OR #state <> :done OR replays < :replays OR expires_at <= :now_s";

/// The memory of deliveries in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct Keys {
    client: Client,
    table: String,
}

impl Keys {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// One cheap read that opens the connection, for the time before the first event.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s("warm"));
        get.send()
            .await
            .map_err(|error| store_error("could not open the connection to the table of keys", error))?;
        Ok(())
    }

    /// The rows of these deliveries, as far as there are any.
    async fn read(&self, some: &[Delivery]) -> Result<Vec<Row>, StoreError> {
        let keys: HashSet<_> = some.iter().map(|delivery| pk(&delivery.key)).collect();
        let keys = keys.into_iter().map(|pk| HashMap::from([("pk".to_owned(), s(pk))])).collect();
        let mut asked = request(keys)?;
        let mut rows = Vec::new();
        for _ in 0..READS {
            let get = self.client.batch_get_item().request_items(&self.table, asked);
            let said = get.send().await.map_err(|error| store_error(READING, error))?;
            rows.extend(said.responses.unwrap_or_default().into_values().flatten());
            match said.unprocessed_keys.unwrap_or_default().remove(&self.table) {
                Some(left) if !left.keys.is_empty() => asked = left,
                _ => return Ok(rows),
            }
        }
        Err(StoreError::new(StoreErrorKind::Unavailable, format!("{READING}: not all were read")))
    }

    /// A first note, which is nearly always the last: it goes with others in one call, and makes no row where there is one.
    fn insert(&self, note: &Note, now: Timestamp) -> Statement {
        let text = format!(
            "INSERT INTO {} VALUE {{'pk': ?, 'state': ?, 'outcome': ?, 'replays': ?, 'expires_at': ?}}",
            quoted(&self.table)
        );
        let parameters = vec![
            s(pk(&note.delivery.key)),
            s(state(note)),
            s(&note.outcome),
            n(note.delivery.replays),
            n(expires_at(now)),
        ];
        Statement { text, parameters }
    }

    /// A note where there is one already.
    async fn overwrite(&self, note: &Note, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk(&note.delivery.key)))
            .update_expression(
                "SET #state = :state, #outcome = :outcome, replays = :replays, expires_at = :expires",
            )
            .condition_expression(OPEN)
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_values(":state", s(state(note)))
            .expression_attribute_values(":done", s(DONE))
            .expression_attribute_values(":outcome", s(&note.outcome))
            .expression_attribute_values(":replays", n(note.delivery.replays))
            .expression_attribute_values(":expires", n(expires_at(now)))
            .expression_attribute_values(":now_s", n(now.as_second()));
        match update.send().await {
            Ok(_) => Ok(()),
            // A conclusion stands against it.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(store_error(NOTING, error)),
        }
    }
}

impl Inbox for Keys {
    async fn concluded(&self, deliveries: &[Delivery], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let mut concluded = HashMap::new();
        for some in deliveries.chunks(READ_AT_ONCE) {
            for row in self.read(some).await? {
                if text(&row, "state")? == DONE && !expired(&row, now)? {
                    concluded.insert(text(&row, "pk")?.to_owned(), number::<u32>(&row, "replays")?);
                }
            }
        }
        let known = |one: &Delivery| concluded.get(&pk(&one.key)).is_some_and(|had| *had >= one.replays);
        Ok(deliveries.iter().map(known).collect())
    }

    async fn note(&self, notes: &[Note], now: Timestamp) -> Vec<Result<(), StoreError>> {
        let inserts = notes.iter().map(|note| self.insert(note, now)).collect();
        let mut answers = Vec::with_capacity(notes.len());
        for (note, stated) in notes.iter().zip(execute(&self.client, inserts, NOTING).await) {
            answers.push(match stated {
                Ok(Stated::Done(_)) => Ok(()),
                Ok(Stated::Stood(_)) => self.overwrite(note, now).await,
                Err(error) => Err(error),
            });
        }
        answers
    }

    async fn trail(&self, delivery: &DeliveryKey, now: Timestamp) -> Result<Option<Trail>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s(pk(delivery)));
        let doing = "could not read the delivery in the table of keys";
        let found = get.consistent_read(true).send().await.map_err(|error| store_error(doing, error))?;
        match found.item {
            Some(row) if !expired(&row, now)? => {
                Ok(Some(Trail { done: text(&row, "state")? == DONE, outcome: maybe_text(&row, "outcome")? }))
            }
            _ => Ok(None),
        }
    }
}

fn request(keys: Vec<Row>) -> Result<KeysAndAttributes, StoreError> {
    KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(true)
        .projection_expression("pk, #state, replays, expires_at")
        .expression_attribute_names("#state", "state")
        .build()
        .map_err(|cause| StoreError::new(StoreErrorKind::Refused, READING).because(cause))
}

fn pk(delivery: &DeliveryKey) -> String {
    format!("delivery#{delivery}")
}

fn state(note: &Note) -> &'static str {
    if note.done { DONE } else { FAILED }
}

/// The second is rounded up, so that the seven days are whole ones.
fn expires_at(now: Timestamp) -> i64 {
    now.as_second() + REMEMBERED_FOR_S + 1
}

/// TTL removes late (days, says AWS), so the expiry is looked at everywhere.
fn expired(row: &Row, now: Timestamp) -> Result<bool, StoreError> {
    Ok(number::<i64>(row, "expires_at")? <= now.as_second())
}
