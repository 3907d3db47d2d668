//! How many deals there are, by the index of the search: it is seconds behind, and never knows what is in the recycle bin.

use crm::DealSpan;
use serde_json::{Value, json};

use super::deals::KEY;
use crate::client::HubSpot;
use crate::error::Refusal;
use crate::limits::MAX_SEARCH_RESULTS;

/// One search, of which only the total is looked at. HubSpot does not say whether a total goes beyond the results that a
/// search gives: one that is as large may be cut off, and its time is counted in two halves.
pub(crate) async fn count(hubspot: &HubSpot, span: &DealSpan) -> Result<u64, Refusal> {
    let (mut counted, mut open) = (0, vec![(span.since.as_millisecond(), span.until.as_millisecond())]);
    while let Some((since, until)) = open.pop() {
        let total = total(hubspot, span, since, until).await?;
        let middle = i64::midpoint(since, until);
        if total >= MAX_SEARCH_RESULTS && since < middle {
            open.extend([(since, middle), (middle, until)]);
        } else {
            counted += total;
        }
    }
    Ok(counted)
}

async fn total(hubspot: &HubSpot, span: &DealSpan, since: i64, until: i64) -> Result<u64, Refusal> {
    let answer = hubspot.post(&hubspot.objects("deals/search"), &body(span, since, until)).await?;
    let said: Value = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
    said["total"].as_u64().ok_or_else(|| Refusal::unanswered(answer.status()))
}

/// Times are in milliseconds. A prefix is asked for as the beginning of a token.
fn body(span: &DealSpan, since: i64, until: i64) -> Value {
    let key = if span.prefix.is_empty() {
        json!({"propertyName": KEY, "operator": "HAS_PROPERTY"})
    } else {
        json!({"propertyName": KEY, "operator": "CONTAINS_TOKEN", "value": format!("{}*", span.prefix)})
    };
    let closed = |operator: &str, at: i64| json!({"propertyName": "closedate", "operator": operator, "value": at.to_string()});
    let mut filters = vec![key, closed("GTE", since), closed("LT", until)];
    if !span.without.is_empty() {
        filters.push(json!({"propertyName": "dealstage", "operator": "NOT_IN", "values": span.without}));
    }
    json!({"filterGroups": [{"filters": filters}], "properties": [KEY], "limit": 1})
}
