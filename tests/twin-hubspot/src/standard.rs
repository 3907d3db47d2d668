//! What a fresh portal has: HubSpot's own properties per object type (the ones a commerce sync meets).

use crate::{kind::Kind, property::Property};

/// name, type, fieldType, read-only.
type Row = (&'static str, &'static str, &'static str, bool);

const CONTACT: &[Row] = &[
    ("email", "string", "text", false),
    ("firstname", "string", "text", false),
    ("lastname", "string", "text", false),
    ("phone", "string", "phonenumber", false),
    ("mobilephone", "string", "phonenumber", false),
    ("company", "string", "text", false),
    ("jobtitle", "string", "text", false),
    ("address", "string", "text", false),
    ("city", "string", "text", false),
    ("state", "string", "text", false),
    ("zip", "string", "text", false),
    ("country", "string", "text", false),
    ("website", "string", "text", false),
    ("lifecyclestage", "enumeration", "radio", false),
    ("hs_lead_status", "enumeration", "radio", false),
    ("hs_language", "string", "text", false),
    ("hubspot_owner_id", "string", "select", false),
    ("hs_additional_emails", "string", "text", true),
    ("hs_merged_object_ids", "string", "text", true),
    ("hs_calculated_merged_vids", "string", "text", true),
    ("hs_email_domain", "string", "text", true),
    ("hs_searchable_calculated_phone_number", "string", "text", true),
    ("createdate", "datetime", "date", true),
    ("lastmodifieddate", "datetime", "date", true),
];
const COMPANY: &[Row] = &[
    ("name", "string", "text", false),
    ("domain", "string", "text", false),
    ("hs_additional_domains", "string", "text", false),
    ("phone", "string", "phonenumber", false),
    ("city", "string", "text", false),
    ("country", "string", "text", false),
    ("hubspot_owner_id", "string", "select", false),
    ("hs_merged_object_ids", "string", "text", true),
    ("createdate", "datetime", "date", true),
    ("hs_lastmodifieddate", "datetime", "date", true),
];
const DEAL: &[Row] = &[
    ("dealname", "string", "text", false),
    ("dealstage", "string", "radio", false),
    ("pipeline", "string", "select", false),
    ("amount", "number", "number", false),
    ("closedate", "datetime", "date", false),
    ("deal_currency_code", "string", "select", false),
    ("description", "string", "textarea", false),
    ("hubspot_owner_id", "string", "select", false),
    ("createdate", "datetime", "date", true),
    ("hs_lastmodifieddate", "datetime", "date", true),
];
const NOTE: &[Row] = &[
    ("hs_timestamp", "datetime", "date", false),
    ("hs_note_body", "string", "html", false),
    ("hs_attachment_ids", "string", "text", false),
    ("hubspot_owner_id", "string", "select", false),
    ("hs_createdate", "datetime", "date", true),
    ("hs_lastmodifieddate", "datetime", "date", true),
];
const TASK: &[Row] = &[
    ("hs_timestamp", "datetime", "date", false),
    ("hs_task_subject", "string", "text", false),
    ("hs_task_body", "string", "html", false),
    ("hs_task_status", "enumeration", "select", false),
    ("hs_task_priority", "enumeration", "select", false),
    ("hs_task_type", "enumeration", "select", false),
    ("hubspot_owner_id", "string", "select", false),
    ("hs_createdate", "datetime", "date", true),
    ("hs_lastmodifieddate", "datetime", "date", true),
];
const ORDER: &[Row] = &[
    ("hs_order_name", "string", "text", false),
    ("hs_currency_code", "string", "select", false),
    ("hs_source_store", "string", "text", false),
    ("hs_fulfillment_status", "string", "text", false),
    ("hs_external_order_id", "string", "text", false),
    ("hs_total_price", "number", "number", false),
    ("hs_pipeline", "string", "select", false),
    ("hs_pipeline_stage", "string", "select", false),
    ("hs_createdate", "datetime", "date", true),
    ("hs_lastmodifieddate", "datetime", "date", true),
];

/// The stages in their order; a write only moves forward along it.
pub(crate) const LIFECYCLE_STAGES: [&str; 8] = [
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
];

const OPTIONS: &[(&str, &[&str])] = &[
    ("lifecyclestage", &LIFECYCLE_STAGES),
    (
        "hs_lead_status",
        &[
            "NEW",
            "OPEN",
            "IN_PROGRESS",
            "OPEN_DEAL",
            "UNQUALIFIED",
            "ATTEMPTED_TO_CONTACT",
            "CONNECTED",
            "BAD_TIMING",
        ],
    ),
    ("hs_task_status", &["NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"]),
    ("hs_task_priority", &["LOW", "MEDIUM", "HIGH"]),
    ("hs_task_type", &["EMAIL", "CALL", "TODO"]),
];

/// The group HubSpot lists its own properties under.
pub(crate) const fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "contactinformation",
        Kind::Company => "companyinformation",
        Kind::Deal => "dealinformation",
        Kind::Note => "note",
        Kind::Task => "task",
        Kind::Order => "order_information",
    }
}

/// HubSpot's own properties of one object type.
pub(crate) fn properties(kind: Kind) -> Vec<Property> {
    let rows = match kind {
        Kind::Contact => CONTACT,
        Kind::Company => COMPANY,
        Kind::Deal => DEAL,
        Kind::Note => NOTE,
        Kind::Task => TASK,
        Kind::Order => ORDER,
    };
    let id: Row = ("hs_object_id", "number", "number", true);
    rows.iter().copied().chain([id]).map(|row| standard(kind, row)).collect()
}

fn standard(kind: Kind, (name, value_type, field_type, read_only): Row) -> Property {
    let mut property = Property::new(name, value_type, field_type);
    property.group_name = group(kind).into();
    property.read_only = read_only;
    property.hubspot_defined = true;
    let known = OPTIONS.iter().find(|(of, _)| *of == name).map_or(&[] as &[&str], |(_, options)| options);
    property.options = known.iter().map(ToString::to_string).collect();
    // Only these carry the mark in HubSpot too; `hs_object_id` is the id itself.
    property.has_unique_value = matches!(name, "hs_object_id") || (kind == Kind::Contact && name == "email");
    property
}

/// The contact properties Counterfoil writes, as its set-up creates them.
pub(crate) fn counterfoil() -> Vec<Property> {
    let of = |value_type: &str, field_type: &str, names: &[&str]| -> Vec<Property> {
        names.iter().map(|name| Property::new(name, value_type, field_type)).collect()
    };
    let mut all = vec![Property::new("shopify_customer_id", "string", "text").unique()];
    let texts = [
        "lead_source",
        "shopify_currency",
        "shopify_customer_tags",
        "shopify_companies",
        "last_order_id",
        "last_order_name",
        "email_marketing_consent",
        "sms_marketing_consent",
        "shopify_signals",
        "shopify_segments",
        "shopify_invitation",
        "shopify_discount_code",
    ];
    all.extend(of("string", "text", &texts));
    let numbers = [
        "total_spent",
        "orders_count",
        "average_order_value",
        "refund_count",
        "refunded_amount",
        "shopify_score",
    ];
    all.extend(of("number", "number", &numbers));
    all.extend(of("datetime", "date", &["shopify_created_at", "last_order_at"]));
    all
}
