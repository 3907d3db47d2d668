//! Bulk operations: how far they are by the clock, what they leave, and what goes wrong with them.

use serde_json::{Value, json};
use twin_shopify::{BulkFault, Faults};

use crate::world::{DOMAIN, World, call, customer};

const DOCUMENT: &str = "{ customers { edges { node { id orders { edges { node { id name test } } } } } } }";
const START: &str = "mutation($query: String!, $grouped: Boolean!) { bulkOperationRunQuery(query: $query, \
    groupObjects: $grouped) { bulkOperation { id status } userErrors { field message code } } }";
const LOOK: &str = "query($id: ID!) { bulkOperation(id: $id) { status errorCode objectCount rootObjectCount fileSize url \
    partialDataUrl completedAt query } }";

fn start(world: &World, document: &str, grouped: bool) -> Value {
    let variables = json!({"query": document, "grouped": grouped});
    world.ask(START, variables)["data"]["bulkOperationRunQuery"].take()
}

fn begin(world: &World, grouped: bool) -> String {
    start(world, DOCUMENT, grouped)["bulkOperation"]["id"].as_str().unwrap().to_owned()
}

fn look(world: &World, id: &str) -> Value {
    world.ask(LOOK, json!({"id": id}))["data"]["bulkOperation"].take()
}

/// Two customers, the first with two orders.
fn shop() -> (World, u64, u64) {
    let world = World::new();
    let (ada, bob) = (world.ada(), world.shop.create_customer(|_| {}).unwrap());
    world.order(ada, "10");
    world.order(ada, "20");
    (world, ada, bob)
}

async fn file(world: &World, id: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let running = world.twin.spawn().await.unwrap();
    let number = id.rsplit('/').next().unwrap();
    let path = format!("/bulk/{DOMAIN}/{number}.jsonl");
    let (status, _, body) = call(running.address, "GET", &path, headers, "").await.unwrap();
    (status, body)
}

/// Runs to its end and gives the operation and its file.
async fn run(world: &World, grouped: bool) -> (Value, String) {
    let id = begin(world, grouped);
    world.wait(5);
    (look(world, &id), file(world, &id, &[]).await.1)
}

#[tokio::test]
async fn an_operation_is_created_runs_and_is_complete_with_its_counts() {
    let (world, ..) = shop();
    let id = begin(&world, true);
    assert_eq!(look(&world, &id)["status"], "CREATED");
    world.wait(1);
    assert_eq!(look(&world, &id)["status"], "RUNNING");
    assert_eq!(file(&world, &id, &[]).await.0, 404, "there is nothing yet");
    world.wait(2);
    let (seen, text) = (look(&world, &id), file(&world, &id, &[]).await.1);
    assert_eq!(seen["status"], "COMPLETED");
    let counts = [&seen["objectCount"], &seen["rootObjectCount"], &seen["fileSize"]];
    assert_eq!(counts, [&json!("4"), &json!("2"), &json!(text.len().to_string())]);
    assert_eq!((&seen["query"], text.lines().count()), (&json!(DOCUMENT), 4));
    world.wait(8 * 86_400);
    assert_eq!(
        (look(&world, &id)["status"].as_str(), file(&world, &id, &[]).await.0),
        (Some("EXPIRED"), 404)
    );
}

#[tokio::test]
async fn children_have_their_parent_and_are_behind_it_only_where_that_was_asked_for() {
    let (world, ada, bob) = shop();
    let whose = |text: &str| {
        let line = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            line.get("__parentId").unwrap_or(&line["id"]).as_str().unwrap().to_owned()
        };
        text.lines().map(line).collect::<Vec<_>>()
    };
    let (ada, bob) = (customer(ada), customer(bob));
    assert_eq!(whose(&run(&world, true).await.1), [&ada, &ada, &ada, &bob].map(Clone::clone));
    assert_eq!(whose(&run(&world, false).await.1), [&ada, &bob, &ada, &ada].map(Clone::clone));
}

#[tokio::test]
async fn a_file_is_what_the_shop_was_when_it_was_begun_and_can_be_had_in_parts() {
    let (world, ada, _) = shop();
    let id = begin(&world, true);
    world.order(ada, "30");
    world.wait(5);
    let (_, whole) = file(&world, &id, &[]).await;
    assert_eq!(whole.lines().count(), 4, "the order came later");
    let (status, part) = file(&world, &id, &[("range", "bytes=10-19")]).await;
    assert_eq!((status, part.as_str()), (206, &whole[10..20]));
    let (_, rest) = file(&world, &id, &[("range", "bytes=100-")]).await;
    assert_eq!(rest, whole[100..]);
    assert_eq!(file(&world, &id, &[("range", "bytes=99999-")]).await.0, 416);
}

