//! Everybody with a key of ours: a query job, whose results come in parts.

use crm::{CrmErrorKind, Cursor, Page};
use outbound::{Answer, Method};
use serde_json::{Value, json};

use crate::bulk::made_id;
use crate::client::Salesforce;
use crate::decode::Found;
use crate::error::{Of, Refusal, Scope};
use crate::limits::PAGE_ROWS;
use crate::property::KEY;
use crate::soql::escaped;
use crate::{csv, id};

/// Begins a job, asks after it, or reads a part of its results: by what the cursor says. The job keeps what it read for
/// seven days.
pub(crate) async fn page(salesforce: &Salesforce, after: Option<&Cursor>) -> Result<Page, Refusal> {
    let Some(cursor) = after else { return begin(salesforce).await };
    let (job, part) = cursor.as_str().split_once('/').unwrap_or((cursor.as_str(), ""));
    let job = id::record_id(job).ok_or_else(|| Refusal::gone("no such listing"))?;
    let job = job.as_str();
    if part.is_empty() && !is_over(salesforce, job).await? {
        return Ok(Page { records: Vec::new(), next: Some(Cursor::new(job)) });
    }
    results(salesforce, job, part).await
}

async fn begin(salesforce: &Salesforce) -> Result<Page, Refusal> {
    let words = salesforce.words();
    let people = words.only_people();
    let question = format!("SELECT {} FROM {} WHERE {people}{KEY} != NULL", words.read(), words.object());
    let job = json!({"operation": "query", "query": question});
    let answer = salesforce.call(Method::POST, "jobs/query", Some(&job), Of::Call).await?;
    let id = made_id(&answer).ok_or_else(|| Refusal::unanswered(answer.status()))?;
    Ok(Page { records: Vec::new(), next: Some(Cursor::new(id)) })
}

async fn is_over(salesforce: &Salesforce, job: &str) -> Result<bool, Refusal> {
    let answer = salesforce.call::<()>(Method::GET, &format!("jobs/query/{job}"), None, Of::Known).await?;
    let said: Value = answer.json().unwrap_or_default();
    match said["state"].as_str() {
        Some("JobComplete") => Ok(true),
        Some("UploadComplete" | "InProgress" | "Open") => Ok(false),
        Some("Failed" | "Aborted") => Err(Refusal::new(
            CrmErrorKind::Unavailable,
            Scope::Everyone,
            "the listing's job did not end well",
        )),
        _ => Err(Refusal::unanswered(answer.status())),
    }
}

async fn results(salesforce: &Salesforce, job: &str, part: &str) -> Result<Page, Refusal> {
    let from = if part.is_empty() { String::new() } else { format!("&locator={}", escaped(part)) };
    let path = format!("jobs/query/{job}/results?maxRecords={PAGE_ROWS}{from}");
    let answer = salesforce.call::<()>(Method::GET, &path, None, Of::Known).await?;
    let text = String::from_utf8_lossy(answer.body());
    let mut rows = csv::rows(&text).into_iter();
    // Even results without a record have a head: without one these are none.
    let head = rows.next().filter(|head| head.iter().any(|name| name == "Id"));
    let head = head.ok_or_else(|| Refusal::unanswered(answer.status()))?;
    let found: Vec<_> = rows.map(|row| Found::of_row(&head, &row)).collect();
    is_whole(&answer, found.len())?;
    let records = found.iter().filter_map(|one| one.record(salesforce.words())).collect();
    let next = answer.header("sforce-locator").filter(|next| !next.is_empty() && *next != "null");
    Ok(Page { records, next: next.map(|next| Cursor::new(format!("{job}/{next}"))) })
}

/// Fewer rows than they counted is a part that got lost on the way.
fn is_whole(answer: &Answer, rows: usize) -> Result<(), Refusal> {
    let counted = answer.header("sforce-numberofrecords").and_then(|count| count.trim().parse().ok());
    if counted.is_none_or(|counted: usize| counted == rows) {
        Ok(())
    } else {
        Err(Refusal::unanswered(answer.status()))
    }
}
