//! The stores on AWS keep every promise, as far as an emulator can show it.

#![allow(clippy::unwrap_used, reason = "what a test sets up either works or fails the test")]

mod emulator;

use std::time::Duration;

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use aws_types::SdkConfig;
use emulator::{Emulator, unique};
use jiff::Timestamp;
use store::{ActionQueue, DeadLetters, Held, Outbox, ParkedQueue, Redelivery, conformance};
use store_aws::{Bucket, DeadLetterQueues, DynamoDb, EventQueue, FiringQueue, ParkingQueue, Sqs};

#[tokio::test]
async fn the_table_of_keys_keeps_every_promise() {
    let Some(emulator) = Emulator::start("the_table_of_keys_keeps_every_promise") else { return };
    let table = table(&emulator.config(), "keys", &["pk"]).await;
    let keys = DynamoDb::new(&emulator.config()).keys(table);
    keys.warm().await.unwrap();
    conformance::inbox(&keys).await;
}

#[tokio::test]
async fn the_table_of_records_keeps_every_promise() {
    let Some(emulator) = Emulator::start("the_table_of_records_keeps_every_promise") else { return };
    let table = table(&emulator.config(), "records", &["pk", "sk"]).await;
    let records = DynamoDb::new(&emulator.config()).records(table);
    records.warm().await.unwrap();
    conformance::links(&records).await;
}

#[tokio::test]
async fn the_index_of_what_comes_due_keeps_every_promise() {
    let Some(emulator) = Emulator::start("the_index_of_what_comes_due_keeps_every_promise") else { return };
    let records = DynamoDb::new(&emulator.config()).records(records_with_index(&emulator.config()).await);
    conformance::due(&records, &records).await;
}

#[tokio::test]
async fn f_11_the_actions_in_the_table_of_keys_keep_every_promise() {
    let Some(emulator) = Emulator::start("f_11_the_actions_in_the_table_of_keys_keep_every_promise") else {
        return;
    };
    let table = table(&emulator.config(), "keys", &["pk"]).await;
    conformance::deeds(&DynamoDb::new(&emulator.config()).deeds(table)).await;
}

#[tokio::test]
async fn the_figures_in_the_table_of_records_keep_every_promise() {
    let Some(emulator) = Emulator::start("the_figures_in_the_table_of_records_keep_every_promise") else {
        return;
    };
    let table = table(&emulator.config(), "records", &["pk", "sk"]).await;
    conformance::figures(&DynamoDb::new(&emulator.config()).figures(table)).await;
}

#[tokio::test]
async fn the_queue_of_actions_keeps_every_promise() {
    let Some(emulator) = Emulator::start("the_queue_of_actions_keeps_every_promise") else { return };
    let stage = ActionsOnSqs::new(&emulator.config()).await;
    stage.actions.warm().await.unwrap();
    conformance::actions(&stage).await;
}

#[tokio::test]
async fn the_budgets_in_the_table_of_keys_keep_every_promise() {
    let Some(emulator) = Emulator::start("the_budgets_in_the_table_of_keys_keep_every_promise") else {
        return;
    };
    let table = table(&emulator.config(), "keys", &["pk"]).await;
    conformance::budgets(&DynamoDb::new(&emulator.config()).budgets(table)).await;
}

#[tokio::test]
async fn the_runs_in_the_table_of_records_keep_every_promise() {
    let Some(emulator) = Emulator::start("the_runs_in_the_table_of_records_keep_every_promise") else {
        return;
    };
    let table = table(&emulator.config(), "records", &["pk", "sk"]).await;
    conformance::runs(&DynamoDb::new(&emulator.config()).runs(table)).await;
}

#[tokio::test]
async fn the_bucket_keeps_every_promise() {
    let Some(emulator) = Emulator::start("the_bucket_keeps_every_promise") else { return };
    let (client, bucket) = (aws_sdk_s3::Client::new(&emulator.config()), unique("reports"));
    let create = client.create_bucket().bucket(&bucket).create_bucket_configuration(
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::EuCentral1)
            .build(),
    );
    create.send().await.unwrap();
    let read = async |name: &str| {
        let there = client.get_object().bucket(&bucket).key(name).send().await.ok()?;
        let content_type = there.content_type().unwrap_or_default().to_owned();
        Some((content_type, there.body.collect().await.unwrap().to_vec()))
    };
    conformance::archive(&Bucket::new(&emulator.config(), &bucket), read).await;
}

#[tokio::test]
async fn the_queues_keep_every_promise() {
    let Some(emulator) = Emulator::start("the_queues_keep_every_promise") else { return };
    let stage = OnSqs::new(&emulator.config()).await;
    stage.events.warm().await.unwrap();
    stage.parking.warm().await.unwrap();
    conformance::queues(&stage).await;
}

async fn table(config: &SdkConfig, name: &str, keys: &[&str]) -> String {
    let name = unique(name);
    create(config, &name, keys).send().await.unwrap();
    name
}

