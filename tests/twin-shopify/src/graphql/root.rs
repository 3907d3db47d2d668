//! Fields of `QueryRoot` and `Mutation`.

use serde_json::{Map, Value, json};

use super::{bulk, customer, discount, node::Node, order, search, subscription};
use crate::{
    gid::{self, gid},
    versions::Version,
    view::View,
};

pub(super) fn field(view: &View<'_>, version: &Version, name: &str, arguments: &Map<String, Value>) -> Node {
    let id = arguments.get("id").and_then(Value::as_str).unwrap_or_default();
    match name {
        "node" => by_id(view, id),
        "nodes" => nodes(view, arguments),
        "customer" => of_kind(view, id, "Customer"),
        "order" => of_kind(view, id, "Order"),
        "customerByIdentifier" => by_identifier(view, arguments),
        "customers" => customer::page(view, arguments),
        "orders" => order::page(&view.orders(), arguments),
        "customersCount" => {
            counted(&view.customers(), arguments, |one, name| search::of_customer(view, one, name))
        }
        "ordersCount" => counted(&view.orders(), arguments, |one, name| search::of_order(one, name)),
        "shop" => shop(view),
        "codeDiscountNodeByCode" => discount::by_code(view, arguments["code"].as_str().unwrap_or_default()),
        "currentAppInstallation" => installation(view),
        "publicApiVersions" => Node::List(Version::all().into_iter().map(api_version).collect()),
        "bulkOperation" => bulk::one(view, id),
        "bulkOperations" => bulk::page(view, arguments),
        "bulkOperationRunQuery" => bulk::begun(view),
        "bulkOperationCancel" => bulk::cancelled(view, id),
        "webhookSubscriptions" => subscription::page(view, arguments),
        "tagsAdd" => tagged(view, id, "TagsAddPayload"),
        "tagsRemove" => tagged(view, id, "TagsRemovePayload"),
        _ => Node::Failed(format!("{name} is not answered in {}", version.as_str()), "NOT_IMPLEMENTED"),
    }
}

/// The object of any id, or null where there is none.
fn by_id(view: &View<'_>, id: &str) -> Node {
    match gid::parse(id) {
        Some(("Customer", number)) if view.customer(number).is_some() => Node::Customer(number),
        Some(("Order", number)) if view.order(number).is_some() => Node::Order(number),
        Some(("BulkOperation", _)) => bulk::one(view, id),
        Some(("Company", number)) => view.shop.companies.get(&number).map_or(Node::NULL, customer::company),
        Some(("DiscountCodeNode", number)) => discount::by_id(view, number),
        Some(("Shop", _)) => shop(view),
        _ => Node::NULL,
    }
}

fn nodes(view: &View<'_>, arguments: &Map<String, Value>) -> Node {
    let ids = arguments
        .get("ids")
        .map_or(&[][..], |ids| ids.as_array().map_or(std::slice::from_ref(ids), Vec::as_slice));
    Node::List(ids.iter().map(|id| by_id(view, id.as_str().unwrap_or_default())).collect())
}

/// An id of another kind is a mistake of the caller, not an object that is not there.
fn of_kind(view: &View<'_>, id: &str, kind: &str) -> Node {
    match gid::parse(id) {
        Some((named, _)) if named == kind => by_id(view, id),
        _ => Node::Failed(format!("Invalid id: {id}"), "RESOURCE_NOT_FOUND"),
    }
}

fn by_identifier(view: &View<'_>, arguments: &Map<String, Value>) -> Node {
    let wanted = |name: &str| arguments.get("identifier").and_then(|given| given[name].as_str());
    if let Some(id) = wanted("id") {
        return of_kind(view, id, "Customer");
    }
    let (email, phone) = (wanted("emailAddress"), wanted("phoneNumber"));
    let same = |held: &Option<String>, wanted: Option<&str>| {
        wanted.is_some_and(|wanted| held.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(wanted)))
    };
    let found = view.customers().into_iter().find(|one| same(&one.email, email) || same(&one.phone, phone));
    found.map_or(Node::NULL, |one| Node::Customer(one.id))
}

