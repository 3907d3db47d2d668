//! Fields: made by the tooling API, seen by those they are granted to, described.

use serde_json::{Value, json};

use crate::desk::{Desk, KEY, encoded};

fn text(name: &str) -> Value {
    let metadata = json!({"label": "Company", "type": "Text", "length": 64, "externalId": true, "unique": true, "caseSensitive": false});
    json!({"FullName": name, "Metadata": metadata})
}

fn described(desk: &Desk, object: &str, name: &str) -> Option<Value> {
    let fields = desk.get(&format!("sobjects/{object}/describe")).json()["fields"].clone();
    fields.as_array().unwrap().iter().find(|field| field["name"] == name).cloned()
}

#[test]
fn s_083_a_new_field_is_there_for_nobody_until_it_is_granted() {
    let desk = Desk::new();
    let name = "Shopify_Company_ID__c";
    let made = desk.send("POST", "tooling/sobjects/CustomField", text(&format!("Account.{name}")));
    assert_eq!((made.status, &made.json()["success"]), (201, &json!(true)));
    assert_eq!(described(&desk, "Account", name), None);
    let write = || desk.send("POST", "sobjects/Account", json!({"Name": "A", name: "7"}));
    assert_eq!(write().refusal(), (400, "INVALID_FIELD".into()));

    let set = desk
        .send("POST", "sobjects/PermissionSet", json!({"Name": "Counterfoil", "Label": "Counterfoil"}))
        .json()["id"]
        .clone();
    let grant = |edit: bool| json!({"ParentId": set, "SobjectType": "Account", "Field": format!("Account.{name}"), "PermissionsRead": true, "PermissionsEdit": edit});
    let granted = desk.send("POST", "sobjects/FieldPermissions", grant(false));
    assert_eq!(granted.status, 201);
    assert_eq!(described(&desk, "Account", name), None, "the set is nobody's yet");
    let assignment = json!({"PermissionSetId": set, "AssigneeId": desk.org.user_id()});
    assert_eq!(desk.send("POST", "sobjects/PermissionSetAssignment", assignment.clone()).status, 201);
    assert_eq!(
        desk.send("POST", "sobjects/PermissionSetAssignment", assignment).refusal().1,
        "DUPLICATE_VALUE"
    );
    assert_eq!(described(&desk, "Account", name).unwrap()["createable"], false);
    assert_eq!(write().refusal().1, "INVALID_FIELD_FOR_INSERT_UPDATE", "it may be read and not written");

    assert_eq!(desk.send("POST", "sobjects/FieldPermissions", grant(true)).refusal().1, "DUPLICATE_VALUE");
    let id = granted.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        desk.send("PATCH", &format!("sobjects/FieldPermissions/{id}"), json!({"PermissionsEdit": true}))
            .status,
        204
    );
    assert_eq!(write().status, 201);
}

#[test]
fn s_084_a_describe_tells_what_a_key_is() {
    let desk = Desk::new();
    let key = described(&desk, "Contact", KEY).unwrap();
    for flag in ["externalId", "unique", "createable", "updateable", "idLookup", "custom", "nillable"] {
        assert_eq!(key[flag], true, "{flag}");
    }
    assert_eq!(
        (&key["type"], &key["length"], &key["caseSensitive"]),
        (&json!("string"), &json!(64), &json!(false))
    );
    let name = described(&desk, "Contact", "LastName").unwrap();
    assert_eq!(
        (&name["nillable"], &name["externalId"], &name["length"]),
        (&json!(false), &json!(false), &json!(80))
    );
    let whole = described(&desk, "Contact", "Name").unwrap();
    assert_eq!((&whole["createable"], &whole["updateable"]), (&json!(false), &json!(false)));
    let account = described(&desk, "Contact", "AccountId").unwrap();
    assert_eq!(
        (&account["referenceTo"], &account["relationshipName"]),
        (&json!(["Account"]), &json!("Account"))
    );
    assert_eq!(desk.get("sobjects/Nope/describe").refusal(), (404, "NOT_FOUND".into()));
}

#[test]
fn a_field_that_is_there_is_not_made_again_and_the_tooling_query_finds_it() {
    let desk = Desk::new();
    let again = desk.send("POST", "tooling/sobjects/CustomField", text(&format!("Contact.{KEY}")));
    assert_eq!(again.refusal(), (400, "DUPLICATE_DEVELOPER_NAME".into()));
    let soql =
        "SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Contact' ORDER BY DeveloperName";
    let found = desk.get(&format!("tooling/query?q={}", encoded(soql))).records();
    assert_eq!(
        found.iter().map(|one| one["DeveloperName"].clone()).collect::<Vec<_>>(),
        ["Shopify_Customer_ID", "Total"]
    );
    assert_eq!(desk.query(soql).refusal().1, "INVALID_TYPE", "only the tooling API knows it");
}

