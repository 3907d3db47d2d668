//! The search index: only asked for what can be read in no other way.

use serde_json::{Value, json};

use crate::client::HubSpot;
use crate::decode::{Results, Row};
use crate::limits::{MAX_EMAIL_BYTES, MAX_SEARCH_GROUPS, MAX_SEARCHES};
use crate::property;

/// The contacts that hold one of these addresses beside their first one, as far as the index knows and answers.
///
/// It is seconds behind, takes five addresses at a time and five calls a second, so it is asked for a few and given up
/// at the first refusal.
pub(crate) async fn further_emails(hubspot: &HubSpot, emails: &[&str]) -> Vec<Row> {
    let emails: Vec<_> = emails.iter().filter(|email| email.len() <= MAX_EMAIL_BYTES).collect();
    let mut rows = Vec::new();
    for some in emails.chunks(MAX_SEARCH_GROUPS).take(MAX_SEARCHES) {
        let Ok(answer) = hubspot.post(&hubspot.contacts("search"), &body(some)).await else { break };
        let said: Results = answer.json().unwrap_or_default();
        rows.extend(said.results);
    }
    rows
}

/// A token is not an address: whose address it really is, is looked at in the answer.
fn body(emails: &[&&str]) -> Value {
    let filter = |email: &&&str| json!({"propertyName": property::FURTHER_EMAILS, "operator": "CONTAINS_TOKEN", "value": email});
    let groups: Vec<_> = emails.iter().map(|email| json!({"filters": [filter(email)]})).collect();
    json!({"filterGroups": groups, "properties": property::read(), "limit": 100})
}
