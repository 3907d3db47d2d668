//! What was sent is compared with what was answered: a 2xx that drops a row is no success, at any endpoint.

#![allow(clippy::unwrap_used, reason = "a server that cannot be set ends its test")]

mod account;

use account::answering::{Said, hubspot};
use crm::{CompanyWrite, Crm, CrmError, CrmErrorKind, DealWrite, NoteWrite, TaskWrite};
use domain::{Company, Deal, ExternalKey, Note, Priority, RecordId, Task};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Each row of a write is done but those with `dropped` keys, which are not spoken of; all pairs are tied but those of the
/// record `92`.
fn all_but(dropped: &[&str], path: &str, body: &Value) -> Said {
    let inputs = body["inputs"].as_array().cloned().unwrap_or_default();
    let results: Vec<_> = if path.ends_with("batch/read") {
        vec![]
    } else if path.ends_with("associate/default") {
        let is_told = |pair: &&Value| ![&pair["from"]["id"], &pair["to"]["id"]].contains(&&json!("92"));
        inputs.iter().filter(is_told).cloned().collect()
    } else {
        let done = |row: &Value| json!({"id": format!("9{}", key(row)), "objectWriteTraceId": row["objectWriteTraceId"]});
        inputs.iter().filter(|row| !dropped.contains(&key(row).as_str())).map(done).collect()
    };
    (200, json!({ "results": results }).to_string())
}

fn key(row: &Value) -> String {
    let said = row["properties"].as_object().unwrap();
    let ours = said.iter().find(|(name, _)| name.starts_with("shopify_")).unwrap();
    ours.1.as_str().unwrap().to_owned()
}

fn is_unanswered<T>(outcomes: &[Result<T, CrmError>]) -> Vec<bool> {
    let is = |error: &CrmError| *error.kind() == CrmErrorKind::Unanswered;
    outcomes.iter().map(|outcome| outcome.as_ref().is_err_and(is)).collect()
}

fn keyed(n: usize) -> (ExternalKey, RecordId) {
    (ExternalKey::from_crm(&n.to_string()), RecordId::new("7"))
}

fn deal(n: usize) -> DealWrite {
    let (key, contact) = keyed(n);
    let deal = Deal { key, stage: "won".into(), pipeline: None, facts: None, is_wanted: true };
    DealWrite { deal, contact: Some(contact) }
}

fn note(n: usize) -> NoteWrite {
    let (key, contact) = keyed(n);
    NoteWrite { note: Note { key, at: Timestamp::UNIX_EPOCH, lines: vec![] }, contact }
}

fn task(n: usize) -> TaskWrite {
    let (key, contact) = keyed(n);
    let (due, priority) = (Timestamp::UNIX_EPOCH, Priority::Low);
    TaskWrite { task: Task { key, subject: "Call".into(), lines: vec![], due, priority }, contact }
}

fn company(n: usize) -> CompanyWrite {
    let (key, contact) = keyed(n);
    CompanyWrite { company: Company { key, name: "Ltd".into() }, contacts: vec![contact] }
}

#[tokio::test]
async fn a_row_that_is_not_spoken_of_is_unanswered_at_every_endpoint() {
    let (hubspot, _) = hubspot(|path, body| all_but(&["2"], path, body)).await;
    let dropped = [false, true, false];
    assert_eq!(is_unanswered(&hubspot.write_deals(&[1, 2, 3].map(deal)).await), dropped);
    assert_eq!(is_unanswered(&hubspot.write_notes(&[1, 2, 3].map(note)).await), dropped);
    assert_eq!(is_unanswered(&hubspot.write_tasks(&[1, 2, 3].map(task)).await), dropped);
    assert_eq!(is_unanswered(&hubspot.write_companies(&[1, 2, 3].map(company)).await), dropped);
}

#[tokio::test]
async fn a_pair_that_is_not_spoken_of_is_not_tied() {
    let (hubspot, _) = hubspot(|path, body| all_but(&[], path, body)).await;
    let dropped = [false, true, false];
    assert_eq!(is_unanswered(&hubspot.write_deals(&[1, 2, 3].map(deal)).await), dropped);
    assert_eq!(is_unanswered(&hubspot.write_companies(&[1, 2, 3].map(company)).await), dropped);
}

#[tokio::test]
async fn a_page_that_names_no_records_is_no_end() {
    let odd = [
        "",
        "<html>ok</html>",
        "{}",
        "[]",
        "null",
        r#"{"status":"COMPLETE"}"#,
        r#"{"results":null}"#,
        r#"{"results":[{"properties":{"firstname":"Ada"}}]}"#,
    ];
    for body in odd {
        let (hubspot, _) = hubspot(move |_, _| (200, body.to_owned())).await;
        let error = hubspot.page(None).await.unwrap_err();
        assert_eq!(*error.kind(), CrmErrorKind::Unanswered, "{body}");
    }
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_no_page() {
    let body = json!({"results": [], "paging": {"next": {"after": "55"}}}).to_string();
    let (hubspot, _) = hubspot(move |_, _| (200, body.clone())).await;
    let first = hubspot.page(None).await.unwrap();
    let error = hubspot.page(first.next.as_ref()).await.unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Unanswered);
}