fn counted<T>(
    all: &[T],
    arguments: &Map<String, Value>,
    read: impl Fn(&T, &str) -> Option<search::Held>,
) -> Node {
    let wanted = search::Query::of(arguments);
    let count = all.iter().filter(|one| wanted.matches(&|name| read(one, name))).count() as u64;
    let limit = arguments.get("limit").and_then(Value::as_u64).filter(|limit| *limit < count);
    Node::Object(
        "Count",
        vec![
            ("count", Node::of(limit.unwrap_or(count))),
            ("precision", Node::of(if limit.is_some() { "AT_LEAST" } else { "EXACT" })),
        ],
    )
}

fn tagged(view: &View<'_>, id: &str, payload: &'static str) -> Node {
    let node = by_id(view, id);
    let missing = Node::Object(
        "UserError",
        vec![
            ("field", Node::of(json!(["id"]))),
            ("message", Node::of(format!("Resource {id} does not exist"))),
        ],
    );
    let errors = if node.is_null() { vec![missing] } else { Vec::new() };
    Node::Object(payload, vec![("node", node), ("userErrors", Node::List(errors))])
}

fn shop(view: &View<'_>) -> Node {
    let shop = view.shop;
    let url = format!("https://{}", shop.domain);
    let minutes = shop.settings.utc_offset_minutes;
    let offset =
        format!("{}{:02}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    let email = format!("owner@{}", shop.domain);
    Node::Object(
        "Shop",
        vec![
            ("id", Node::of(gid("Shop", 1))),
            ("name", Node::of(shop.domain.split('.').next().unwrap_or_default())),
            ("email", Node::of(email.as_str())),
            ("contactEmail", Node::of(email)),
            ("myshopifyDomain", Node::of(shop.domain.as_str())),
            ("currencyCode", Node::of(shop.settings.currency.as_str())),
            ("enabledPresentmentCurrencies", Node::of(vec![shop.settings.currency.clone()])),
            (
                "ianaTimezone",
                Node::of(if minutes == -300 {
                    "America/New_York".to_owned()
                } else {
                    format!("Etc/GMT{:+}", -minutes / 60)
                }),
            ),
            ("timezoneAbbreviation", Node::of(offset[..3].to_owned())),
            ("timezoneOffset", Node::of(offset)),
            ("timezoneOffsetMinutes", Node::of(minutes)),
            ("createdAt", Node::time(shop.created_at)),
            ("updatedAt", Node::time(shop.created_at)),
            ("url", Node::of(url.as_str())),
            ("primaryDomain", domain(&shop.domain, url)),
            ("plan", plan()),
        ],
    )
}

fn domain(host: &str, url: String) -> Node {
    let id = Node::of(gid("Domain", 1));
    Node::Object(
        "Domain",
        vec![("id", id), ("host", Node::of(host)), ("url", Node::of(url)), ("sslEnabled", Node::of(true))],
    )
}

fn plan() -> Node {
    Node::Object(
        "ShopPlan",
        vec![
            ("publicDisplayName", Node::of("Development")),
            ("shopifyPlus", Node::of(false)),
            ("partnerDevelopment", Node::of(true)),
        ],
    )
}

fn installation(view: &View<'_>) -> Node {
    let scope = |handle: &String| {
        let description = handle.replace('_', " ");
        Node::Object(
            "AccessScope",
            vec![("handle", Node::of(handle.as_str())), ("description", Node::of(description))],
        )
    };
    Node::Object(
        "AppInstallation",
        vec![
            ("id", Node::of(gid("AppInstallation", 1))),
            ("accessScopes", Node::List(view.shop.settings.scopes.iter().map(scope).collect())),
        ],
    )
}

fn api_version((handle, name, supported): (Value, Value, Value)) -> Node {
    Node::Object(
        "ApiVersion",
        vec![
            ("handle", Node::Leaf(handle)),
            ("displayName", Node::Leaf(name)),
            ("supported", Node::Leaf(supported)),
        ],
    )
}
