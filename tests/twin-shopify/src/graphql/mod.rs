//! The Admin GraphQL API over the state of one shop.

mod arguments;
mod bulk;
mod check;
mod connection;
mod cost;
mod customer;
mod directives;
mod discount;
mod discount_input;
mod execute;
mod literal;
mod mutation;
mod node;
mod order;
mod refusal;
mod root;
mod search;
mod spread;
mod subscription;
mod usage;
mod variables;

use std::sync::LazyLock;

use apollo_compiler::{
    Node as Syntax, Schema,
    ast::{Definition, Document, OperationDefinition, OperationType},
    validation::Valid,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{faults, shop::Shop, versions::Version, view::View};
use execute::Run;

/// The subset of the schema as text.
pub const ADMIN_SDL: &str = include_str!("../admin.graphql");
/// A query above this is refused before it runs (shopify.dev, rate limits).
const MOST_POINTS: u64 = 1000;

static SCHEMA: LazyLock<Option<Valid<Schema>>> =
    LazyLock::new(|| Schema::parse_and_validate(ADMIN_SDL, "admin.graphql").ok());

/// One request, read and checked, about to run.
pub(super) struct Prepared<'a> {
    pub(super) schema: &'a Valid<Schema>,
    pub(super) document: &'a Document,
    pub(super) operation: &'a Syntax<OperationDefinition>,
    pub(super) variables: Map<String, Value>,
}

/// What a bulk operation's document comes to now, as data; none where it is not a query that can be answered. Its
/// connections have no pages.
fn in_bulk(shop: &Shop, document: &str, version: &Version) -> Option<Value> {
    let schema = SCHEMA.as_ref()?;
    let document = Document::parse(document, "bulk.graphql").ok()?;
    if !check::check(schema, &document, version).is_empty() {
        return None;
    }
    let prepared = prepare(schema, &document, &json!({ "variables": {} })).ok()?;
    let is_query = prepared.operation.operation_type == OperationType::Query;
    is_query.then(|| {
        Run::new(View::now(shop), &prepared, version, mutation::Done::new()).answer().0["data"].take()
    })
}

/// Answers `{query, variables, operationName}`. The answer is always a 200 in HTTP terms.
pub(crate) fn answer(shop: &mut Shop, request: &Value, version: &Version, now: Timestamp) -> Value {
    let text = request["query"].as_str().unwrap_or_default();
    let Some(schema) = SCHEMA.as_ref() else { return refused(&[json!({ "message": "Internal error" })]) };
    let document = match Document::parse(text, "query.graphql") {
        Ok(document) => document,
        Err(broken) => return refused(&[refusal::syntax(text, &broken)]),
    };
    let errors = check::check(schema, &document, version);
    if !errors.is_empty() {
        return refused(&errors);
    }
    match prepare(schema, &document, request) {
        Ok(prepared) => match arguments::limits(&prepared) {
            errors if errors.is_empty() => charge(shop, &prepared, version, now),
            errors => refused(&errors),
        },
        Err(errors) => refused(&errors),
    }
}

fn prepare<'a>(
    schema: &'a Valid<Schema>,
    document: &'a Document,
    request: &Value,
) -> Result<Prepared<'a>, Vec<Value>> {
    let operation = chosen(document, request["operationName"].as_str())?;
    let variables = variables::coerce(schema, document, operation, &request["variables"])?;
    Ok(Prepared { schema, document, operation, variables })
}

fn chosen<'a>(
    document: &'a Document,
    name: Option<&str>,
) -> Result<&'a Syntax<OperationDefinition>, Vec<Value>> {
    let mut operations = document.definitions.iter().filter_map(Definition::as_operation_definition);
    let found = match name.filter(|name| !name.is_empty()) {
        Some(name) => {
            operations.find(|operation| operation.name.as_ref().is_some_and(|own| own.as_str() == name))
        }
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    found.ok_or_else(|| match name {
        Some(name) => vec![json!({ "message": format!("No operation named \"{name}\"") })],
        None => vec![json!({ "message": "An operation name is required" })],
    })
}

/// Takes the points, runs, and gives back what was not used.
fn charge(shop: &mut Shop, prepared: &Prepared<'_>, version: &Version, now: Timestamp) -> Value {
    let requested = cost::requested(prepared);
    if requested > MOST_POINTS {
        return refused(&[refusal::too_costly(requested, MOST_POINTS)]);
    }
    let struck = faults::strikes(&mut shop.faults.throttle_next);
    if struck || !shop.bucket.take(requested, now) {
        return throttled(shop, requested);
    }
    let (mut answer, actual) = run(shop, prepared, version, now);
    // A list without `first` was asked for as one entry, and may have held more.
    let actual = actual.min(requested);
    shop.bucket.give_back(requested - actual);
    answer["extensions"] = json!({ "cost": {
        "requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": shop.bucket.status(),
    }});
    answer
}

fn run(shop: &mut Shop, prepared: &Prepared<'_>, version: &Version, now: Timestamp) -> (Value, u64) {
    shop.bulks.move_on(now);
    let mutates = prepared.operation.operation_type == OperationType::Mutation;
    let done = if mutates { mutation::apply(shop, prepared, version, now) } else { mutation::Done::new() };
    let stale = prepared.operation.operation_type == OperationType::Query
        && faults::strikes(&mut shop.faults.stale_reads);
    let view = if stale { View::before_last_change(shop) } else { View::now(shop) };
    Run::new(view, prepared, version, done).answer()
}

fn throttled(shop: &mut Shop, requested: u64) -> Value {
    json!({
        "errors": [{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }],
        "extensions": { "cost": { "requestedQueryCost": requested, "throttleStatus": shop.bucket.status() } },
    })
}

fn refused(errors: &[Value]) -> Value {
    json!({ "errors": errors })
}
