//! Fields of `Customer`.

use serde_json::{Map, Value, json};

use super::{
    connection::{self, Names},
    node::Node,
    order, search,
};
use crate::{
    company::Company,
    customer::{Address, Consent, Customer},
    gid::gid,
    view::View,
};

const STATES: [&str; 4] = ["DECLINED", "DISABLED", "ENABLED", "INVITED"];
const CONSENTS: [&str; 6] =
    ["INVALID", "NOT_SUBSCRIBED", "PENDING", "SUBSCRIBED", "UNSUBSCRIBED", "REDACTED"];
const LEVELS: [&str; 3] = ["CONFIRMED_OPT_IN", "SINGLE_OPT_IN", "UNKNOWN"];

pub(super) fn field(
    view: &View<'_>,
    customer: &Customer,
    name: &str,
    arguments: &Map<String, Value>,
) -> Node {
    let text = |text: &Option<String>| Node::of(json!(text));
    match name {
        "id" => Node::of(gid("Customer", customer.id)),
        "legacyResourceId" => Node::unsigned(customer.id),
        "createdAt" => Node::time(customer.created_at),
        "updatedAt" => Node::time(customer.updated_at),
        "firstName" => guarded(view, "name", || text(&customer.first_name)),
        "lastName" => guarded(view, "name", || text(&customer.last_name)),
        "displayName" => guarded(view, "name", || Node::of(customer.display_name())),
        "email" => guarded(view, "email", || text(&customer.email)),
        "phone" => guarded(view, "phone", || text(&customer.phone)),
        "state" => Node::word(
            Some(&customer.state)
                .filter(|state| STATES.contains(&state.to_uppercase().as_str()))
                .map_or(Some("disabled"), |state| Some(state)),
            &STATES,
        ),
        "locale" => Node::of(customer.locale.as_str()),
        "note" => text(&customer.note),
        "tags" => Node::of(customer.tags.clone()),
        "taxExempt" => Node::of(customer.tax_exempt),
        "verifiedEmail" => Node::of(customer.verified_email),
        "companyContactProfiles" => contacts(view, customer),
        "defaultEmailAddress" => email_address(view, customer),
        "defaultPhoneNumber" => phone_number(view, customer),
        "defaultAddress" => address(view, customer.address.as_ref()),
        "addressesV2" => connection::in_place(
            &ADDRESSES,
            customer.address.iter().map(|held| address(view, Some(held))).collect(),
            arguments,
        ),
        "metafield" => guarded(view, "metafield", || metafield(customer, arguments)),
        _ => sales(view, customer, name, arguments),
    }
}

/// A contact's own id is the company's here: nobody asks for it.
fn contacts(view: &View<'_>, customer: &Customer) -> Node {
    let held = customer.companies.iter().filter_map(|id| view.shop.companies.get(id));
    let contact = |held| {
        Node::Object(
            "CompanyContact",
            vec![
                ("company", company(held)),
                ("customer", Node::Customer(customer.id)),
                ("isMainContact", Node::of(false)),
            ],
        )
    };
    Node::List(held.map(contact).collect())
}

/// A `Company`.
pub(super) fn company(held: &Company) -> Node {
    Node::Object(
        "Company",
        vec![
            ("id", Node::of(gid("Company", held.id))),
            ("name", Node::of(held.name.as_str())),
            ("createdAt", Node::time(held.created_at)),
            ("updatedAt", Node::time(held.updated_at)),
        ],
    )
}

/// The one of this namespace and key, where it is set. Without a namespace it is the app's own, and no app has any here.
fn metafield(customer: &Customer, arguments: &Map<String, Value>) -> Node {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let (Some(namespace), Some(key)) = (text("namespace"), text("key")) else { return Node::NULL };
    let Some(held) = customer.metafields.get(&format!("{namespace}.{key}")) else { return Node::NULL };
    Node::Object(
        "Metafield",
        vec![
            ("namespace", Node::of(namespace)),
            ("key", Node::of(key)),
            ("type", Node::of(held.kind.as_str())),
            ("value", Node::of(held.value.as_str())),
        ],
    )
}

const ADDRESSES: Names = Names { connection: "MailingAddressConnection", edge: "MailingAddressEdge" };

fn sales(view: &View<'_>, customer: &Customer, name: &str, arguments: &Map<String, Value>) -> Node {
    match name {
        "numberOfOrders" => Node::unsigned(view.figures(customer).orders),
        "amountSpent" => Node::money(view.figures(customer).spent, &view.shop.settings.currency),
        "lastOrder" => view.figures(customer).last_order.map_or(Node::NULL, Node::Order),
        "orders" => order::page(&view.orders_of(customer.id), arguments),
        "statistics" => statistics(view, customer),
        _ => Node::NULL,
    }
}

/// Shopify predicts from history; with none there is nothing to say.
fn statistics(view: &View<'_>, customer: &Customer) -> Node {
    let orders = view.figures(customer).orders;
    let (tier, group) = match orders {
        0 => (Value::Null, json!("PROSPECTS")),
        1 => (json!("LOW"), json!("NEW")),
        2..=4 => (json!("MEDIUM"), json!("ACTIVE")),
        _ => (json!("HIGH"), json!("LOYAL")),
    };
    Node::Object(
        "CustomerStatistics",
        vec![("predictedSpendTier", Node::Leaf(tier)), ("rfmGroup", Node::Leaf(group))],
    )
}

