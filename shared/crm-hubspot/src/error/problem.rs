//! The single values that a refusal names.

use domain::MetafieldName;
use serde_json::Value;

use crate::decode::loose::texts;
use crate::objects::{companies, deals, notes, tasks};
use crate::property;

/// A value that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) property: String,
}

impl Problem {
    /// The name of a property of ours that does not exist there.
    pub(crate) fn missing(&self, metafields: &[MetafieldName]) -> Option<&'static str> {
        let keys = [deals::KEY, notes::KEY, tasks::KEY, companies::KEY];
        let key = || keys.into_iter().find(|name| *name == self.property);
        let ours = property::field(&self.property, metafields).map(property::name).or_else(key)?;
        (self.code == "PROPERTY_DOESNT_EXIST").then_some(ours)
    }
}

/// All of a refusal: those in `errors`, and those that older answers repeat as a list within the message.
pub(crate) fn all(body: &Value) -> Vec<Problem> {
    let listed = body["errors"].as_array().into_iter().flatten().filter_map(listed);
    let mut all: Vec<_> = listed.collect();
    if all.is_empty() {
        all = repeated(body["message"].as_str().unwrap_or_default());
    }
    all
}

fn listed(error: &Value) -> Option<Problem> {
    let code = error["code"].as_str().or_else(|| error["errorType"].as_str()).unwrap_or_default().to_owned();
    let property = texts(&error["context"]["propertyName"]).into_iter().next().unwrap_or_default();
    let says_something = !code.is_empty() || !property.is_empty();
    says_something.then_some(Problem { code, property })
}

/// `Property values were not valid: [{"error":"INVALID_EMAIL","name":"email",...}]`.
fn repeated(message: &str) -> Vec<Problem> {
    let Some(start) = message.find("[{") else { return Vec::new() };
    let list: Vec<Value> = serde_json::from_str(&message[start..]).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.iter().map(|one| Problem { code: text(&one["error"]), property: text(&one["name"]) }).collect()
}
