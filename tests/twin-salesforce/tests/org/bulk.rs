//! Jobs: loads and queries that are asked after until they are done.

use serde_json::json;

use crate::desk::{Desk, KEY, Reply, encoded};

const CSV: &[(&str, &str)] = &[("content-type", "text/csv")];

fn load(desk: &Desk, csv: &str) -> String {
    let new = json!({"object": "Contact", "operation": "upsert", "externalIdFieldName": KEY, "contentType": "CSV", "lineEnding": "LF"});
    let made = desk.send("POST", "jobs/ingest", new).json();
    assert_eq!(made["state"], "Open");
    let content = format!("/{}", made["contentUrl"].as_str().unwrap());
    assert_eq!(desk.call("PUT", &content, CSV, csv).status, 201);
    let job = format!("jobs/ingest/{}", made["id"].as_str().unwrap());
    assert_eq!(
        desk.send("PATCH", &job, json!({"state": "UploadComplete"})).json()["state"],
        "UploadComplete"
    );
    job
}

fn done(desk: &Desk, job: &str) -> Reply {
    for _ in 0..10 {
        let reply = desk.get(job);
        if !matches!(reply.json()["state"].as_str(), Some("UploadComplete" | "InProgress")) {
            return reply;
        }
    }
    panic!("{job} is never over");
}

fn lines(desk: &Desk, job: &str, which: &str) -> Vec<String> {
    desk.get(&format!("{job}/{which}")).text.lines().map(str::to_owned).collect()
}

#[test]
fn s_146_every_row_of_a_load_is_in_one_of_the_three_results() {
    let desk = Desk::with(|settings| (settings.bulk_polls, settings.bulk_unprocessed) = (2, 1));
    desk.contact(json!({"LastName": "Old", KEY: "1", "Phone": "1"}));
    let csv =
        format!("{KEY},LastName,Phone,Total__c\n1,\"New, newer\",#N/A,\n2,,,\n3,Three,,49.9\n4,Four,,\n");
    let job = load(&desk, &csv);
    assert_eq!(desk.get(&job).json()["state"], "InProgress");
    assert_eq!(desk.get(&format!("{job}/failedResults")).status, 400, "not before it is over");
    let over = done(&desk, &job).json();
    assert_eq!(
        (&over["state"], &over["numberRecordsProcessed"], &over["numberRecordsFailed"]),
        (&json!("Failed"), &json!(3), &json!(1))
    );
    let (good, bad, left) = (
        lines(&desk, &job, "successfulResults"),
        lines(&desk, &job, "failedResults"),
        lines(&desk, &job, "unprocessedrecords"),
    );
    assert_eq!((good.len(), bad.len(), left.len()), (3, 2, 2), "a header each");
    assert!(
        good[1].contains("\"false\",\"1\",\"New, newer\"") && good[2].contains("\"true\",\"3\""),
        "{good:?}"
    );
    assert!(
        bad[1].contains("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"),
        "{bad:?}"
    );
    assert_eq!(left[1], "\"4\",\"Four\",\"\",\"\"");
    let old = &desk.org.records_where("Contact", KEY, "1")[0];
    assert_eq!((old.text("LastName"), old.text("Phone")), ("New, newer", ""));
}

#[test]
fn a_load_with_a_column_that_is_no_field_fails_as_a_whole() {
    let desk = Desk::with(|settings| settings.bulk_polls = 0);
    let job = load(&desk, &format!("{KEY},LastName,Nope__c\n1,One,x\n"));
    let over = done(&desk, &job).json();
    assert_eq!(
        (&over["state"], &over["errorMessage"]),
        (&json!("Failed"), &json!("InvalidBatch : Field name not found : Nope__c"))
    );
    assert_eq!(lines(&desk, &job, "unprocessedrecords").len(), 2);
    assert!(desk.org.records("Contact").is_empty());
}

#[test]
fn rows_of_one_key_are_refused_together() {
    let desk = Desk::new();
    let job = load(&desk, &format!("{KEY},LastName\n1,A\n1,B\n2,C\n"));
    done(&desk, &job);
    let bad = lines(&desk, &job, "failedResults");
    assert_eq!(bad.len(), 3);
    assert!(bad[1].contains("DUPLICATE_VALUE:Duplicate external id specified: 1"), "{bad:?}");
}

