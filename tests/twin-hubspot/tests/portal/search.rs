//! Search: late, limited, and particular about case.

use serde_json::{Value, json};

use crate::desk::{CONTACTS, Desk};

fn search(desk: &Desk, body: Value) -> crate::desk::Reply {
    desk.clock.advance_ms(1_000);
    desk.send("POST", &format!("{CONTACTS}/search"), body)
}

fn where_is(property: &str, operator: &str, value: &Value) -> Value {
    let key = if value.is_array() { "values" } else { "value" };
    let mut filter = json!({"propertyName": property, "operator": operator});
    if !value.is_null() {
        filter[key] = value.clone();
    }
    json!({"filterGroups": [{"filters": [filter]}], "limit": 200})
}

#[test]
fn what_was_just_written_is_found_only_after_the_lag_while_a_batch_read_has_it_at_once() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com"), ("firstname", "Old")]);
    let by_email = || search(&desk, where_is("email", "EQ", &json!("a@x.com"))).json();
    assert_eq!(by_email()["total"], 0);
    assert_eq!(desk.batch("read", json!([{"id": id}])).results().len(), 1);
    desk.clock.advance_ms(3_000);
    assert_eq!(by_email()["results"][0]["properties"]["firstname"], "Old");
    desk.portal.rep_edits(&id, &[("firstname", "New")]).unwrap();
    assert_eq!(by_email()["results"][0]["properties"]["firstname"], "Old");
    desk.clock.advance_ms(3_000);
    assert_eq!(by_email()["results"][0]["properties"]["firstname"], "New");
    desk.portal.archive(&id).unwrap();
    desk.clock.advance_ms(3_000);
    assert_eq!(by_email()["total"], 0, "archived records never appear");
}

#[test]
fn each_operator_finds_what_hubspots_does() {
    let desk = Desk::new();
    desk.contact(&[
        ("email", "ada@x.com"),
        ("firstname", "Ada"),
        ("total_spent", "100.50"),
        ("hs_lead_status", "NEW"),
        ("last_order_at", "1000"),
    ]);
    desk.contact(&[
        ("email", "bob@y.org"),
        ("firstname", "Bob"),
        ("total_spent", "20"),
        ("hs_additional_emails", "rob@y.org"),
    ]);
    desk.clock.advance_ms(5_000);
    let table = [
        ("firstname", "EQ", json!("ADA"), 1),
        ("firstname", "NEQ", json!("ada"), 1),
        ("firstname", "IN", json!(["ada", "bob"]), 2),
        ("firstname", "IN", json!(["Ada"]), 0),
        ("firstname", "NOT_IN", json!(["ada"]), 1),
        ("hs_lead_status", "EQ", json!("NEW"), 1),
        ("hs_lead_status", "EQ", json!("new"), 0),
        ("total_spent", "GT", json!("100"), 1),
        ("total_spent", "LTE", json!("20.0"), 1),
        ("total_spent", "LT", json!("9"), 0),
        ("last_order_at", "GTE", json!("1000"), 1),
        ("last_order_at", "LT", json!("1000"), 0),
        ("hs_lead_status", "HAS_PROPERTY", Value::Null, 1),
        ("hs_lead_status", "NOT_HAS_PROPERTY", Value::Null, 1),
        ("email", "CONTAINS_TOKEN", json!("*org"), 1),
        ("email", "CONTAINS_TOKEN", json!("x.com"), 1),
        ("email", "NOT_CONTAINS_TOKEN", json!("x.com"), 1),
        ("email", "EQ", json!("rob@y.org"), 0),
        ("hs_additional_emails", "CONTAINS_TOKEN", json!("rob@y.org"), 1),
    ];
    for (property, operator, value, found) in table {
        let reply = search(&desk, where_is(property, operator, &value));
        assert_eq!(reply.json()["total"], found, "{property} {operator} {value}: {}", reply.text);
    }
    let between =
        json!({"propertyName": "total_spent", "operator": "BETWEEN", "value": "20", "highValue": "50"});
    assert_eq!(search(&desk, json!({"filterGroups": [{"filters": [between]}]})).json()["total"], 1);
    let sorted = json!({"sorts": [{"propertyName": "total_spent", "direction": "DESCENDING"}], "properties": ["firstname"]});
    assert_eq!(search(&desk, sorted).json()["results"][0]["properties"]["firstname"], "Ada");
}

#[test]
fn beyond_its_limits_a_search_is_refused() {
    let desk = Desk::new();
    let filter = json!({"propertyName": "firstname", "operator": "EQ", "value": "a"});
    let groups = |groups: usize, filters: usize| json!({"filterGroups": vec![json!({"filters": vec![filter.clone(); filters]}); groups]});
    let sort = json!({"propertyName": "email"});
    let table = [
        (json!({"limit": 201}), "limit"),
        (json!({"limit": 200, "after": "9801"}), "10000"),
        (json!({"after": "x"}), "after"),
        (json!({"sorts": [sort, sort]}), "sorts"),
        (json!({"sorts": [{"propertyName": "nope"}]}), "nope"),
        (groups(6, 1), "filterGroups"),
        (groups(1, 7), "filterGroups"),
        (groups(4, 5), "filterGroups"),
        (where_is("nope", "EQ", &json!("a")), "nope"),
        (where_is("total_spent", "EQ", &json!("much")), "total_spent"),
        (where_is("last_order_at", "GT", &json!("2026-11-24T00:00:00Z")), "milliseconds"),
        (where_is("firstname", "EQ", &Value::Null), "lacks its value"),
        (where_is("firstname", "SOUNDS_LIKE", &json!("a")), "Invalid input JSON"),
        (where_is("firstname", "EQ", &json!("x".repeat(3_000))), "3000"),
    ];
    for (body, words) in table {
        let reply = search(&desk, body);
        assert_eq!(reply.status, 400, "{words}: {}", reply.text);
        assert!(reply.text.contains(words), "no {words:?} in {}", reply.text);
    }
    assert_eq!(search(&desk, json!({"limit": 200, "after": "9800"})).status, 200);
}

#[test]
fn past_ten_thousand_a_keyset_goes_on_where_paging_ends() {
    let desk = Desk::new();
    let ids: Vec<String> = (0..300).map(|n| desk.contact(&[("firstname", &n.to_string())])).collect();
    desk.clock.advance_ms(5_000);
    let (mut seen, mut last) = (Vec::new(), "0".to_owned());
    loop {
        let mut body = where_is("hs_object_id", "GT", &json!(last));
        body["sorts"] = json!([{"propertyName": "hs_object_id", "direction": "ASCENDING"}]);
        let page = search(&desk, body).results();
        let Some(end) = page.last() else { break };
        end["id"].as_str().unwrap().clone_into(&mut last);
        seen.extend(page.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, ids);
}
