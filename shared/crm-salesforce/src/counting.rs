//! How many deals there are.

use crm::{DealSpan, spelling};
use serde_json::Value;

use crate::client::Salesforce;
use crate::deals::{object, stage};
use crate::error::Refusal;
use crate::ours::{CLOSED_AT, ORDER};
use crate::soql;

/// One question, whose answer has no records (Salesforce SOQL reference, COUNT()).
pub(crate) async fn count(salesforce: &Salesforce, span: &DealSpan) -> Result<u64, Refusal> {
    let path = format!("query?q={}", soql::escaped(&question(salesforce, span)));
    let answer = salesforce.get(&path).await?;
    let said: Value = answer.json().map_err(|_| Refusal::unanswered(answer.status()).before_anything())?;
    said["totalSize"].as_u64().ok_or_else(|| Refusal::unanswered(answer.status()).before_anything())
}

/// By the moment and not by the day: Salesforce's own day is that of no time zone.
fn question(salesforce: &Salesforce, span: &DealSpan) -> String {
    let key = if span.prefix.is_empty() {
        format!("{ORDER} != NULL")
    } else {
        soql::like(ORDER, &format!("{}%", soql::literally(&span.prefix)))
    };
    let (since, until) = (spelling::moment(span.since), spelling::moment(span.until));
    let stages: Vec<_> = span.without.iter().map(|stage| soql::quoted(stage)).collect();
    let without = if stages.is_empty() {
        String::new()
    } else {
        format!(" AND {} NOT IN ({})", stage(salesforce), stages.join(","))
    };
    let closed = format!("{CLOSED_AT} >= {since} AND {CLOSED_AT} < {until}");
    format!("SELECT COUNT() FROM {} WHERE {key} AND {closed}{without}", object(salesforce))
}
