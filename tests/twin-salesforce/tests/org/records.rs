//! Records one at a time, over their life.

use serde_json::json;

use crate::desk::{API, Desk, KEY};

#[test]
fn a_contact_is_created_read_changed_and_deleted() {
    let desk = Desk::new();
    let created = desk.send(
        "POST",
        "sobjects/Contact",
        json!({"LastName": " Lovelace ", "Email": "Ada@X.com", "Total__c": "49.905"}),
    );
    assert_eq!((created.status, &created.json()["success"]), (201, &json!(true)));
    let id = created.json()["id"].as_str().unwrap().to_owned();
    desk.clock.advance_ms(1_999);
    let path = format!("sobjects/Contact/{id}");
    assert_eq!(desk.send("PATCH", &path, json!({"FirstName": "Ada", "Email": null})).status, 204);
    let shown = desk.get(&path).json();
    assert_eq!(
        (&shown["Name"], &shown["Email"], &shown["Total__c"]),
        (&json!("Ada Lovelace"), &json!(null), &json!(49.91))
    );
    assert_eq!(shown["SystemModstamp"], "2026-11-24T00:00:01.000+0000", "to the second");
    assert_eq!(shown["attributes"]["url"], format!("{API}/sobjects/Contact/{id}"));
    let some = desk.get(&format!("{path}?fields=LastName,{KEY}")).json();
    assert_eq!((&some["LastName"], some.get("Email")), (&json!("Lovelace"), None));
    assert_eq!(desk.get(&format!("{path}?fields=Nope")).refusal().1, "INVALID_FIELD");
    assert_eq!(desk.call("DELETE", &path, &[], "").status, 204);
    assert_eq!(desk.call("DELETE", &path, &[], "").refusal().1, "ENTITY_IS_DELETED");
    assert_eq!(desk.get("sobjects/Contact/003000000000000AAA").refusal(), (404, "NOT_FOUND".into()));
}

#[test]
fn s_084_an_upsert_by_key_says_201_then_200_and_204_before_version_46() {
    let desk = Desk::new();
    let path = format!("sobjects/Contact/{KEY}/a%2Fb");
    let made = desk.send("PATCH", &path, json!({"LastName": "L"}));
    assert_eq!((made.status, &made.json()["created"]), (201, &json!(true)));
    assert_eq!(desk.org.records("Contact")[0].text(KEY), "a/b");
    let again = desk.send("PATCH", &path, json!({"FirstName": "F"}));
    assert_eq!((again.status, &again.json()["id"]), (200, &made.json()["id"]));
    let old = format!("/services/data/v45.0/{path}");
    assert_eq!(desk.send("PATCH", &old, json!({"FirstName": "G"})).status, 204);
    assert_eq!(desk.get(&path).json()["FirstName"], "G");
}

#[test]
fn an_upsert_names_its_key_in_the_path_alone_and_may_be_kept_from_creating() {
    let desk = Desk::new();
    let path = format!("sobjects/Contact/{KEY}/1");
    assert_eq!(desk.send("PATCH", &path, json!({"LastName": "L", KEY: "1"})).refusal().1, "INVALID_FIELD");
    assert_eq!(desk.send("PATCH", &format!("{path}?updateOnly=true"), json!({"LastName": "L"})).status, 404);
    assert_eq!(
        desk.send("PATCH", "sobjects/Contact/Phone/1", json!({"LastName": "L"})).status,
        404,
        "no external id"
    );
    assert!(desk.org.records("Contact").is_empty());
}

#[test]
fn a_task_has_its_defaults_and_is_closed_when_it_is_completed() {
    let desk = Desk::new();
    let id = desk
        .send("POST", "sobjects/Task", json!({"Subject": "Call", "ActivityDate": "2026-11-25"}))
        .json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let task = desk.org.record(&id).unwrap();
    assert_eq!(
        (task.text("Status"), task.text("Priority"), task.text("OwnerId")),
        ("Not Started", "Normal", desk.org.user_id().as_str())
    );
    desk.org.rep_edits("Task", &id, json!({"Status": "Completed"})).unwrap();
    assert_eq!(desk.org.record(&id).unwrap().fields["IsClosed"], true);
}

#[test]
fn s_100_opportunities_and_orders_ask_for_what_they_need_and_sum_up_by_themselves() {
    let desk = Desk::new();
    let missing = |object: &str| {
        desk.send("POST", &format!("sobjects/{object}"), json!({})).json()[0]["fields"].clone()
    };
    assert_eq!(missing("Opportunity"), json!(["Name", "StageName", "CloseDate"]));
    assert_eq!(missing("Order"), json!(["AccountId", "EffectiveDate", "Status"]));
    let won = json!({"Name": "#1001", "StageName": "Closed Won", "CloseDate": "2026-11-24", "Amount": 49.9});
    let id = desk.send("POST", "sobjects/Opportunity", won).json()["id"].as_str().unwrap().to_owned();
    let fields = desk.org.record(&id).unwrap().fields;
    assert_eq!(
        (&fields["IsWon"], &fields["Probability"], &fields["Amount"]),
        (&json!(true), &json!(100.0), &json!(49.9))
    );
    let account = desk.org.rep_creates("Account", json!({"Name": "A"})).unwrap();
    let mut order = json!({"AccountId": account, "EffectiveDate": "2026-11-24", "Status": "Draft"});
    assert_eq!(desk.send("POST", "sobjects/Order", order.clone()).status, 201);
    assert_eq!(desk.org.records("Order")[0].text("OrderNumber"), "00000101");
    let activated = json!({"AccountId": account, "EffectiveDate": "2026-11-24", "Status": "Activated"});
    assert_eq!(desk.send("POST", "sobjects/Order", activated).refusal().1, "FAILED_ACTIVATION");
    order["TotalAmount"] = json!(5);
    assert_eq!(desk.send("POST", "sobjects/Order", order).refusal().1, "INVALID_FIELD_FOR_INSERT_UPDATE");
}

#[test]
fn a_currency_is_a_field_only_where_there_are_several() {
    let desk = Desk::new();
    let new =
        json!({"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-11-24", "CurrencyIsoCode": "EUR"});
    assert_eq!(desk.send("POST", "sobjects/Opportunity", new.clone()).refusal().1, "INVALID_FIELD");
    desk.set(|settings| settings.multi_currency = true);
    assert_eq!(desk.send("POST", "sobjects/Opportunity", new).status, 201);
}
