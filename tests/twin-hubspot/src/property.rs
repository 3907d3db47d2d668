//! A property definition: what it is called, what it may hold, and what the API says about it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A property of an object type, in the names of HubSpot's properties API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Property {
    /// Internal name: a letter, then lower-case letters, digits and underscores.
    pub name: String,
    /// Shown to people; the name when absent.
    #[serde(default)]
    pub label: String,
    /// `string`, `number`, `bool`, `enumeration`, `date`, `datetime` or `phone_number`.
    #[serde(rename = "type")]
    pub value_type: String,
    /// The form field, e.g. `text`, `number`, `date`, `select`, `checkbox`.
    pub field_type: String,
    /// The group it is listed under; `contactinformation` when absent.
    #[serde(default = "contact_information")]
    pub group_name: String,
    /// No two records may hold one value. Fixed when the property is created.
    #[serde(default)]
    pub has_unique_value: bool,
    /// Internal values of an enumeration.
    #[serde(default)]
    pub options: Vec<String>,
    /// HubSpot computes it; the API refuses to write it.
    #[serde(default)]
    pub read_only: bool,
    /// HubSpot defined it.
    #[serde(default)]
    pub hubspot_defined: bool,
}

fn contact_information() -> String {
    "contactinformation".into()
}

impl Property {
    /// A custom property of the group `contactinformation`: name, type and fieldType.
    pub fn new(name: &str, value_type: &str, field_type: &str) -> Self {
        Self {
            name: name.into(),
            label: name.into(),
            value_type: value_type.into(),
            field_type: field_type.into(),
            group_name: contact_information(),
            has_unique_value: false,
            options: Vec::new(),
            read_only: false,
            hubspot_defined: false,
        }
    }

    /// The same, with unique values.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.has_unique_value = true;
        self
    }

    /// As `GET /crm/properties/...` shows it.
    pub(crate) fn shown(&self) -> Value {
        let option = |(index, value): (usize, &String)| json!({"label": value, "value": value, "displayOrder": index, "hidden": false});
        let label = if self.label.is_empty() { &self.name } else { &self.label };
        json!({
            "name": self.name,
            "label": label,
            "type": self.value_type,
            "fieldType": self.field_type,
            "groupName": self.group_name,
            "hasUniqueValue": self.has_unique_value,
            "options": self.options.iter().enumerate().map(option).collect::<Vec<_>>(),
            "hidden": false,
            "archived": false,
            "calculated": false,
            "hubspotDefined": self.hubspot_defined,
            "modificationMetadata": {"archivable": !self.hubspot_defined, "readOnlyDefinition": self.hubspot_defined, "readOnlyValue": self.read_only},
        })
    }
}
