//! SOQL: what is found, in what order and on which page, and what is no query.

use serde_json::{Value, json};
use twin_salesforce::{Field, FieldKind};

use crate::desk::{Desk, KEY, encoded};

/// Five contacts of two accounts.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.org.define_field("Contact", Field::new("Since__c", FieldKind::DateTime)).unwrap();
    let acme = desk.org.rep_creates("Account", json!({"Name": "Acme"})).unwrap();
    for (name, more) in [
        ("Ada", json!({"AccountId": acme, "Email": "ada@x.com", "Total__c": 10.5, KEY: "1"})),
        ("Bob", json!({"AccountId": acme, "Email": "bob_1@x.com", "Total__c": 20, KEY: "2"})),
        (
            "Cy",
            json!({"Email": "cy@y.com", "Since__c": "2026-11-24T01:00:00+01:00", "HasOptedOutOfEmail": true}),
        ),
        ("D'Arc", json!({"Birthdate": "1990-02-01"})),
        ("Eve", json!({"Phone": "50%"})),
    ] {
        let mut fields = more;
        fields["LastName"] = json!(name);
        desk.contact(fields);
    }
    desk
}

fn names(desk: &Desk, condition: &str) -> Vec<String> {
    let records = desk.query(&format!("SELECT LastName FROM Contact WHERE {condition}")).records();
    records.iter().map(|record| record["LastName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn conditions_find_what_they_say() {
    let desk = desk();
    for (condition, found) in [
        ("LastName = 'ADA'", vec!["Ada"]),
        ("LastName != 'Ada'", vec!["Bob", "Cy", "D'Arc", "Eve"]),
        ("LastName IN ('Ada','Eve','Nobody')", vec!["Ada", "Eve"]),
        ("LastName NOT IN ('Ada','Eve')", vec!["Bob", "Cy", "D'Arc"]),
        ("LastName = 'D\\'Arc'", vec!["D'Arc"]),
        ("Email LIKE '%@x.com'", vec!["Ada", "Bob"]),
        ("Email LIKE 'bob\\_1%'", vec!["Bob"]),
        ("Email LIKE 'ad_@x.com'", vec!["Ada"]),
        ("Phone LIKE '50\\%'", vec!["Eve"]),
        ("Email = null", vec!["D'Arc", "Eve"]),
        ("Email != null AND Email != 'ada@x.com'", vec!["Bob", "Cy"]),
        ("Email != 'ada@x.com'", vec!["Bob", "Cy", "D'Arc", "Eve"]),
        ("Total__c > 10.5", vec!["Bob"]),
        ("Total__c >= 10.5", vec!["Ada", "Bob"]),
        ("Total__c < 20", vec!["Ada"]),
        ("HasOptedOutOfEmail = TRUE", vec!["Cy"]),
        ("Birthdate = 1990-02-01", vec!["D'Arc"]),
        ("Since__c = 2026-11-24T00:00:00Z", vec!["Cy"]),
        ("SystemModstamp >= 2026-11-24T00:00:01Z", vec![]),
        ("Account.Name = 'acme'", vec!["Ada", "Bob"]),
        ("AccountId = null AND (LastName = 'Cy' OR LastName = 'Eve')", vec!["Cy", "Eve"]),
        ("NOT (LastName = 'Ada' OR LastName = 'Bob')", vec!["Cy", "D'Arc", "Eve"]),
        ("Shopify_Customer_ID__c IN ('2','3')", vec!["Bob"]),
        ("Shopify_Customer_ID__c = '1' OR Email = 'cy@y.com'", vec!["Ada", "Cy"]),
    ] {
        assert_eq!(names(&desk, condition), found, "{condition}");
    }
}

#[test]
fn ids_are_found_by_15_and_by_18_characters() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L"}));
    for id in [&id[..15], &id] {
        assert_eq!(names(&desk, &format!("Id = '{id}'")), ["L"]);
    }
    assert_eq!(
        desk.query("SELECT Id FROM Contact WHERE Id = 'nope'").refusal().1,
        "INVALID_QUERY_FILTER_OPERATOR"
    );
}

#[test]
fn a_record_of_a_query_has_attributes_and_what_was_asked_for() {
    let desk = desk();
    let found = desk.query(
        "SELECT Id, lastname, Email, Account.Name, CreatedDate FROM Contact WHERE LastName IN ('Ada','Cy')",
    );
    let (ada, cy) = (&found.records()[0], &found.records()[1]);
    assert_eq!(ada["attributes"]["type"], "Contact");
    assert_eq!((&ada["LastName"], &ada["Account"]["Name"]), (&json!("Ada"), &json!("Acme")));
    assert_eq!(ada["CreatedDate"], "2026-11-24T00:00:00.000+0000");
    assert_eq!((&cy["Account"], cy.get("Phone")), (&Value::Null, None));
    assert_eq!((&found.json()["totalSize"], &found.json()["done"]), (&json!(2), &json!(true)));
}

#[test]
fn records_come_in_the_order_asked_for_and_are_counted_without_being_shown() {
    let desk = desk();
    let order = |by: &str| names(&desk, &format!("Id != null ORDER BY {by}"));
    assert_eq!(order("LastName DESC LIMIT 2"), ["Eve", "D'Arc"]);
    assert_eq!(order("Total__c NULLS LAST, LastName DESC LIMIT 3"), ["Ada", "Bob", "Eve"]);
    assert_eq!(order("Total__c ASC LIMIT 1"), ["Cy"], "nothing comes first");
    assert_eq!(order("LastName LIMIT 2 OFFSET 1"), ["Bob", "Cy"]);
    let count = desk.query("SELECT COUNT() FROM Contact WHERE Email != null").json();
    assert_eq!(count, json!({"totalSize": 3, "done": true, "records": []}));
}

#[test]
fn more_than_a_page_is_read_by_its_next_url() {
    let desk = Desk::with(|settings| settings.page_size = 300);
    for n in 0..650 {
        desk.contact(json!({"LastName": n.to_string()}));
    }
    let mut page = desk.query("SELECT Id FROM Contact").json();
    let mut sizes = vec![page["records"].as_array().unwrap().len()];
    while page["done"] == false {
        assert_eq!(page["totalSize"], 650);
        page = desk.get(page["nextRecordsUrl"].as_str().unwrap()).json();
        sizes.push(page["records"].as_array().unwrap().len());
    }
    assert_eq!(sizes, [300, 300, 50]);
    let path = format!("query?q={}", encoded("SELECT Id FROM Contact"));
    let small = desk.call("GET", &path, &[("sforce-query-options", "batchSize=200")], "").json();
    assert_eq!(small["records"].as_array().unwrap().len(), 200);
    assert_eq!(desk.get("query/01g000000000000AAA-200").refusal().1, "INVALID_QUERY_LOCATOR");
}

#[test]
fn what_is_no_query_is_malformed() {
    let desk = Desk::new();
    for soql in [
        "SELECT Id FORM Contact",
        "SELECT FROM Contact",
        "SELECT Id FROM Contact WHERE",
        "SELECT Id FROM Contact WHERE LastName = 'open",
        "SELECT Id FROM Contact WHERE LastName = 'a\\q'",
        "SELECT Id FROM Contact WHERE LastName = 'a' AND Email = 'b' OR Phone = 'c'",
        "SELECT Id FROM Contact WHERE LastName IN ()",
        "SELECT Id, Id FROM Contact",
        "SELECT Id FROM Contact LIMIT x",
        "SELECT Id FROM Contact; DROP",
        "",
    ] {
        assert_eq!(desk.query(soql).refusal(), (400, "MALFORMED_QUERY".into()), "{soql}");
    }
}

#[test]
fn parentheses_end_somewhere() {
    let desk = Desk::new();
    let nested = |depth: usize| {
        format!("SELECT Id FROM Contact WHERE {}Id = null{}", "(".repeat(depth), ")".repeat(depth))
    };
    assert_eq!(desk.query(&nested(40)).status, 200);
    assert_eq!(desk.query(&nested(2_000)).refusal(), (400, "MALFORMED_QUERY".into()));
}

#[test]
fn a_column_that_is_not_there_or_not_granted_is_pointed_at() {
    let desk = Desk::new();
    let reply = desk.query("SELECT Id, FullName FROM Contact");
    assert_eq!(reply.refusal(), (400, "INVALID_FIELD".into()));
    let words = reply.json()[0]["message"].as_str().unwrap().to_owned();
    let lines: Vec<&str> = words.lines().collect();
    assert_eq!(lines[1], "SELECT Id, FullName FROM Contact");
    assert_eq!((lines[2], lines[3]), ("           ^", "ERROR at Row:1:Column:12"));
    assert!(lines[4].starts_with("No such column 'FullName' on entity 'Contact'."), "{words}");
    desk.org.hide_field("Contact", KEY);
    assert_eq!(desk.query(&format!("SELECT {KEY} FROM Contact")).refusal().1, "INVALID_FIELD");
    assert_eq!(desk.query("SELECT Id FROM Nope").refusal().1, "INVALID_TYPE");
    assert_eq!(desk.query("SELECT Owner.Nope, Nope.Name FROM Contact").refusal().1, "INVALID_FIELD");
}

#[test]
fn a_value_of_another_kind_is_refused() {
    let desk = Desk::new();
    for (condition, code) in [
        ("LastName = 5", "INVALID_FIELD"),
        ("Total__c = '5'", "INVALID_FIELD"),
        ("SystemModstamp >= '2026-11-24T00:00:00Z'", "INVALID_FIELD"),
        ("SystemModstamp >= 2026-11-24", "INVALID_FIELD"),
        ("HasOptedOutOfEmail = 'true'", "INVALID_FIELD"),
        ("Description = 'x'", "INVALID_FIELD"),
        ("Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR"),
    ] {
        let reply = desk.query(&format!("SELECT Id FROM Contact WHERE {condition}"));
        assert_eq!(reply.refusal(), (400, code.into()), "{condition}");
    }
}

#[test]
fn a_query_has_100000_characters_at_most() {
    let desk = Desk::new();
    let soql = format!("SELECT Id FROM Contact WHERE LastName = '{}'", "x".repeat(100_000));
    let job = json!({"operation": "query", "query": soql});
    assert_eq!(desk.send("POST", "jobs/query", job).refusal(), (400, "MALFORMED_QUERY".into()));
}

#[test]
fn ten_queries_may_have_pages_to_come_and_the_oldest_ends() {
    let desk = Desk::with(|settings| settings.page_size = 1);
    for name in ["A", "B"] {
        desk.contact(json!({"LastName": name}));
    }
    let open = || desk.query("SELECT Id FROM Contact").json()["nextRecordsUrl"].as_str().unwrap().to_owned();
    let first = open();
    assert_eq!(desk.get(&first).status, 200);
    for _ in 0..10 {
        assert_eq!(desk.get(&open()).status, 200);
    }
    assert_eq!(desk.get(&first).refusal(), (400, "INVALID_QUERY_LOCATOR".into()));
}
