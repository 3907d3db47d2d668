//! The request bodies, read strictly: an unknown field or a wrong shape is refused.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, de::DeserializeOwned};

use crate::{record::Values, refusal::Refusal};

/// A property value as it may be written in JSON. HubSpot coerces numbers and booleans, not `null` or lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "property values are strings")]
pub(crate) enum Sent {
    Text(String),
    Truth(bool),
    Number(serde_json::Number),
}

impl Sent {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// One input of a batch. Which fields an operation needs and refuses is decided by it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) id: Option<String>,
    pub(crate) id_property: Option<String>,
    pub(crate) object_write_trace_id: Option<String>,
    properties: Option<HashMap<String, Sent>>,
    #[serde(default)]
    pub(crate) associations: Vec<InlineAssociation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchBody {
    pub(crate) inputs: Vec<Input>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordId {
    pub(crate) id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReadBody {
    #[serde(default)]
    pub(crate) properties: Vec<String>,
    #[serde(default)]
    pub(crate) properties_with_history: Vec<String>,
    pub(crate) id_property: Option<String>,
    pub(crate) inputs: Vec<RecordId>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MergeBody {
    pub(crate) primary_object_id: String,
    pub(crate) object_id_to_merge: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InlineAssociation {
    pub(crate) to: RecordId,
    #[serde(rename = "types")]
    pub(crate) labels: Vec<AssociationLabel>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AssociationLabel {
    pub(crate) association_category: String,
    pub(crate) association_type_id: u32,
}

/// A single create or update: the same fields as an input, without an id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SingleBody {
    properties: BTreeMap<String, Sent>,
    #[serde(default)]
    pub(crate) associations: Vec<InlineAssociation>,
    #[serde(rename = "objectWriteTraceId")]
    _trace: Option<String>,
}

impl SingleBody {
    pub(crate) fn values(&self) -> Values {
        self.properties.iter().map(|(name, sent)| (name.clone(), sent.clone().text())).collect()
    }
}

impl Input {
    pub(crate) fn values(&self) -> Result<Values, Refusal> {
        let properties = self.properties.as_ref().ok_or_else(|| unset("properties"))?;
        Ok(properties.iter().map(|(name, sent)| (name.clone(), sent.clone().text())).collect())
    }

    pub(crate) fn id(&self) -> Result<&str, Refusal> {
        self.id.as_deref().filter(|id| !id.is_empty()).ok_or_else(|| unset("id"))
    }
}

/// A body in the shape of `T`, or the refusal that names the line.
pub(crate) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))
}

/// A record id; HubSpot answers 404 to one that is not a number.
pub(crate) fn id(raw: &str) -> Result<u64, Refusal> {
    raw.parse().map_err(|_| Refusal::not_numeric())
}

fn unset(field: &str) -> Refusal {
    Refusal::required(&format!("Some required fields were not set: [{field}]"), &[field])
}