/// The table of records with its index, as in the template.
async fn records_with_index(config: &SdkConfig) -> String {
    let name = unique("records");
    let index = GlobalSecondaryIndex::builder()
        .index_name("due")
        .key_schema(key("due_in", KeyType::Hash))
        .key_schema(key("due_at_ms", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    create(config, &name, &["pk", "sk"])
        .attribute_definitions(column("due_in", ScalarAttributeType::S))
        .attribute_definitions(column("due_at_ms", ScalarAttributeType::N))
        .global_secondary_indexes(index.build().unwrap())
        .send()
        .await
        .unwrap();
    name
}

fn create(config: &SdkConfig, name: &str, keys: &[&str]) -> CreateTableFluentBuilder {
    let mut create = aws_sdk_dynamodb::Client::new(config).create_table().table_name(name);
    for (name, kind) in keys.iter().zip([KeyType::Hash, KeyType::Range]) {
        create =
            create.attribute_definitions(column(name, ScalarAttributeType::S)).key_schema(key(name, kind));
    }
    create.billing_mode(BillingMode::PayPerRequest)
}

fn column(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
}

/// The queues of the template, with a small number of receives.
struct OnSqs {
    client: aws_sdk_sqs::Client,
    url: String,
    events: EventQueue,
    parking: ParkingQueue,
    dead_letters: DeadLetterQueues,
}

impl OnSqs {
    async fn new(config: &SdkConfig) -> Self {
        let client = aws_sdk_sqs::Client::new(config);
        let (dead, parked) = (queue(&client, "dead", &[]).await, queue(&client, "parked", &[]).await);
        let arn = arn(&client, &dead).await;
        let redrive = format!(
            r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{}}}"#,
            <Self as conformance::Stage>::MAX_RECEIVES
        );
        let attributes = [
            (QueueAttributeName::RedrivePolicy, redrive),
            (QueueAttributeName::VisibilityTimeout, "60".into()),
        ];
        let url = queue(&client, "events", &attributes).await;
        let sqs = Sqs::new(config);
        let (events, parking) = (sqs.events(&url), sqs.parking(&parked));
        Self { client, url, events, parking, dead_letters: sqs.dead_letters(dead, parked) }
    }
}

async fn queue(
    client: &aws_sdk_sqs::Client,
    name: &str,
    attributes: &[(QueueAttributeName, String)],
) -> String {
    let mut create = client.create_queue().queue_name(unique(name));
    for (name, value) in attributes {
        create = create.attributes(name.clone(), value);
    }
    create.send().await.unwrap().queue_url.unwrap()
}

async fn arn(client: &aws_sdk_sqs::Client, url: &str) -> String {
    let name = QueueAttributeName::QueueArn;
    let answer = client.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await;
    answer.unwrap().attributes.unwrap().remove(&name).unwrap()
}

impl conformance::Stage for OnSqs {
    const MAX_RECEIVES: u32 = 3;

    fn outbox(&self) -> &impl Outbox {
        &self.events
    }
    fn redelivery(&self) -> &impl Redelivery {
        &self.events
    }
    fn parked(&self) -> &impl ParkedQueue {
        &self.parking
    }
    fn dead_letters(&self) -> &impl DeadLetters {
        &self.dead_letters
    }
    async fn receive(&self) -> Vec<Held> {
        receive(&self.client, &self.url).await
    }
    async fn delete(&self, held: &Held) {
        delete(&self.client, &self.url, held).await;
    }
    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The queue of actions of the template.
struct ActionsOnSqs {
    client: aws_sdk_sqs::Client,
    url: String,
    actions: FiringQueue,
}

impl ActionsOnSqs {
    async fn new(config: &SdkConfig) -> Self {
        let client = aws_sdk_sqs::Client::new(config);
        let url = queue(&client, "actions", &[(QueueAttributeName::VisibilityTimeout, "60".into())]).await;
        Self { actions: Sqs::new(config).actions(&url), client, url }
    }
}

impl conformance::ActionsStage for ActionsOnSqs {
    fn actions(&self) -> &impl ActionQueue {
        &self.actions
    }
    fn redelivery(&self) -> &impl Redelivery {
        &self.actions
    }
    async fn receive(&self) -> Vec<Held> {
        receive(&self.client, &self.url).await
    }
    async fn delete(&self, held: &Held) {
        delete(&self.client, &self.url, held).await;
    }
    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

async fn receive(client: &aws_sdk_sqs::Client, url: &str) -> Vec<Held> {
    let receive = client.receive_message().queue_url(url).max_number_of_messages(10);
    let all = receive.message_system_attribute_names(MessageSystemAttributeName::All);
    let answer = all.wait_time_seconds(1).send().await.unwrap();
    answer.messages.unwrap_or_default().into_iter().map(received).collect()
}

async fn delete(client: &aws_sdk_sqs::Client, url: &str, held: &Held) {
    let delete = client.delete_message().queue_url(url);
    delete.receipt_handle(&held.receipt).send().await.unwrap();
}

fn received(message: aws_sdk_sqs::types::Message) -> Held {
    let attributes = message.attributes.unwrap();
    let number = |name| attributes[&name].parse::<i64>().unwrap();
    Held {
        sent_at: Timestamp::from_millisecond(number(MessageSystemAttributeName::SentTimestamp)).unwrap(),
        receives: number(MessageSystemAttributeName::ApproximateReceiveCount).try_into().unwrap(),
        id: message.message_id.unwrap(),
        receipt: message.receipt_handle.unwrap(),
        body: message.body.unwrap(),
    }
}