#[tokio::test]
async fn an_operation_of_nothing_has_no_file() {
    let world = World::new();
    let id = begin(&world, true);
    world.wait(5);
    let seen = look(&world, &id);
    assert_eq!((&seen["status"], &seen["objectCount"]), (&json!("COMPLETED"), &json!("0")));
    assert!(seen["url"].is_null() && seen["fileSize"].is_null());
}

#[test]
fn five_have_a_place_and_one_that_is_being_cancelled_keeps_it() {
    let (world, ..) = shop();
    let ids: Vec<_> = (0..5).map(|_| begin(&world, true)).collect();
    let refused = || {
        let answer = start(&world, DOCUMENT, true);
        answer.pointer("/userErrors/0/code").cloned().unwrap_or_default()
    };
    assert_eq!(refused(), "LIMIT_REACHED");
    let cancel = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }";
    let seen = world.ask(cancel, json!({"id": ids[0]}));
    assert_eq!(seen["data"]["bulkOperationCancel"]["bulkOperation"]["status"], "CANCELING");
    assert_eq!(refused(), "LIMIT_REACHED");
    let none = world.ask(cancel, json!({"id": "gid://shopify/BulkOperation/1"}));
    assert_eq!(none["data"]["bulkOperationCancel"]["userErrors"].as_array().unwrap().len(), 1);
    world.wait(5);
    assert_eq!(look(&world, &ids[0])["status"], "CANCELED");
    assert!(refused().is_null(), "all are over");
}

#[test]
fn what_cannot_be_asked_is_invalid() {
    let (world, ..) = shop();
    for wrong in
        ["{ customers { nonsense } }", "mutation { tagsAdd(id: \"x\", tags: []) { node { id } } }", "{"]
    {
        assert_eq!(start(&world, wrong, true)["userErrors"][0]["code"], "INVALID", "{wrong}");
    }
}

#[test]
fn the_list_has_the_newest_first_and_is_filtered() {
    let (world, ..) = shop();
    let first = begin(&world, true);
    world.wait(5);
    let second = begin(&world, true);
    let list = |filter: &str| {
        let query = format!("{{ bulkOperations(first: 10, query: \"{filter}\") {{ nodes {{ id }} }} }}");
        let seen = world.ask(&query, json!({}));
        let ids = seen["data"]["bulkOperations"]["nodes"].as_array().unwrap().iter();
        ids.map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(""), [second.clone(), first.clone()]);
    assert_eq!(list("status:created OR status:running"), [second]);
    assert_eq!(list("status:completed"), [first]);
}

#[tokio::test]
async fn every_fault_is_what_it_says_and_the_counts_stay_those_of_the_whole() {
    let (world, ..) = shop();
    let (whole, text) = run(&world, true).await;
    let with = async |fault| {
        world.shop.set_faults(Faults { bulk_next: vec![fault], ..Faults::default() }).unwrap();
        run(&world, true).await
    };
    for (fault, lines) in
        [(BulkFault::MissingLine, 3), (BulkFault::DoubledLine, 5), (BulkFault::BrokenJson, 4)]
    {
        let (seen, spoilt) = with(fault).await;
        assert_eq!((seen["status"].as_str(), spoilt.lines().count()), (Some("COMPLETED"), lines));
        assert_eq!((&seen["objectCount"], &seen["fileSize"]), (&whole["objectCount"], &whole["fileSize"]));
        assert_ne!(spoilt, text);
    }
    let (seen, cut) = with(BulkFault::Cut).await;
    assert_eq!((seen["status"].as_str(), cut.as_str()), (Some("COMPLETED"), &text[..text.len() - 10]));
    let (seen, half) = with(BulkFault::Failed).await;
    assert_eq!((seen["status"].as_str(), seen["errorCode"].as_str()), (Some("FAILED"), Some("TIMEOUT")));
    assert!(seen["url"].is_null() && !seen["partialDataUrl"].is_null());
    assert_eq!(half, text[..text.len() / 2]);
    for (fault, status) in
        [(BulkFault::Expired, "EXPIRED"), (BulkFault::Canceled, "CANCELED"), (BulkFault::Stalled, "RUNNING")]
    {
        let (seen, _) = with(fault).await;
        assert_eq!(seen["status"], status);
        assert!(seen["url"].is_null());
    }
}
