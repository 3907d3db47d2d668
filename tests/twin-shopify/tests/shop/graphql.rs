//! What the Admin API answers, and how it refuses.

use crate::world::{World, customer};
use serde_json::{Value, json};
use twin_shopify::{Customer, Faults, Metafield};

fn order(id: u64) -> String {
    format!("gid://shopify/Order/{id}")
}

fn error(world: &World, query: &str, variables: Value) -> Value {
    let answer = world.ask(query, variables);
    assert!(answer.get("data").is_none(), "{answer}");
    answer["errors"][0].clone()
}

#[test]
fn a_customer_is_read_with_everything_the_worker_asks_for() {
    let world = World::new();
    let ada = world.ada();
    let bought = world.order(ada, "49.90");
    let query = "query CustomerGet($id: ID!) { customer(id: $id) { id updatedAt firstName displayName tags state numberOfOrders
        amountSpent { amount currencyCode } lastOrder { id name processedAt }
        defaultEmailAddress { emailAddress marketingState } defaultAddress { countryCodeV2 }
        defaultPhoneNumber { phoneNumber smsMarketingConsent { state } } statistics { rfmGroup } } }";
    let answer = world.ask(query, json!({"id": customer(ada)}));
    assert_eq!(
        answer["data"]["customer"],
        json!({
            "id": customer(ada), "updatedAt": "2026-11-24T02:00:00Z", "firstName": "Ada", "displayName": "Ada Lovelace",
            "tags": ["b2b", "vip"], "state": "DISABLED", "numberOfOrders": "1",
            "amountSpent": {"amount": "49.9", "currencyCode": "USD"},
            "lastOrder": {"id": order(bought), "name": "#1001", "processedAt": "2026-11-24T02:00:00Z"},
            "defaultEmailAddress": {"emailAddress": "ada@example.com", "marketingState": "NOT_SUBSCRIBED"},
            "defaultAddress": {"countryCodeV2": "US"},
            "defaultPhoneNumber": {"phoneNumber": "+15550100", "smsMarketingConsent": {"state": "NEVER_SUBSCRIBED"}},
            "statistics": {"rfmGroup": "NEW"},
        })
    );
    assert!(answer.get("errors").is_none());
}

#[test]
fn an_order_is_read_with_its_money_and_its_refunds() {
    let world = World::new();
    let ada = world.ada();
    let bought = world.order(ada, "100");
    world.shop.refund(bought, 40.into(), Some("late".into())).unwrap();
    let query = "query O($id: ID!) { order(id: $id) { totalPriceSet { shopMoney { amount } } currentTotalPriceSet { shopMoney { amount } }
        totalRefundedSet { presentmentMoney { amount currencyCode } } displayFinancialStatus customer { id }
        refunds(first: 1) { note totalRefundedSet { shopMoney { amount } } order { name } }
        lineItems(first: 5) { edges { node { title quantity } } pageInfo { hasNextPage } } checkoutToken test cancelledAt } }";
    let found = &world.ask(query, json!({"id": order(bought)}))["data"]["order"];
    assert_eq!(found["totalPriceSet"]["shopMoney"]["amount"], "100.0");
    assert_eq!(found["currentTotalPriceSet"]["shopMoney"]["amount"], "60.0");
    assert_eq!(
        found["totalRefundedSet"]["presentmentMoney"],
        json!({"amount": "40.0", "currencyCode": "USD"})
    );
    assert_eq!(
        found["refunds"],
        json!([{"note": "late", "totalRefundedSet": {"shopMoney": {"amount": "40.0"}}, "order": {"name": "#1001"}}])
    );
    assert_eq!(
        found["lineItems"],
        json!({"edges": [{"node": {"title": "Sample item", "quantity": 1}}], "pageInfo": {"hasNextPage": false}})
    );
    assert_eq!(found["customer"]["id"], customer(ada));
    assert_eq!(found["cancelledAt"], Value::Null);
}

#[test]
fn nodes_come_in_the_order_asked_with_null_for_nobody() {
    let world = World::new();
    let ada = world.ada();
    let bought = world.order(ada, "1");
    let query = "query N($ids: [ID!]!) { nodes(ids: $ids) { __typename ...C ... on Order { total: totalPriceSet { shopMoney { amount } } } } } fragment C on Customer { first: firstName }";
    let answer = world.ask(query, json!({"ids": [order(bought), customer(1), customer(ada)]}));
    assert_eq!(
        answer["data"]["nodes"],
        json!([
            {"__typename": "Order", "total": {"shopMoney": {"amount": "1.0"}}}, null, {"__typename": "Customer", "first": "Ada"},
        ])
    );
}

