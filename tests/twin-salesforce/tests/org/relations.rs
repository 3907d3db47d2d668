//! Who belongs to which account and which opportunity.

use serde_json::{Value, json};

use crate::desk::Desk;

fn account(desk: &Desk, name: &str) -> String {
    desk.org.rep_creates("Account", json!({"Name": name})).unwrap()
}

fn relations(desk: &Desk) -> Vec<(Value, Value)> {
    let records = desk
        .query("SELECT Account.Name, IsDirect FROM AccountContactRelation ORDER BY Account.Name")
        .records();
    records.iter().map(|one| (one["Account"]["Name"].clone(), one["IsDirect"].clone())).collect()
}

#[test]
fn the_account_of_a_contact_is_its_direct_relation_and_a_former_one_stays() {
    let desk = Desk::new();
    let (a, b) = (account(&desk, "A"), account(&desk, "B"));
    let contact = desk.contact(json!({"LastName": "L", "AccountId": a}));
    assert_eq!(relations(&desk), [(json!("A"), json!(true))]);
    desk.org.rep_edits("Contact", &contact, json!({"AccountId": b})).unwrap();
    assert_eq!(relations(&desk), [(json!("A"), json!(false)), (json!("B"), json!(true))]);
}

#[test]
fn a_further_company_is_tied_once_and_to_nobody_who_is_private() {
    let desk = Desk::new();
    let (a, b) = (account(&desk, "A"), account(&desk, "B"));
    let contact = desk.contact(json!({"LastName": "L", "AccountId": a}));
    let tie = |account: &str, contact: &str| {
        desk.send(
            "POST",
            "sobjects/AccountContactRelation",
            json!({"AccountId": account, "ContactId": contact}),
        )
    };
    assert_eq!(tie(&b, &contact).status, 201);
    assert_eq!(tie(&b, &contact).refusal(), (400, "DUPLICATE_VALUE".into()));
    assert_eq!(tie(&a, &contact).refusal(), (400, "DUPLICATE_VALUE".into()), "it is tied as its own account");
    let alone = desk.contact(json!({"LastName": "M"}));
    assert_eq!(tie(&a, &alone).refusal().1, "FIELD_INTEGRITY_EXCEPTION");
}

#[test]
fn the_contact_a_new_opportunity_names_is_its_primary_role() {
    let desk = Desk::new();
    let (one, other) = (desk.contact(json!({"LastName": "L"})), desk.contact(json!({"LastName": "M"})));
    let new = json!({"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-11-24", "ContactId": one});
    let id = desk.send("POST", "sobjects/Opportunity", new).json()["id"].as_str().unwrap().to_owned();
    let roles = || {
        let records = desk.query("SELECT ContactId, IsPrimary FROM OpportunityContactRole").records();
        records.iter().map(|role| (role["ContactId"].clone(), role["IsPrimary"] == true)).collect::<Vec<_>>()
    };
    assert_eq!(roles(), [(json!(one), true)]);
    let role = json!({"OpportunityId": id, "ContactId": other, "IsPrimary": true});
    assert_eq!(desk.send("POST", "sobjects/OpportunityContactRole", role).status, 201);
    assert_eq!(roles(), [(json!(one), false), (json!(other), true)], "one is primary");
    let later = desk.send("PATCH", &format!("sobjects/Opportunity/{id}"), json!({"ContactId": other}));
    assert_eq!(later.refusal().1, "INVALID_FIELD_FOR_INSERT_UPDATE");
}

#[test]
fn an_org_without_the_feature_has_no_such_object() {
    let desk = Desk::with(|settings| settings.absent_objects = vec!["AccountContactRelation".into()]);
    assert_eq!(desk.query("SELECT Id FROM AccountContactRelation").refusal(), (400, "INVALID_TYPE".into()));
    assert_eq!(desk.get("sobjects/AccountContactRelation/describe").status, 404);
    assert!(!desk.get("sobjects").text.contains("AccountContactRelation"));
    let account = account(&desk, "A");
    assert_eq!(
        desk.send("POST", "sobjects/Contact", json!({"LastName": "L", "AccountId": account})).status,
        201
    );
}

#[test]
fn merged_accounts_tie_a_contact_once() {
    let desk = Desk::new();
    let (a, b) = (account(&desk, "A"), account(&desk, "B"));
    let contact = desk.contact(json!({"LastName": "L", "AccountId": a}));
    let tie = json!({"AccountId": b, "ContactId": contact});
    assert_eq!(desk.send("POST", "sobjects/AccountContactRelation", tie).status, 201);
    desk.org.merge("Account", &a, &b).unwrap();
    assert_eq!(relations(&desk), [(json!("A"), json!(true))]);
}
