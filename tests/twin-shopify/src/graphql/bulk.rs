//! `BulkOperation`: begun, listed, asked for, cancelled.

use serde_json::{Map, Value, json};

use jiff::Timestamp;

use super::{
    connection::{self, Entry, Key, Names},
    in_bulk,
    node::Node,
    search,
};
use crate::{bulk::Bulk, shop::Shop, versions::Version, view::View};

const NAMES: Names = Names { connection: "BulkOperationConnection", edge: "BulkOperationEdge" };

/// Begins or cancels, before the answer is read from the state.
pub(super) fn apply(
    shop: &mut Shop,
    name: &str,
    given: &Map<String, Value>,
    version: &Version,
    now: Timestamp,
) {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    if name == "bulkOperationCancel" {
        shop.bulks.cancel(text("id"), now);
        return;
    }
    let query = text("query");
    match in_bulk(shop, query, version) {
        None => shop.bulks.last = Some(Err("INVALID")),
        Some(_) if shop.bulks.is_full() => shop.bulks.last = Some(Err("LIMIT_REACHED")),
        Some(data) => {
            let faults = &mut shop.faults.bulk_next;
            let fault = (!faults.is_empty()).then(|| faults.remove(0));
            let grouped = given.get("groupObjects").and_then(Value::as_bool).unwrap_or(false);
            shop.bulks.begin(query, data, grouped, fault, now);
        }
    }
}

/// The answer to the last wish to begin one.
pub(super) fn begun(view: &View<'_>) -> Node {
    let bulks = &view.shop.bulks;
    let refused = |code: &str| {
        let words = if code == "INVALID" { "Invalid bulk query" } else { "Too many bulk operations at once" };
        let field = if code == "INVALID" { json!(["query"]) } else { Value::Null };
        let fields = [("field", field), ("message", words.into()), ("code", code.into())];
        Node::Object("BulkOperationUserError", fields.map(|(name, value)| (name, Node::of(value))).into())
    };
    let (operation, errors) = match bulks.last {
        Some(Ok(place)) => (bulks.all.get(place).map_or(Node::NULL, |bulk| node(view, bulk)), vec![]),
        Some(Err(code)) => (Node::NULL, vec![refused(code)]),
        None => (Node::NULL, vec![]),
    };
    payload("BulkOperationRunQueryPayload", operation, errors)
}

pub(super) fn cancelled(view: &View<'_>, id: &str) -> Node {
    let operation = one(view, id);
    let missing = Node::Object(
        "UserError",
        vec![("field", Node::of(json!(["id"]))), ("message", Node::of("Bulk operation does not exist"))],
    );
    let errors = if operation.is_null() { vec![missing] } else { vec![] };
    payload("BulkOperationCancelPayload", operation, errors)
}

fn payload(name: &'static str, operation: Node, errors: Vec<Node>) -> Node {
    Node::Object(name, vec![("bulkOperation", operation), ("userErrors", Node::List(errors))])
}

pub(super) fn one(view: &View<'_>, id: &str) -> Node {
    let found = view.shop.bulks.all.iter().find(|bulk| bulk.gid() == id);
    found.map_or(Node::NULL, |bulk| node(view, bulk))
}

/// The newest first, unless `reverse`.
pub(super) fn page(view: &View<'_>, arguments: &Map<String, Value>) -> Node {
    let wanted = search::Query::of(arguments);
    let held = |bulk: &Bulk, name: &str| match name {
        "status" => Some(search::Held::Text(vec![bulk.status.to_owned()])),
        "operation_type" => Some(search::Held::Text(vec!["query".to_owned()])),
        _ => None,
    };
    let all = view.shop.bulks.all.iter().filter(|bulk| wanted.matches(&|name| held(bulk, name)));
    let entry =
        |bulk: &Bulk| Entry { key: Key::Number(-i128::from(bulk.id)), id: bulk.id, node: node(view, bulk) };
    connection::page(&NAMES, all.map(entry).collect(), arguments)
}

fn node(view: &View<'_>, bulk: &Bulk) -> Node {
    let (objects, roots) = bulk.counted();
    let paper = bulk.paper();
    let url =
        format!("http://{}/bulk/{}/{}.jsonl?signature=twin", view.shop.bulks.host, view.shop.domain, bulk.id);
    let at = |status: &str, there: bool| {
        if bulk.status == status && there { Node::of(url.as_str()) } else { Node::NULL }
    };
    let is_over = matches!(bulk.status, "COMPLETED" | "EXPIRED");
    let whole = bulk.status == "COMPLETED" && paper.objects > 0;
    Node::Object(
        "BulkOperation",
        vec![
            ("id", Node::of(bulk.gid())),
            ("type", Node::of("QUERY")),
            ("status", Node::of(bulk.status)),
            ("errorCode", if bulk.status == "FAILED" { Node::of("TIMEOUT") } else { Node::NULL }),
            ("createdAt", Node::time(bulk.created_at)),
            ("completedAt", Node::time_or_null(is_over.then_some(bulk.since))),
            ("objectCount", Node::unsigned(objects)),
            ("rootObjectCount", Node::unsigned(roots)),
            ("fileSize", if whole { Node::unsigned(paper.size) } else { Node::NULL }),
            ("url", at("COMPLETED", whole)),
            ("partialDataUrl", at("FAILED", !paper.bytes.is_empty())),
            ("query", Node::of(bulk.query.as_str())),
        ],
    )
}