#[test]
fn a_definition_needs_all_of_its_parts() {
    let desk = Desk::new();
    let make = |name: &str, metadata: Value| {
        desk.send("POST", "tooling/sobjects/CustomField", json!({"FullName": name, "Metadata": metadata}))
    };
    for (name, metadata) in [
        ("Contact.A__c", json!({"label": "A", "type": "Text"})),
        ("Contact.A__c", json!({"label": "A", "type": "Text", "length": 256})),
        ("Contact.A__c", json!({"type": "Text", "length": 10})),
        ("Contact.A__c", json!({"label": "A", "type": "Number"})),
        ("Contact.A__c", json!({"label": "A", "type": "Checkbox"})),
        ("Contact.A__c", json!({"label": "A", "type": "LongTextArea", "length": 1000})),
        ("Contact.A__c", json!({"label": "A", "type": "Nope"})),
        ("Contact.A__c", json!({"label": "A", "type": "DateTime", "externalId": true})),
        ("Contact.A", json!({"label": "A", "type": "DateTime"})),
        ("Contact.1__c", json!({"label": "A", "type": "DateTime"})),
        ("Nope.A__c", json!({"label": "A", "type": "DateTime"})),
    ] {
        assert_eq!(make(name, metadata.clone()).status, 400, "{name} {metadata}");
    }
    let pick = json!({"label": "P", "type": "Picklist", "valueSet": {"restricted": true, "valueSetDefinition": {"value": [{"fullName": "a", "label": "a"}]}}});
    for (name, metadata) in [
        ("Contact.T__c", json!({"label": "T", "type": "LongTextArea", "length": 1000, "visibleLines": 3})),
        ("Contact.N__c", json!({"label": "N", "type": "Number", "precision": 18, "scale": 0})),
        ("Contact.C__c", json!({"label": "C", "type": "Checkbox", "defaultValue": "false"})),
        ("Contact.P__c", pick),
    ] {
        assert_eq!(make(name, metadata.clone()).status, 201, "{name} {metadata}");
    }
}

#[test]
fn fields_of_tasks_are_made_on_activity_and_are_not_unique() {
    let desk = Desk::new();
    assert_eq!(
        desk.send("POST", "tooling/sobjects/CustomField", text("Task.Shopify_Refund_ID__c")).status,
        400
    );
    let mut new = text("Activity.Shopify_Refund_ID__c");
    assert_eq!(desk.send("POST", "tooling/sobjects/CustomField", new.clone()).status, 400, "unique");
    new["Metadata"]["unique"] = json!(false);
    assert_eq!(desk.send("POST", "tooling/sobjects/CustomField", new).status, 201);
}

#[test]
fn an_object_has_25_external_ids_at_most() {
    let desk = Desk::new();
    for n in 0..24 {
        assert_eq!(
            desk.send("POST", "tooling/sobjects/CustomField", text(&format!("Contact.K{n}__c"))).status,
            201
        );
    }
    assert_eq!(desk.send("POST", "tooling/sobjects/CustomField", text("Contact.K24__c")).status, 400);
}

#[test]
fn what_is_required_everywhere_has_no_permissions_of_its_own() {
    let desk = Desk::new();
    let set =
        desk.query("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = TRUE").records()[0]["Id"].clone();
    let grant = |field: &str| json!({"ParentId": set, "SobjectType": "Contact", "Field": field, "PermissionsRead": true});
    assert_eq!(desk.send("POST", "sobjects/FieldPermissions", grant("Contact.LeadSource")).status, 201);
    for field in ["Contact.LastName", "Contact.Name", "Contact.Nope__c", "Account.Phone"] {
        let refused = desk.send("POST", "sobjects/FieldPermissions", grant(field)).refusal();
        assert_eq!(refused, (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST".into()), "{field}");
    }
    let mut unread = grant("Contact.Phone");
    (unread["PermissionsRead"], unread["PermissionsEdit"]) = (json!(false), json!(true));
    assert_eq!(
        desk.send("POST", "sobjects/FieldPermissions", unread).refusal().1,
        "FIELD_INTEGRITY_EXCEPTION"
    );
}