fn email_address(view: &View<'_>, customer: &Customer) -> Node {
    let Some(email) = &customer.email else { return Node::NULL };
    let consent = &customer.email_consent;
    let state = Node::word(consent.state.as_deref().or(Some("not_subscribed")), &CONSENTS[..5]);
    Node::Object(
        "CustomerEmailAddress",
        vec![
            ("emailAddress", guarded(view, "email", || Node::of(email.as_str()))),
            ("marketingState", if state.is_null() { Node::of("NOT_SUBSCRIBED") } else { state }),
            ("marketingOptInLevel", level(consent)),
            ("marketingUpdatedAt", Node::time_or_null(consent.updated_at)),
            ("openTrackingLevel", Node::of("UNKNOWN")),
            (
                "validFormat",
                Node::of(
                    email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
                ),
            ),
        ],
    )
}

/// The old field says `NOT_SUBSCRIBED` where the new one says `NEVER_SUBSCRIBED`.
fn phone_number(view: &View<'_>, customer: &Customer) -> Node {
    let Some(phone) = &customer.phone else { return Node::NULL };
    let consent = &customer.sms_consent;
    let old = Node::word(consent.state.as_deref(), &CONSENTS[1..]);
    let old = if old.is_null() { Node::of("NOT_SUBSCRIBED") } else { old };
    let new = match &old {
        Node::Leaf(word) if word == "NOT_SUBSCRIBED" => Node::of("NEVER_SUBSCRIBED"),
        other => other.clone(),
    };
    let consent_object = Node::Object(
        "CustomerSmsMarketingConsent",
        vec![
            ("state", new),
            ("optInLevel", level(consent)),
            ("updatedAt", Node::time_or_null(consent.updated_at)),
            ("collectedFrom", Node::NULL),
        ],
    );
    Node::Object(
        "CustomerPhoneNumber",
        vec![
            ("phoneNumber", guarded(view, "phone", || Node::of(phone.as_str()))),
            ("marketingState", old),
            ("marketingOptInLevel", level(consent)),
            ("marketingUpdatedAt", Node::time_or_null(consent.updated_at)),
            ("smsMarketingConsent", consent_object),
        ],
    )
}

fn level(consent: &Consent) -> Node {
    Node::word(consent.opt_in_level.as_deref(), &LEVELS)
}

/// A `MailingAddress`; streets and names are protected.
pub(super) fn address(view: &View<'_>, address: Option<&Address>) -> Node {
    let Some(held) = address else { return Node::NULL };
    let text = |text: &Option<String>| Node::of(json!(text));
    let names: Vec<&str> =
        [&held.first_name, &held.last_name].into_iter().flatten().map(String::as_str).collect();
    let country = held.country_code.clone().filter(|code| code.len() == 2);
    Node::Object(
        "MailingAddress",
        vec![
            ("id", Node::of(format!("{}?model_name=CustomerAddress", gid("MailingAddress", held.id)))),
            ("firstName", guarded(view, "name", || text(&held.first_name))),
            ("lastName", guarded(view, "name", || text(&held.last_name))),
            ("name", guarded(view, "name", || Node::of(names.join(" ")))),
            ("address1", guarded(view, "address", || text(&held.address1))),
            ("address2", guarded(view, "address", || text(&held.address2))),
            ("zip", guarded(view, "address", || text(&held.zip))),
            ("phone", guarded(view, "phone", || text(&held.phone))),
            ("company", text(&held.company)),
            ("city", text(&held.city)),
            ("province", text(&held.province)),
            ("provinceCode", text(&held.province_code)),
            ("country", text(&held.country)),
            ("countryCodeV2", text(&country)),
        ],
    )
}

/// The value, unless this kind of protected data is withheld from the app.
pub(super) fn guarded(view: &View<'_>, kind: &str, value: impl FnOnce() -> Node) -> Node {
    if view.shop.faults.redact.iter().any(|redacted| redacted == kind) {
        Node::Hidden("Customer")
    } else {
        value()
    }
}

const PAGE: Names = Names { connection: "CustomerConnection", edge: "CustomerEdge" };

/// `customers(...)`: filtered, sorted, cut.
pub(super) fn page(view: &View<'_>, arguments: &Map<String, Value>) -> Node {
    let wanted = search::Query::of(arguments);
    let sort = arguments.get("sortKey").and_then(Value::as_str).unwrap_or("ID");
    let found = view
        .customers()
        .into_iter()
        .filter(|customer| wanted.matches(&|name| search::of_customer(view, customer, name)));
    let entries = found.map(|customer| connection::Entry {
        key: key(customer, sort),
        id: customer.id,
        node: Node::Customer(customer.id),
    });
    connection::page(&PAGE, entries.collect(), arguments)
}

fn key(customer: &Customer, sort: &str) -> connection::Key {
    match sort {
        "CREATED_AT" => connection::Key::Number(customer.created_at.as_second().into()),
        "UPDATED_AT" => connection::Key::Number(customer.updated_at.as_second().into()),
        "NAME" => connection::Key::Text(format!("{:?} {:?}", customer.last_name, customer.first_name)),
        "LOCATION" => connection::Key::Text(customer.address.as_ref().map_or_else(String::new, |held| {
            format!("{:?} {:?} {:?}", held.country, held.province, held.city)
        })),
        _ => connection::Key::Number(customer.id.into()),
    }
}
