//! Faults on purpose: what is done, what is answered.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use twin_salesforce::{Fault, FaultKind, Org};

use crate::desk::{Desk, KEY, code, row};

fn rows() -> serde_json::Value {
    json!([row("1", json!({"LastName": "One", "Email": "one@x.com"})), row("2", json!({"LastName": "Two"}))])
}

#[test]
fn each_whole_fault_meets_the_call_that_holds_the_row_and_no_other() {
    let table = [
        (FaultKind::Unavailable, 503, 0),
        (FaultKind::RateLimited, 403, 0),
        (FaultKind::DailyLimited, 403, 0),
        (FaultKind::HtmlGateway, 502, 0),
        (FaultKind::Unauthorized, 401, 0),
        (FaultKind::ConnectionCut, 0, 0),
        (FaultKind::AnswerLost, 0, 2),
    ];
    for (kind, status, written) in table {
        let desk = Desk::new();
        desk.org.set_faults(vec![Fault::new(kind).for_row("Email", "One@x.com")]).unwrap();
        assert_eq!(desk.upsert(json!([row("3", json!({"LastName": "C"}))])).status, 200);
        assert_eq!(desk.upsert(rows()).status, status, "{kind:?}");
        assert_eq!(desk.org.records("Contact").len(), written + 1, "{kind:?}");
        assert_eq!(desk.upsert(rows()).status, 200, "{kind:?} is over");
        assert!(desk.org.faults().is_empty());
    }
}

#[test]
fn a_fault_has_its_status_its_endpoint_and_its_times() {
    let desk = Desk::new();
    let mut fault = Fault::new(FaultKind::Unavailable).at("collections/upsert").times(2);
    fault.status = Some(500);
    desk.org.set_faults(vec![fault]).unwrap();
    assert_eq!(desk.get("sobjects").status, 200, "another endpoint");
    let statuses: Vec<u16> = (0..3).map(|_| desk.upsert(rows()).status).collect();
    assert_eq!(statuses, [500, 500, 200]);
    let mut wrong = Fault::new(FaultKind::Unavailable);
    wrong.status = Some(200);
    assert!(desk.org.set_faults(vec![wrong]).is_err());
    assert!(desk.org.set_faults(vec![Fault::new(FaultKind::Unavailable).at("collection/upsert")]).is_err());
    for there in
        ["Contact/collections/upsert", "upsert", "jobs/query/results", "query", "Task/rows/create", "token"]
    {
        assert!(desk.org.set_faults(vec![Fault::new(FaultKind::Unavailable).at(there)]).is_ok(), "{there}");
    }
}

#[test]
fn the_two_limits_have_one_code_and_two_texts() {
    let desk = Desk::new();
    for (kind, words) in [
        (FaultKind::DailyLimited, "TotalRequests Limit exceeded."),
        (FaultKind::RateLimited, "ConcurrentPerOrgLongTxn Limit exceeded."),
    ] {
        desk.org.set_faults(vec![Fault::new(kind)]).unwrap();
        let body = json!([{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}]);
        assert_eq!(desk.get("sobjects").json(), body);
    }
}

#[test]
fn a_whole_call_is_refused_with_whatever_a_test_says() {
    let desk = Desk::new();
    let mut fault =
        Fault::new(FaultKind::Unavailable).saying("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access");
    fault.status = Some(500);
    desk.org.set_faults(vec![fault]).unwrap();
    assert_eq!(desk.get("sobjects").refusal(), (500, "UNABLE_TO_LOCK_ROW".into()));
}

#[test]
fn a_rejected_row_fails_alone_with_the_code_it_is_given() {
    let desk = Desk::new();
    let fault = || Fault::new(FaultKind::Rejected).for_row(KEY, "2");
    desk.org
        .set_faults(vec![fault(), fault().saying("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")])
        .unwrap();
    let answered = desk.upsert(rows()).rows();
    assert_eq!((code(&answered[0]), code(&answered[1])), ("", "FIELD_CUSTOM_VALIDATION_EXCEPTION"));
    desk.org.set_faults(vec![fault().saying("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")]).unwrap();
    let path = format!("sobjects/Contact/{KEY}/2");
    assert_eq!(desk.send("PATCH", &path, json!({"LastName": "L"})).refusal().1, "STORAGE_LIMIT_EXCEEDED");
    assert_eq!(desk.org.records("Contact").len(), 1);
}

#[test]
fn a_dropped_row_is_neither_done_nor_mentioned() {
    let desk = Desk::new();
    desk.org.set_faults(vec![Fault::new(FaultKind::DropRow).for_row(KEY, "1")]).unwrap();
    let answered = desk.upsert(rows()).rows();
    let contacts = desk.org.records("Contact");
    assert_eq!((answered.len(), contacts.len()), (1, 1));
    assert_eq!(answered[0]["id"], json!(contacts[0].id));
    desk.org.set_faults(vec![Fault::new(FaultKind::DropRow).for_row(KEY, "2")]).unwrap();
    let body = json!({"ids": [contacts[0].id], "fields": ["Id"]});
    assert!(desk.send("POST", "composite/sobjects/Contact", body).rows().is_empty());
}

#[test]
fn a_fault_follows_a_person_to_an_update_by_record_id() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L", KEY: "1"}));
    desk.org.set_faults(vec![Fault::new(FaultKind::Unavailable).for_row(KEY, "1").times(2)]).unwrap();
    let record = json!({"attributes": {"type": "Contact"}, "Id": id, "Phone": "1"});
    assert_eq!(desk.send("PATCH", "composite/sobjects", json!({"records": [record]})).status, 503);
    assert_eq!(desk.send("PATCH", &format!("sobjects/Contact/{id}"), json!({"Phone": "1"})).status, 503);
}

#[test]
fn a_locked_record_refuses_its_own_writes_and_those_of_what_hangs_on_it() {
    let desk = Desk::new();
    let account = desk.org.rep_creates("Account", json!({"Name": "A"})).unwrap();
    let contact = desk.contact(json!({"LastName": "L", "AccountId": account}));
    desk.org.lock(&account[..15], 2);
    let path = format!("sobjects/Contact/{contact}");
    for status in [400, 400, 204] {
        let reply = desk.send("PATCH", &path, json!({"Phone": "1"}));
        assert_eq!(reply.status, status);
        if status == 400 {
            assert_eq!(reply.refusal().1, "UNABLE_TO_LOCK_ROW");
            assert!(reply.text.contains(&account));
        }
    }
}

#[test]
fn a_lost_answer_is_a_closed_connection_without_a_byte() {
    let org = Org::new(1);
    org.open_session("s");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let answer = runtime.block_on(async {
        let listening = org.listen(0).await.unwrap();
        org.set_faults(vec![Fault::new(FaultKind::AnswerLost)]).unwrap();
        let body = r#"{"LastName":"L"}"#;
        let mut stream = tokio::net::TcpStream::connect(listening.address()).await.unwrap();
        let request = format!(
            "POST /services/data/v66.0/sobjects/Contact HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset and an end are both "no answer".
        stream.read_to_end(&mut answer).await.unwrap_or_default();
        answer
    });
    assert_eq!(String::from_utf8(answer).unwrap(), "");
    assert_eq!(org.records_where("Contact", "LastName", "L").len(), 1, "the work is done");
}
