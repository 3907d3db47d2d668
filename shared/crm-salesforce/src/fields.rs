//! The custom fields that an org needs: of what type each is, and on which object.

use crm::spelling::Shape;
use domain::{Field, OrdersAs};

use crate::client::Salesforce;
use crate::ours::{ACTION, CLOSED_AT, COMPANY, CURRENCY, DUE_AT, ORDER, REFUND, TOTAL};
use crate::property::{KEY, STAND_IN};

/// What a custom field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// What a signal says: a text, or a choice where the org has made it one with ours among them.
    Word,
    /// A text by which a record is found: an External ID, unique.
    Key,
    /// The same on activities, whose fields can be neither.
    PlainKey,
    LongText,
    Number(u8),
    Money,
    Time,
}

/// A custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Custom {
    /// On what it is made. Tasks have theirs from activities.
    pub(crate) made_on: &'static str,
    /// On what it is then.
    pub(crate) object: &'static str,
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

impl Kind {
    /// Its name in a describe.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Text | Self::Word | Self::Key | Self::PlainKey => "string",
            Self::LongText => "textarea",
            Self::Number(_) => "double",
            Self::Money => "currency",
            Self::Time => "datetime",
        }
    }

    /// Whether a field that a describe calls so will do.
    pub(crate) fn takes(self, described: &str) -> bool {
        described == self.described() || (self == Self::Word && described == "picklist")
    }

    pub(crate) fn metadata(self, label: &str) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::Key => json!({
                "label": label,
                "type": "Text",
                "length": 64,
                "externalId": true,
                "unique": true,
                "caseSensitive": false,
            }),
            Self::Text | Self::Word | Self::PlainKey => {
                json!({"label": label, "type": "Text", "length": 255})
            }
            Self::LongText => {
                json!({"label": label, "type": "LongTextArea", "length": 32_768, "visibleLines": 3})
            }
            Self::Number(scale) => json!({"label": label, "type": "Number", "precision": 18, "scale": scale}),
            Self::Money => json!({"label": label, "type": "Currency", "precision": 18, "scale": 2}),
            Self::Time => json!({"label": label, "type": "DateTime"}),
        }
    }
}

impl Custom {
    fn new(object: &'static str, name: impl Into<String>, kind: Kind) -> Self {
        let made_on = if object == "Task" { "Activity" } else { object };
        Self { made_on, object, name: name.into(), kind }
    }

    /// `Shopify_Total_Spent__c` is shown as `Shopify Total Spent`, `signal_tier__c` as `Signal tier`.
    pub(crate) fn label(&self) -> String {
        let words = self.name.trim_end_matches("__c").replace('_', " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}

fn kind(field: Field) -> Kind {
    match (field, Shape::of(field)) {
        (Field::CustomerKey, _) => Kind::Key,
        (Field::Signal(_), _) => Kind::Word,
        (Field::OrdersCount | Field::RefundCount, _) => Kind::Number(0),
        (_, Shape::Text) => Kind::Text,
        (_, Shape::List) => Kind::LongText,
        (_, Shape::Number) => Kind::Number(2),
        (_, Shape::Time) => Kind::Time,
    }
}

/// Those of people, and of what signals say of them. Those of metafields are the merchant's to make.
pub(crate) fn of_people(salesforce: &Salesforce) -> Vec<Custom> {
    let words = salesforce.words();
    let ours = words.made().map(|field| (words.name(field), kind(field)));
    let custom = ours.filter(|(name, _)| name.ends_with("__c"));
    let all = custom.map(|(name, kind)| Custom::new(words.object(), name, kind));
    all.chain([Custom::new(words.object(), STAND_IN, Kind::Text)]).collect()
}

/// Those of deals, notes, tasks and companies.
pub(crate) fn of_orders(salesforce: &Salesforce) -> Vec<Custom> {
    let deals = crate::deals::object(salesforce);
    let mut all = vec![
        Custom::new(deals, ORDER, Kind::Key),
        Custom::new(deals, CURRENCY, Kind::Text),
        Custom::new(deals, CLOSED_AT, Kind::Time),
        Custom::new("Task", REFUND, Kind::PlainKey),
        Custom::new("Task", ACTION, Kind::PlainKey),
        Custom::new("Task", DUE_AT, Kind::Time),
        Custom::new("Account", COMPANY, Kind::Key),
    ];
    if salesforce.config().layout.orders == OrdersAs::Orders {
        all.push(Custom::new(deals, TOTAL, Kind::Money));
    }
    all
}

/// Whether it is the field by which records of its object are found.
pub(crate) fn is_key(custom: &Custom) -> bool {
    custom.kind == Kind::Key && [KEY, ORDER, COMPANY].contains(&custom.name.as_str())
}
