//! Pages: order, cursors, both directions.

use std::cmp::Ordering;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::node::Node;

/// One entry before it is on a page: what it is sorted by, its id, itself.
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) id: u64,
    pub(super) node: Node,
}

/// What entries are sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(i128),
    Text(String),
}

/// The type names of a connection.
pub(super) struct Names {
    pub(super) connection: &'static str,
    pub(super) edge: &'static str,
}

/// The page `first/after` or `last/before` asks for. A cursor names a place in the order, not an entry, so it stays good
/// while entries come and go.
pub(super) fn page(names: &Names, mut entries: Vec<Entry>, arguments: &Map<String, Value>) -> Node {
    let reverse = arguments.get("reverse").and_then(Value::as_bool).unwrap_or(false);
    entries.sort_by(|one, other| compare(&(&one.key, one.id), &(&other.key, other.id), reverse));
    let total = entries.len();
    let place = |name: &str| arguments.get(name).and_then(Value::as_str).and_then(read_cursor);
    let start = place("after").map_or(0, |(key, id)| {
        entries.partition_point(|entry| compare(&(&entry.key, entry.id), &(&key, id), reverse).is_le())
    });
    let end = place("before").map_or(total, |(key, id)| {
        entries.partition_point(|entry| compare(&(&entry.key, entry.id), &(&key, id), reverse).is_lt())
    });
    let end = end.max(start);
    let size =
        |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let (from, to) = match (size("first"), size("last")) {
        (Some(first), _) => (start, end.min(start + first)),
        (None, Some(last)) => (start.max(end.saturating_sub(last)), end),
        (None, None) => (start, end),
    };
    let shown: Vec<Entry> = entries.drain(from..to).collect();
    build(names, &shown, from > 0, to < total)
}

fn build(names: &Names, shown: &[Entry], previous: bool, next: bool) -> Node {
    let cursor =
        |entry: Option<&Entry>| Node::of(entry.map_or(Value::Null, |entry| write_cursor(entry).into()));
    let edge = |entry: &Entry| {
        Node::Object(names.edge, vec![("cursor", cursor(Some(entry))), ("node", entry.node.clone())])
    };
    let info = Node::Object(
        "PageInfo",
        vec![
            ("hasNextPage", Node::of(next)),
            ("hasPreviousPage", Node::of(previous)),
            ("startCursor", cursor(shown.first())),
            ("endCursor", cursor(shown.last())),
        ],
    );
    Node::Object(
        names.connection,
        vec![
            ("edges", Node::List(shown.iter().map(edge).collect())),
            ("nodes", Node::List(shown.iter().map(|entry| entry.node.clone()).collect())),
            ("pageInfo", info),
        ],
    )
}

/// A small list whose entries keep their place (line items, transactions).
pub(super) fn in_place(names: &Names, nodes: Vec<Node>, arguments: &Map<String, Value>) -> Node {
    let entries = nodes.into_iter().zip(1_u64..).map(|(node, at)| Entry {
        key: Key::Number(i128::from(at)),
        id: at,
        node,
    });
    page(names, entries.collect(), arguments)
}

fn compare(one: &(&Key, u64), other: &(&Key, u64), reverse: bool) -> Ordering {
    let order = one.cmp(other);
    if reverse { order.reverse() } else { order }
}

fn write_cursor(entry: &Entry) -> String {
    let key = match &entry.key {
        Key::Number(number) => json!({ "last_id": entry.id, "last_number": number.to_string() }),
        Key::Text(text) => json!({ "last_id": entry.id, "last_value": text }),
    };
    STANDARD.encode(key.to_string())
}

fn read_cursor(cursor: &str) -> Option<(Key, u64)> {
    let place: Value = serde_json::from_slice(&STANDARD.decode(cursor).ok()?).ok()?;
    let id = place["last_id"].as_u64()?;
    let number = place["last_number"].as_str().and_then(|number| number.parse().ok()).map(Key::Number);
    Some((number.or_else(|| place["last_value"].as_str().map(|text| Key::Text(text.to_owned())))?, id))
}
