//! A field: what it may hold and what may be done with it.

use serde::{Deserialize, Serialize};

/// What a field holds; the names are those of a describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// A record id of its own object.
    Id,
    /// One line of text.
    String,
    /// Lines of text. Those longer than 255 characters cannot be filtered.
    TextArea,
    /// An e-mail address.
    Email,
    /// A phone number, any text.
    Phone,
    /// A web address, any text.
    Url,
    /// One of a list.
    Picklist,
    /// A list of picks as they may be typed too.
    Combobox,
    /// Several of a list, with `;` between them.
    MultiPicklist,
    /// A number.
    Double,
    /// An amount.
    Currency,
    /// A share of a hundred.
    Percent,
    /// A whole number.
    Int,
    /// True or false, never nothing.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// The id of another record.
    Reference,
}

impl FieldKind {
    /// The name a describe gives it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::String => "string",
            Self::TextArea => "textarea",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Picklist => "picklist",
            Self::Combobox => "combobox",
            Self::MultiPicklist => "multipicklist",
            Self::Double => "double",
            Self::Currency => "currency",
            Self::Percent => "percent",
            Self::Int => "int",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Reference => "reference",
        }
    }

    pub(crate) const fn is_number(self) -> bool {
        matches!(self, Self::Double | Self::Currency | Self::Percent | Self::Int)
    }
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "they are the flags of a describe")]
pub struct Field {
    /// The API name; custom ones end with `__c`.
    pub name: String,
    /// What people see, and what some refusals say.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Characters at most; 0 where it does not matter.
    pub length: usize,
    /// Digits in all and behind the point.
    pub digits: (u32, u32),
    /// A new record cannot be without it.
    pub required: bool,
    /// No two records hold one value.
    pub unique: bool,
    /// `ABC` and `abc` are two values.
    pub case_sensitive: bool,
    /// An upsert may go by it.
    pub external_id: bool,
    /// It may be sent with a new record.
    pub createable: bool,
    /// It may be sent with a change.
    pub updateable: bool,
    /// The values of a picklist.
    pub values: Vec<String>,
    /// Whether a picklist refuses all others.
    pub restricted: bool,
    /// The object types a reference may lead to.
    pub refers_to: Vec<String>,
    /// What a new record gets when it is not sent.
    pub default: Option<String>,
}

impl Field {
    /// A field that may be read and written, and be empty.
    pub fn new(name: &str, kind: FieldKind) -> Self {
        Self {
            name: name.to_owned(),
            label: label(name),
            kind,
            length: if matches!(kind, FieldKind::Id | FieldKind::Reference) { 18 } else { 255 },
            digits: (18, 2),
            required: false,
            unique: false,
            case_sensitive: false,
            external_id: false,
            createable: true,
            updateable: true,
            values: Vec::new(),
            restricted: false,
            refers_to: Vec::new(),
            default: None,
        }
    }

    /// The same, of so many characters.
    #[must_use]
    pub fn long(self, length: usize) -> Self {
        Self { length, ..self }
    }

    /// The same, with so many digits in all and behind the point.
    #[must_use]
    pub fn digits(self, all: u32, behind: u32) -> Self {
        Self { digits: (all, behind), ..self }
    }

    /// The same as an external id that is unique: what an upsert goes by.
    #[must_use]
    pub fn key(self) -> Self {
        Self { external_id: true, unique: true, ..self }
    }

    /// The same as an external id that several records may share.
    #[must_use]
    pub fn loose_key(self) -> Self {
        Self { external_id: true, unique: false, ..self }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn read_only(self) -> Self {
        Self { createable: false, updateable: false, ..self }
    }

    pub(crate) fn create_only(self) -> Self {
        Self { updateable: false, ..self }
    }

    pub(crate) fn picks(self, values: &[&str]) -> Self {
        Self { values: values.iter().map(ToString::to_string).collect(), ..self }
    }

    pub(crate) fn default(self, value: &str) -> Self {
        Self { default: Some(value.to_owned()), ..self }
    }

    pub(crate) fn to(self, objects: &[&str]) -> Self {
        Self { refers_to: objects.iter().map(ToString::to_string).collect(), ..self }
    }

    /// Made in this org, so seen by nobody whom it was not granted to.
    pub(crate) fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// How a query or a body speaks of the record behind a reference: `Account` for `AccountId`.
    pub(crate) fn relationship(&self) -> Option<String> {
        if self.kind != FieldKind::Reference {
            return None;
        }
        let standard = self.name.strip_suffix("Id").map(str::to_owned);
        standard.or_else(|| self.name.strip_suffix("__c").map(|name| format!("{name}__r")))
    }

    /// Long text can be in no WHERE and in no ORDER BY.
    pub(crate) fn is_filterable(&self) -> bool {
        self.kind != FieldKind::TextArea || self.length <= 255
    }

    /// Whether an upsert and a look-up by value may go by it. Salesforce's own e-mail fields may, though several records can
    /// have one address.
    pub(crate) fn is_id_lookup(&self) -> bool {
        let address = self.kind == FieldKind::Email && !self.is_custom();
        self.external_id || self.kind == FieldKind::Id || address
    }
}

/// `LeadSource` is shown as `Lead Source`, `Shopify_Tags__c` as `Shopify Tags`.
fn label(name: &str) -> String {
    let name = name.strip_suffix("__c").unwrap_or(name).replace('_', " ");
    let name = name
        .strip_suffix("Id")
        .filter(|rest| !rest.is_empty())
        .map_or(name.clone(), |rest| format!("{rest} ID"));
    let mut shown = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            shown.push(' ');
        }
        shown.push(letter);
        before = letter;
    }
    shown
}
