//! Faults on purpose: what is done, what is answered.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use twin_hubspot::{Fault, FaultKind, Portal};

use crate::desk::{CONTACTS, Desk};

fn rows() -> serde_json::Value {
    json!([Desk::row("1", json!({"email": "one@x.com"})), Desk::row("2", json!({"email": "Two@x.com"}))])
}

#[test]
fn each_whole_fault_meets_the_batch_that_holds_the_row_and_no_other() {
    let table = [
        (FaultKind::Unavailable, 503, 0),
        (FaultKind::RateLimited, 429, 0),
        (FaultKind::DailyLimited, 429, 0),
        (FaultKind::HtmlGateway, 502, 0),
        (FaultKind::Unauthorized, 401, 0),
        (FaultKind::AnswerLost, 0, 2),
    ];
    for (kind, status, written) in table {
        let desk = Desk::new();
        desk.portal.set_faults(vec![Fault::new(kind).for_row("email", "two@x.com")]).unwrap();
        assert_eq!(desk.batch("upsert", json!([Desk::row("3", json!({"firstname": "C"}))])).status, 200);
        assert_eq!(desk.batch("upsert", rows()).status, status, "{kind:?}");
        assert_eq!(desk.portal.contacts().len(), written + 1, "{kind:?}");
        assert_eq!(desk.batch("upsert", rows()).status, 200, "{kind:?} is over");
        assert!(desk.portal.faults().is_empty());
    }
}

#[test]
fn a_fault_has_its_status_its_endpoint_and_its_times() {
    let desk = Desk::new();
    let mut fault = Fault::new(FaultKind::Unavailable).at("batch/upsert").times(2);
    fault.status = Some(500);
    desk.portal.set_faults(vec![fault]).unwrap();
    assert_eq!(desk.get(CONTACTS).status, 200, "another endpoint");
    let statuses: Vec<u16> = (0..3).map(|_| desk.batch("upsert", rows()).status).collect();
    assert_eq!(statuses, [500, 500, 200]);
}

#[test]
fn a_fault_may_let_calls_pass_first() {
    let desk = Desk::new();
    desk.portal
        .set_faults(vec![Fault::new(FaultKind::Unauthorized).at("batch/upsert").after(1).times(2)])
        .unwrap();
    assert_eq!(desk.get(CONTACTS).status, 200, "another endpoint does not count");
    let statuses: Vec<u16> = (0..4).map(|_| desk.batch("upsert", rows()).status).collect();
    assert_eq!(statuses, [200, 401, 401, 200]);
}

#[test]
fn the_limits_of_a_fault_carry_their_policy_and_the_gateway_speaks_html() {
    let desk = Desk::new();
    let faulty = |kind| {
        desk.portal.set_faults(vec![Fault::new(kind)]).unwrap();
        desk.get(CONTACTS)
    };
    assert_eq!(faulty(FaultKind::DailyLimited).json()["policyName"], "DAILY");
    assert_eq!(faulty(FaultKind::RateLimited).json()["policyName"], "TEN_SECONDLY_ROLLING");
    let page = faulty(FaultKind::HtmlGateway);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert!(page.text.starts_with("<html>"));
}

#[test]
fn a_rejected_row_fails_alone_with_trace_ids_and_takes_all_with_it_without() {
    let desk = Desk::new();
    let rejected = || {
        desk.portal
            .set_faults(vec![Fault::new(FaultKind::Rejected).for_row("shopify_customer_id", "2")])
            .unwrap();
    };
    rejected();
    let reply = desk.batch("upsert", rows());
    assert_eq!((reply.status, reply.results().len()), (207, 1));
    assert_eq!(reply.json()["errors"][0]["context"]["objectWriteTraceId"], json!(["row-2"]));
    rejected();
    let untraced =
        json!([{"id": "2", "idProperty": "shopify_customer_id", "properties": {"firstname": "B"}}]);
    assert_eq!(desk.batch("upsert", untraced).status, 400);
    rejected();
    assert_eq!(
        desk.send("POST", CONTACTS, json!({"properties": {"shopify_customer_id": "2", "firstname": "B"}}))
            .status,
        400
    );
    assert_eq!(desk.portal.contacts().len(), 1);
}

#[test]
fn a_dropped_row_is_neither_done_nor_mentioned_and_all_of_them_make_an_empty_success() {
    let desk = Desk::new();
    desk.portal.set_faults(vec![Fault::new(FaultKind::DropRow).for_row("shopify_customer_id", "1")]).unwrap();
    let reply = desk.batch("upsert", rows());
    assert_eq!((reply.status, reply.results().len()), (200, 1));
    assert_eq!(desk.portal.contacts().len(), 1);
    desk.portal.set_faults(vec![Fault::new(FaultKind::DropRow)]).unwrap();
    let reply = desk.batch("upsert", rows());
    assert_eq!((reply.status, reply.results().len(), reply.json().get("errors")), (200, 0, None));
}

#[test]
fn a_fault_follows_a_person_to_an_update_by_record_id() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com"), ("shopify_customer_id", "1")]);
    desk.portal
        .set_faults(vec![Fault::new(FaultKind::Unavailable).for_row("shopify_customer_id", "1").times(3)])
        .unwrap();
    assert_eq!(desk.batch("update", json!([{"id": id, "properties": {"phone": "1"}}])).status, 503);
    assert_eq!(
        desk.send("PATCH", &format!("{CONTACTS}/{id}"), json!({"properties": {"phone": "1"}})).status,
        503
    );
    assert_eq!(desk.get(&format!("{CONTACTS}/A@x.com?idProperty=email")).status, 503);
}

#[test]
fn a_lost_answer_is_a_closed_connection_without_a_byte() {
    let portal = Portal::new(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let answer = runtime.block_on(async {
        let listening = portal.listen(0).await.unwrap();
        portal.set_faults(vec![Fault::new(FaultKind::AnswerLost)]).unwrap();
        let body = r#"{"properties":{"email":"a@x.com"}}"#;
        let mut stream = tokio::net::TcpStream::connect(listening.address()).await.unwrap();
        let request = format!(
            "POST {CONTACTS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            Portal::TOKEN,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset and an end are both "no answer".
        stream.read_to_end(&mut answer).await.unwrap_or_default();
        answer
    });
    assert_eq!(String::from_utf8(answer).unwrap(), "");
    assert_eq!(portal.contacts_where("email", "a@x.com").len(), 1, "the work is done");
}