#[test]
fn rows_come_once_to_an_open_job_and_an_aborted_one_did_nothing() {
    let desk = Desk::new();
    let job = load(&desk, &format!("{KEY},LastName\n1,A\n"));
    assert_eq!(
        desk.call("PUT", &format!("{job}/batches"), CSV, "x").refusal(),
        (400, "INVALIDJOBSTATE".into())
    );
    assert_eq!(desk.call("DELETE", &job, &[], "").status, 400, "it is on its way");
    assert_eq!(desk.send("PATCH", &job, json!({"state": "Aborted"})).json()["state"], "Aborted");
    assert_eq!(lines(&desk, &job, "unprocessedrecords").len(), 2);
    assert!(desk.org.records("Contact").is_empty());
    assert_eq!(desk.call("DELETE", &job, &[], "").status, 204);
    assert_eq!(desk.get(&job).status, 404);
}

#[test]
fn a_job_needs_a_key_that_is_one() {
    let desk = Desk::new();
    for new in [
        json!({"object": "Contact", "operation": "upsert"}),
        json!({"object": "Contact", "operation": "upsert", "externalIdFieldName": "Nope__c"}),
        json!({"object": "Nope", "operation": "insert"}),
        json!({"object": "Contact", "operation": "merge"}),
        json!({"object": "Contact", "operation": "insert", "contentType": "JSON"}),
    ] {
        assert_eq!(desk.send("POST", "jobs/ingest", new.clone()).status, 400, "{new}");
    }
}

#[test]
fn s_147_a_query_job_is_read_in_parts() {
    let desk = Desk::with(|settings| settings.bulk_polls = 1);
    let account = desk.org.rep_creates("Account", json!({"Name": "Say \"hi\""})).unwrap();
    for n in 0..5 {
        desk.contact(json!({"LastName": format!("L{n}"), KEY: n.to_string(), "AccountId": account}));
    }
    let soql =
        format!("SELECT Id, LastName, Account.Name, Total__c, CreatedDate FROM Contact WHERE {KEY} != null");
    let made = desk.send("POST", "jobs/query", json!({"operation": "query", "query": soql})).json();
    let job = format!("jobs/query/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.get(&format!("{job}/results")).status, 400);
    assert_eq!(desk.get(&job).json()["state"], "InProgress");
    let over = desk.get(&job).json();
    assert_eq!((&over["state"], &over["numberRecordsProcessed"]), (&json!("JobComplete"), &json!(5)));
    let first = desk.get(&format!("{job}/results?maxRecords=3"));
    assert_eq!(first.header("sforce-numberofrecords"), Some("3"));
    let header = first.text.lines().next().unwrap();
    assert_eq!(header, "\"Id\",\"LastName\",\"Account.Name\",\"Total__c\",\"CreatedDate\"");
    let line = first.text.lines().nth(1).unwrap();
    assert!(line.ends_with(",\"L0\",\"Say \"\"hi\"\"\",\"\",\"2026-11-24T00:00:00.000Z\""), "{line}");
    let next = encoded(first.header("sforce-locator").unwrap());
    let last = desk.get(&format!("{job}/results?maxRecords=3&locator={next}"));
    assert_eq!((last.text.lines().count(), last.header("sforce-locator")), (3, Some("null")));
    assert_eq!(
        desk.get(&format!("{job}/results?locator=nope")).refusal(),
        (400, "INVALID_QUERY_LOCATOR".into())
    );
}

#[test]
fn a_query_job_counts_nothing_and_says_at_once_that_it_is_malformed() {
    let desk = Desk::new();
    for (soql, code) in [
        ("SELECT COUNT() FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FORM Contact", "MALFORMED_QUERY"),
        ("SELECT Nope__c FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALIDENTITY"),
    ] {
        let reply = desk.send("POST", "jobs/query", json!({"operation": "query", "query": soql}));
        assert_eq!(reply.refusal(), (400, code.into()), "{soql}");
    }
}