#[test]
fn more_than_250_ids_are_refused() {
    let world = World::new();
    let ids: Vec<String> = (1..=251).map(customer).collect();
    let found = error(&world, "query N($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": ids}));
    assert_eq!(found["message"], "The input array size of 251 is greater than the maximum allowed of 250.");
    assert_eq!(found["extensions"]["code"], "MAX_INPUT_SIZE_EXCEEDED");
}

#[test]
fn an_unknown_field_is_refused_in_shopifys_words() {
    let world = World::new();
    let found = error(&world, "query Name { customer(id: \"gid://shopify/Customer/1\") { x } }", json!({}));
    assert_eq!(
        found,
        json!({
            "message": "Field 'x' doesn't exist on type 'Customer'", "locations": [{"line": 1, "column": 57}],
            "path": ["query Name", "customer", "x"],
            "extensions": {"code": "undefinedField", "typeName": "Customer", "fieldName": "x"},
        })
    );
}

#[test]
fn every_mistake_has_its_code() {
    let world = World::new();
    let id = "gid://shopify/Customer/1";
    for (query, code) in [
        ("query Q { customer { id } }".to_owned(), "missingRequiredArguments"),
        (format!("{{ customer(id: \"{id}\", email: \"x\") {{ id }} }}"), "argumentNotAccepted"),
        ("{ customers(first: \"x\") { nodes { id } } }".to_owned(), "argumentLiteralsIncompatible"),
        (
            "{ customers(first: 1, sortKey: SIZE) { nodes { id } } }".to_owned(),
            "argumentLiteralsIncompatible",
        ),
        ("{ customer(id: \"1\") { id } }".to_owned(), "argumentLiteralsIncompatible"),
        (format!("{{ customer(id: \"{id}\") {{ amountSpent }} }}"), "selectionMismatch"),
        (format!("{{ customer(id: \"{id}\") {{ id {{ x }} }} }}"), "selectionMismatch"),
        (format!("query Q($x: Int) {{ customer(id: \"{id}\") {{ id }} }}"), "variableNotUsed"),
        ("query Q { customer(id: $id) { id } }".to_owned(), "variableNotDefined"),
        ("query Q($id: String!) { customer(id: $id) { id } }".to_owned(), "variableMismatch"),
        ("{ shop { ...Missing } }".to_owned(), "useAndDefineFragment"),
        ("{ shop { id } } fragment F on Shop { id }".to_owned(), "useAndDefineFragment"),
        ("{ shop { ... on Nothing { id } } }".to_owned(), "undefinedType"),
        ("{ shop { ... on Customer { id } } }".to_owned(), "cannotSpreadFragment"),
        ("{ shop @live { id } }".to_owned(), "undefinedDirective"),
        ("{ customers { nodes { id } } }".to_owned(), "BAD_REQUEST"),
        ("{ customers(first: 251) { nodes { id } } }".to_owned(), "BAD_REQUEST"),
    ] {
        assert_eq!(error(&world, &query, json!({}))["extensions"]["code"], code, "{query}");
    }
}

#[test]
fn a_query_that_is_no_graphql_has_a_message_and_a_place() {
    let world = World::new();
    let found = error(&world, "{ shop { id ", json!({}));
    assert!(found["message"].as_str().unwrap().starts_with("syntax error, "), "{found}");
    assert!(found["locations"][0]["line"].is_number());
    assert!(
        world.ask("", json!({}))["errors"][0]["message"].as_str().unwrap().contains("unexpected end of file")
    );
}

#[test]
fn variables_of_the_wrong_shape_are_named() {
    let world = World::new();
    let query = "query Q($id: ID!) { customer(id: $id) { id } }";
    let missing = error(&world, query, json!({}));
    assert_eq!(missing["message"], "Variable $id of type ID! was provided invalid value");
    assert_eq!(missing["extensions"]["problems"][0]["explanation"], "Expected value to not be null");
    let number = error(&world, query, json!({"id": 7}));
    assert_eq!(number["extensions"]["problems"][0]["explanation"], "Invalid global id '7'");
    let inside = error(
        &world,
        "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        json!({"ids": [customer(1), "x"]}),
    );
    assert_eq!(inside["extensions"]["problems"][0]["path"], json!([1]));
}

