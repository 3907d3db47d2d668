//! The properties and groups of one object type, and what a new one must satisfy.

use std::collections::BTreeMap;

use crate::{kind::Kind, property::Property, refusal::Refusal, standard};

const MOST_UNIQUE: usize = 10;
const TYPES: [&str; 7] = ["bool", "enumeration", "date", "datetime", "string", "number", "phone_number"];
const FIELD_TYPES: [&str; 12] = [
    "booleancheckbox",
    "calculation_equation",
    "checkbox",
    "date",
    "file",
    "html",
    "number",
    "phonenumber",
    "radio",
    "select",
    "text",
    "textarea",
];

#[derive(Debug)]
pub(crate) struct Schema {
    properties: BTreeMap<String, Property>,
    /// Name and label.
    pub(crate) groups: BTreeMap<String, String>,
}

impl Schema {
    /// What HubSpot has by itself.
    pub(crate) fn standard(kind: Kind) -> Self {
        let of_name = |property: Property| (property.name.clone(), property);
        let group = standard::group(kind);
        Self {
            properties: standard::properties(kind).into_iter().map(of_name).collect(),
            groups: [(group.to_owned(), group.to_owned())].into(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Property> {
        self.properties.values()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Property> {
        self.properties.get(name)
    }

    /// Adds a property, or says why HubSpot would not.
    pub(crate) fn add(&mut self, property: Property) -> Result<(), Refusal> {
        if self.properties.contains_key(&property.name) {
            return Err(Refusal::already_defined("property", &property.name));
        }
        self.check(&property)?;
        self.properties.insert(property.name.clone(), property);
        Ok(())
    }

    pub(crate) fn relabel(&mut self, name: &str, label: String) {
        if let Some(property) = self.properties.get_mut(name) {
            property.label = label;
        }
    }

    pub(crate) fn add_group(&mut self, name: &str, label: &str) -> Result<(), Refusal> {
        if self.groups.contains_key(name) {
            return Err(Refusal::already_defined("property group", name));
        }
        self.groups.insert(name.to_owned(), label.to_owned());
        Ok(())
    }

    fn check(&self, property: &Property) -> Result<(), Refusal> {
        let Property { name, value_type, field_type, group_name, .. } = property;
        let wrong = |field: &str, value: &str, mend: &str| {
            Err(Refusal::validation(format!("{field} '{value}' is not valid: {mend}")))
        };
        if !is_name(name) {
            return wrong("name", name, "a letter, then lower-case letters, digits and underscores");
        }
        if !TYPES.contains(&value_type.as_str()) {
            return wrong("type", value_type, &format!("one of {}", TYPES.join(", ")));
        }
        if !FIELD_TYPES.contains(&field_type.as_str()) {
            return wrong("fieldType", field_type, &format!("one of {}", FIELD_TYPES.join(", ")));
        }
        if !self.groups.contains_key(group_name) {
            return wrong("groupName", group_name, "a property group of this object type");
        }
        self.check_uniqueness(property)
    }

    fn check_uniqueness(&self, property: &Property) -> Result<(), Refusal> {
        if property.value_type == "enumeration" && property.options.is_empty() {
            return Err(Refusal::validation("options must not be empty for the type enumeration"));
        }
        if !property.has_unique_value {
            return Ok(());
        }
        if !matches!(property.value_type.as_str(), "string" | "number") {
            return Err(Refusal::validation("hasUniqueValue is for the types string and number"));
        }
        let ours = |other: &&Property| other.has_unique_value && !other.hubspot_defined;
        if self.all().filter(ours).count() >= MOST_UNIQUE {
            return Err(Refusal::validation(format!(
                "hasUniqueValue: this object type has {MOST_UNIQUE} unique properties already"
            )));
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