#[test]
fn pages_follow_one_another_in_the_order_asked() {
    let world = World::new();
    for at in 0..5 {
        world.shop.create_customer(|held| held.first_name = Some(format!("c{at}"))).unwrap();
        world.wait(60);
    }
    let query = "query P($after: String) { customers(first: 2, after: $after, sortKey: UPDATED_AT, reverse: true) { nodes { firstName } pageInfo { hasNextPage endCursor } } customersCount { count precision } }";
    let (mut after, mut names) = (Value::Null, Vec::new());
    loop {
        let answer = world.ask(query, json!({"after": after}));
        assert_eq!(answer["data"]["customersCount"], json!({"count": 5, "precision": "EXACT"}));
        let page = &answer["data"]["customers"];
        names.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["firstName"].as_str().unwrap().to_owned()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(names, ["c4", "c3", "c2", "c1", "c0"]);
}

#[test]
fn filters_filter_and_unknown_ones_match_everything() {
    let world = World::new();
    let ada = world.ada();
    world.wait(3600);
    world.shop.create_customer(|held| held.email = Some("bob@example.org".into())).unwrap();
    for (query, count) in [
        ("updated_at:>='2026-11-24T02:30:00Z'", 1),
        ("updated_at:'2026-11-24'", 2),
        ("updated_at:>=2026-11-25", 0),
        ("email:\\\"ada@example.com\\\"", 1),
        ("email:example", 2),
        ("tag:vip", 1),
        ("-tag:vip", 1),
        ("tag:vip OR email:bob@example.org", 2),
        ("first_name:Ada AND tag:gold", 0),
        ("colour:blue", 2),
    ] {
        let answer = world.ask(&format!("{{ customersCount(query: \"{query}\") {{ count }} }}"), json!({}));
        assert_eq!(answer["data"]["customersCount"]["count"], count, "{query}: {answer}");
    }
    let answer = world.ask(
        &format!("{{ customers(first: 5, query: \"id:{ada}\") {{ nodes {{ firstName }} }} }}"),
        json!({}),
    );
    assert_eq!(answer["data"]["customers"]["nodes"], json!([{"firstName": "Ada"}]));
}

#[test]
fn a_customer_is_found_by_email_and_phone() {
    let world = World::new();
    let ada = world.ada();
    for identifier in [
        json!({"emailAddress": "ADA@example.com"}),
        json!({"phoneNumber": "+15550100"}),
        json!({"id": customer(ada)}),
    ] {
        let answer = world.ask(
            "query Q($by: CustomerIdentifierInput!) { customerByIdentifier(identifier: $by) { id } }",
            json!({"by": identifier}),
        );
        assert_eq!(answer["data"]["customerByIdentifier"]["id"], customer(ada), "{answer}");
    }
}

#[test]
fn the_shop_tells_its_scopes_and_versions() {
    let world = World::new();
    let answer = world.ask("query ShopCheck { shop { id name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName shopifyPlus partnerDevelopment } } currentAppInstallation { id accessScopes { handle } } publicApiVersions { handle displayName supported } }", json!({}));
    assert_eq!(answer["data"]["shop"]["myshopifyDomain"], "demo.myshopify.com");
    assert!(
        answer["data"]["currentAppInstallation"]["accessScopes"]
            .as_array()
            .unwrap()
            .contains(&json!({"handle": "read_customers"}))
    );
    assert!(
        answer["data"]["publicApiVersions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["handle"] == "2026-10" && one["supported"] == true)
    );
}

#[test]
fn a_withheld_field_is_null_with_an_error_and_the_null_rises_where_it_must() {
    let world = World::new();
    let ada = world.ada();
    world
        .shop
        .set_faults(Faults { redact: vec!["email".into(), "phone".into()], ..Faults::default() })
        .unwrap();
    let answer = world.ask("query Q($id: ID!) { customer(id: $id) { firstName phone defaultEmailAddress { emailAddress marketingState } } }", json!({"id": customer(ada)}));
    assert_eq!(
        answer["data"]["customer"],
        json!({"firstName": "Ada", "phone": null, "defaultEmailAddress": null})
    );
    let paths: Vec<&Value> =
        answer["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
    assert!(
        paths.contains(&&json!(["customer", "phone"]))
            && paths.contains(&&json!(["customer", "defaultEmailAddress", "emailAddress"]))
    );
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("This app is not approved to access the Customer object.")
    );
}

#[test]
fn a_metafield_is_told_by_namespace_and_key_and_only_where_it_is_set() {
    let world = World::new();
    let ada = world.ada();
    let gold = Metafield::new("single_line_text_field", "gold");
    let set = |customer: &mut Customer| drop(customer.metafields.insert("custom.tier".into(), gold));
    world.shop.change_customer(ada, set).unwrap();
    let query = "query Q($id: ID!) { customer(id: $id) { a: metafield(namespace: \"custom\", key: \"tier\") { type value }
        b: metafield(namespace: \"custom\", key: \"tax_id\") { value } c: metafield(key: \"tier\") { value } } }";
    let ask = || world.ask(query, json!({"id": customer(ada)}));
    let answer = ask();
    assert_eq!(
        answer["data"]["customer"],
        json!({"a": {"type": "single_line_text_field", "value": "gold"}, "b": null, "c": null})
    );
    assert_eq!(answer["extensions"]["cost"]["requestedQueryCost"], 4, "each of them is an object");
    world.shop.set_faults(Faults { redact: vec!["metafield".into()], ..Faults::default() }).unwrap();
    let answer = ask();
    assert_eq!(answer["data"]["customer"]["a"], Value::Null);
    assert_eq!(answer["errors"][0]["path"], json!(["customer", "a"]));
}

#[test]
fn a_stale_read_sees_the_shop_before_its_last_change() {
    let world = World::new();
    let ada = world.ada();
    world.order(ada, "10");
    world.wait(9);
    let late = world.order(ada, "5");
    world.shop.set_faults(Faults { stale_reads: 1, ..Faults::default() }).unwrap();
    let query = "query Q($id: ID!, $order: ID!) { customer(id: $id) { updatedAt numberOfOrders amountSpent { amount } } order(id: $order) { id } }";
    let ask = || world.ask(query, json!({"id": customer(ada), "order": order(late)}))["data"].clone();
    assert_eq!(
        ask(),
        json!({"customer": {"updatedAt": "2026-11-24T02:00:00Z", "numberOfOrders": "1", "amountSpent": {"amount": "10.0"}}, "order": null})
    );
    assert_eq!(
        ask()["customer"],
        json!({"updatedAt": "2026-11-24T02:00:09Z", "numberOfOrders": "2", "amountSpent": {"amount": "15.0"}})
    );
}

#[test]
fn an_older_version_does_not_know_what_came_later() {
    let world = World::new();
    let query = json!({"query": "{ customers(first: 1) { nodes { defaultPhoneNumber { smsMarketingConsent { state } } } } }"});
    let answer = world.shop.graphql("2026-07", &query).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "undefinedField");
    assert!(world.shop.graphql("2026-10", &query).unwrap().get("errors").is_none());
}

#[test]
fn tags_can_be_written_and_the_write_is_told() {
    let world = World::new();
    let ada = world.ada();
    world.raised();
    let answer = world.ask("mutation T($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { node { id } userErrors { message } } }", json!({"id": customer(ada), "tags": ["gold"]}));
    assert_eq!(answer["data"]["tagsAdd"], json!({"node": {"id": customer(ada)}, "userErrors": []}));
    assert_eq!(world.topics(), ["customer.tags_added", "customers/update"]);
}

#[test]
fn skip_and_include_decide_what_is_read() {
    let world = World::new();
    let answer = world.ask(
        "query Q($no: Boolean!) { shop { id @skip(if: true) name @include(if: $no) currencyCode } }",
        json!({"no": false}),
    );
    assert_eq!(answer["data"]["shop"], json!({"currencyCode": "USD"}));
}

#[test]
fn every_field_of_the_subset_is_answered() {
    let world = World::new();
    let ada = world.ada();
    let bought = world.order(ada, "10");
    world.shop.refund(bought, 1.into(), None).unwrap();
    let schema =
        apollo_compiler::Schema::parse_and_validate(twin_shopify::ADMIN_SDL, "admin.graphql").unwrap();
    for (root, id) in [("Customer", customer(ada)), ("Order", order(bought))] {
        let object = schema.get_object(root).unwrap();
        for (name, field) in &object.fields {
            let leaf = schema.get_enum(field.ty.inner_named_type()).is_some()
                || schema.get_scalar(field.ty.inner_named_type()).is_some();
            let page = match name.as_str() {
                _ if field.argument_by_name("first").is_some() => "(first: 1)",
                "metafield" => "(key: \"tier\")",
                _ => "",
            };
            let text = format!(
                "{{ node(id: \"{id}\") {{ ... on {root} {{ {name}{page} {} }} }} }}",
                if leaf { "" } else { "{ __typename }" }
            );
            let answer = world.ask(&text, json!({}));
            assert!(answer.get("errors").is_none(), "{root}.{name}: {answer}");
            assert!(
                answer["data"]["node"].is_object(),
                "{root}.{name} is null although it must not be: {answer}"
            );
        }
    }
}
