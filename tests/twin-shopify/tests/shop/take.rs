//! Taking: any payload of any age and shape, so that a later read finds what it named.

use crate::world::{World, customer};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use twin_shopify::Taken;

fn take(world: &World, topic: &str, payload: &Value) -> Taken {
    world.shop.take(topic, payload).unwrap()
}

fn read(world: &World, id: u64) -> Value {
    let query = "query Q($id: ID!) { customer(id: $id) { updatedAt firstName tags numberOfOrders amountSpent { amount } lastOrder { name } defaultEmailAddress { emailAddress marketingState } } }";
    world.ask(query, json!({"id": customer(id)}))["data"]["customer"].clone()
}

#[test]
fn an_old_customer_payload_carries_its_figures_along() {
    let world = World::new();
    let payload = json!({
        "id": 207_119_551, "email": "bob@example.com", "first_name": "Bob 🎉", "updated_at": "2024-03-01T10:00:00-05:00",
        "created_at": "2023-03-01T10:00:00-05:00", "orders_count": 3, "total_spent": "199.65", "last_order_id": 450_789_469,
        "last_order_name": "#1001", "tags": "léon, noah", "email_marketing_consent": {"state": "subscribed", "opt_in_level": null},
    });
    let taken = take(&world, "customers/update", &payload);
    assert_eq!(taken, Taken { customers: vec![207_119_551], orders: vec![450_789_469] });
    assert_eq!(
        read(&world, 207_119_551),
        json!({
            "updatedAt": "2024-03-01T15:00:00Z", "firstName": "Bob 🎉", "tags": ["léon", "noah"], "numberOfOrders": "3",
            "amountSpent": {"amount": "199.65"}, "lastOrder": {"name": "#1001"},
            "defaultEmailAddress": {"emailAddress": "bob@example.com", "marketingState": "SUBSCRIBED"},
        })
    );
}

#[test]
fn orders_after_a_claim_go_on_top_and_orders_inside_it_do_not() {
    let world = World::new();
    let order = |id: u64, day: u64, total: &str| {
        json!({"id": id, "name": format!("#{id}"), "total_price": total, "financial_status": "paid",
        "created_at": format!("2026-01-0{day}T00:00:00Z"), "updated_at": format!("2026-01-0{day}T00:00:00Z"), "customer": {"id": 5}})
    };
    take(
        &world,
        "customers/update",
        &json!({"id": 5, "updated_at": "2026-01-02T00:00:00Z", "orders_count": 1, "total_spent": "10.00"}),
    );
    take(&world, "orders/create", &order(1, 1, "10.00"));
    take(&world, "orders/create", &order(3, 3, "5.00"));
    let figures = world.shop.figures(5).unwrap();
    assert_eq!((figures.orders, figures.spent, figures.last_order), (2, Decimal::from(15), Some(3)));
}

#[test]
fn an_order_brings_its_customer_and_counts_once_however_often_it_comes() {
    let world = World::new();
    let payload = json!({"id": 9, "admin_graphql_api_id": "gid://shopify/Order/9", "total_price": "20.00", "financial_status": "paid",
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "line_items": [{"id": 1, "title": "T", "quantity": 2, "price": "10.00", "properties": {}}],
        "customer": {"id": 8, "first_name": "Ann", "email": "ann@example.com", "orders_count": 4, "total_spent": "80.00"}});
    for topic in ["orders/create", "orders/updated", "orders/paid", "orders/create"] {
        assert_eq!(take(&world, topic, &payload), Taken { customers: vec![8], orders: vec![9] });
    }
    assert_eq!(read(&world, 8)["numberOfOrders"], "4");
    assert_eq!(read(&world, 8)["amountSpent"]["amount"], "80.0");
    assert_eq!(read(&world, 8)["firstName"], "Ann");
}

#[test]
fn an_older_payload_never_takes_the_shop_back() {
    let world = World::new();
    let named = |name: &str, at: &str| json!({"id": 4, "first_name": name, "updated_at": at});
    take(&world, "customers/update", &named("New", "2026-05-02T00:00:00Z"));
    take(&world, "customers/update", &named("Old", "2026-05-01T23:00:00-00:30"));
    assert_eq!(read(&world, 4)["firstName"], "New");
    take(&world, "customers/update", &named("Newer", "2026-05-02T00:00:00Z"));
    assert_eq!(read(&world, 4)["firstName"], "Newer");
}

#[test]
fn a_customer_first_seen_without_a_date_is_known_better_later() {
    let world = World::new();
    take(
        &world,
        "orders/create",
        &json!({"id": 1, "total_price": "1.00", "customer": {"id": 6, "first_name": "In order"}}),
    );
    take(
        &world,
        "customers/update",
        &json!({"id": 6, "first_name": "Dated", "updated_at": "2025-01-01T00:00:00Z"}),
    );
    let found = read(&world, 6);
    assert_eq!((&found["firstName"], &found["updatedAt"]), (&json!("Dated"), &json!("2025-01-01T00:00:00Z")));
}

#[test]
fn guests_have_no_customer_in_whatever_way_that_is_written() {
    let world = World::new();
    for (id, buyer) in [(1, json!(null)), (2, json!([])), (3, json!({})), (4, json!({"email": "x@y.z"}))] {
        let taken = take(
            &world,
            "orders/create",
            &json!({"id": id, "email": "guest@example.com", "total_price": "3.00", "customer": buyer}),
        );
        assert_eq!(taken, Taken { customers: vec![], orders: vec![id] });
    }
    let answer = world.ask("{ order(id: \"gid://shopify/Order/2\") { email customer { id } totalPriceSet { shopMoney { amount } } } }", json!({}));
    assert_eq!(
        answer["data"]["order"],
        json!({"email": "guest@example.com", "customer": null, "totalPriceSet": {"shopMoney": {"amount": "3.0"}}})
    );
}

#[test]
fn camel_case_notices_move_figures_and_tags() {
    let world = World::new();
    let gid = customer(11);
    take(
        &world,
        "customer.tags_added",
        &json!({"customerId": gid, "tags": ["a", "b"], "occurredAt": "2026-05-05T05:00:00.000Z"}),
    );
    take(
        &world,
        "customer.tags_removed",
        &json!({"customerId": gid, "tags": ["A"], "occurredAt": "2026-05-05T05:00:01.000Z"}),
    );
    let summary = json!({"customerId": gid, "numberOfOrders": 2, "amountSpent": {"amount": "100.00", "currencyCode": "USD"}, "lastOrderId": "gid://shopify/Order/77", "occurredAt": "2026-05-05T05:00:00.000Z"});
    assert_eq!(
        take(&world, "customers/purchasing_summary", &summary),
        Taken { customers: vec![11], orders: vec![77] }
    );
    let found = read(&world, 11);
    assert_eq!(
        (&found["tags"], &found["numberOfOrders"], &found["amountSpent"]["amount"]),
        (&json!(["b"]), &json!("2"), &json!("100.0"))
    );
}

#[test]
fn a_refund_lands_on_its_order_once_whichever_way_it_comes() {
    let world = World::new();
    let refund = json!({"id": 31, "admin_graphql_api_id": "gid://shopify/Refund/31", "order_id": 30, "created_at": "2026-01-02T00:00:00Z",
        "refund_line_items": [], "transactions": [{"id": 32, "kind": "refund", "status": "success", "amount": "4.00", "gateway": "bogus"}]});
    assert_eq!(take(&world, "refunds/create", &refund), Taken { customers: vec![], orders: vec![30] });
    take(
        &world,
        "orders/updated",
        &json!({"id": 30, "total_price": "10.00", "financial_status": "partially_refunded", "created_at": "2026-01-01T00:00:00Z", "refunds": [refund], "customer": {"id": 29}}),
    );
    assert_eq!(world.shop.order(30).unwrap().refunded(), Decimal::from(4));
    assert_eq!(world.shop.figures(29).unwrap().spent, Decimal::from(6));
}

#[test]
fn merges_and_deletions_are_followed() {
    let world = World::new();
    take(&world, "orders/create", &json!({"id": 1, "total_price": "10.00", "customer": {"id": 2}}));
    let merge = |status: &str| json!({"admin_graphql_api_customer_kept_id": customer(3), "admin_graphql_api_customer_deleted_id": customer(2), "status": status, "errors": []});
    take(&world, "customers/merge", &merge("failed"));
    assert!(read(&world, 2).is_object());
    take(&world, "customers/merge", &merge("success"));
    assert_eq!((read(&world, 2), &read(&world, 3)["numberOfOrders"]), (Value::Null, &json!("1")));
    take(&world, "customers/delete", &json!({"id": 3, "admin_graphql_api_id": customer(3)}));
    assert_eq!(read(&world, 3), Value::Null);
}

#[test]
fn ids_come_from_the_gid_where_the_number_was_rounded() {
    let world = World::new();
    let exact = 820_982_911_946_154_508_u64;
    let payload = json!({"id": 820_982_911_946_154_500_u64, "admin_graphql_api_id": format!("gid://shopify/Order/{exact}"), "total_price": "1.00"});
    assert_eq!(take(&world, "orders/create", &payload).orders, [exact]);
}

#[test]
fn checkouts_consents_and_unknown_topics_name_customers_too() {
    let world = World::new();
    let named = |topic: &str, payload: Value| take(&world, topic, &payload).customers;
    assert_eq!(
        named(
            "checkouts/create",
            json!({"token": "t", "customer": {"id": 41, "first_name": "C"}, "line_items": [], "shipping_address": []})
        ),
        [41]
    );
    assert_eq!(
        named(
            "customers_email_marketing_consent/update",
            json!({"customer_id": 42, "email_marketing_consent": {"state": null}})
        ),
        [42]
    );
    assert_eq!(
        named(
            "customers_marketing_consent/update",
            json!({"id": 43, "sms_marketing_consent": {"state": "subscribed"}})
        ),
        [43]
    );
    assert_eq!(
        named(
            "company_contacts/create",
            json!({"admin_graphql_api_id": "gid://shopify/CompanyContact/1", "customer_admin_graphql_api_id": customer(44)})
        ),
        [44]
    );
    assert_eq!(named("something/new", json!({"customer": {"admin_graphql_api_id": customer(45)}})), [45]);
    assert_eq!(
        named(
            "customers/redact",
            json!({"shop_id": 1, "customer": {"id": 46, "email": "x@y.z"}, "orders_to_redact": [1]})
        ),
        [46]
    );
    assert_eq!(named("customers/redact", json!({"shop_id": 1, "customer": {"email": "x@y.z"}})), [0_u64; 0]);
    assert_eq!(
        named("app/uninstalled", json!({"id": 548_380_009, "name": "Super Toys", "email": "x@y.z"})),
        [0_u64; 0]
    );
}

#[test]
fn no_json_is_too_strange() {
    let world = World::new();
    let strange = [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!([[{"id": {}}]]),
        json!({"id": -1}),
        json!({"id": 1e300}),
        json!({"id": 1, "total_price": {"amount": []}, "customer": "x", "refunds": {}, "line_items": 7, "created_at": "yesterday"}),
        json!({"customerId": null, "tags": 5}),
        json!({"id": 2, "currency": "€", "total_price": "99999999999999999999999999999999"}),
        json!({"admin_graphql_api_customer_kept_id": 1}),
        json!({"id": 4, "token": "💥💥💥💥", "total_price": "79228162514264337593543950335", "order_number": u64::MAX,
            "line_items": [{"quantity": u64::MAX, "price": "999999999999999"}],
            "refunds": [{"id": u64::MAX, "transactions": [{"amount": "-5"}]}],
            "customer": {"id": 5, "orders_count": u64::MAX, "total_spent": "1e14"}}),
        json!({"id": 6, "total_price": "1.00", "financial_status": "paid", "created_at": "2099-01-01T00:00:00Z", "customer": {"id": 5}}),
        json!({"id": 3, "refunds": [{"id": 1}, null], "tags": null}),
    ];
    for topic in [
        "",
        "orders/create",
        "customers/update",
        "refunds/create",
        "customers/merge",
        "customer.tags_added",
        "checkouts/update",
        "💥",
    ] {
        for payload in &strange {
            take(&world, topic, payload);
        }
    }
    world.shop.fulfil(4).unwrap();
    world.shop.refund(6, 1.into(), None).unwrap();
    let answer = world.ask("{ orders(first: 50) { nodes { id name totalPriceSet { shopMoney { amount } } } } customers(first: 50) { nodes { id displayName amountSpent { amount } } } }", json!({}));
    assert!(answer.get("errors").is_none(), "{answer}");
}

#[test]
fn every_published_sample_is_taken() {
    let folder = crate::world::beside("samples");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not here; the shapes are covered by the other tests", folder.display());
        return;
    };
    let world = World::new();
    let mut seen = 0;
    for file in files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
    {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let payload: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let topic = name.split("__").next().unwrap();
        let topic = ["customer_tags_", "customers_", "orders_", "refunds_", "checkouts_", "companies_"]
            .iter()
            .find_map(|start| {
                topic
                    .strip_prefix(start)
                    .map(|rest| start.replace("customer_tags_", "customer.tags_").replace("s_", "s/") + rest)
            })
            .unwrap_or_else(|| topic.to_owned());
        let taken = take(&world, &topic.replace("tags/", "tags_"), &payload);
        let expected = topic.starts_with("customer")
            || topic.starts_with("orders")
            || topic.starts_with("refunds")
            || topic.starts_with("checkouts");
        assert_eq!(
            !taken.customers.is_empty() || !taken.orders.is_empty(),
            expected,
            "{name} as {topic}: {taken:?}"
        );
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    let answer = world.ask("{ order(id: \"gid://shopify/Order/820982911946154508\") { name customer { firstName } displayFinancialStatus lineItems(first: 10) { nodes { title } } } }", json!({}));
    assert!(answer["data"]["order"]["lineItems"]["nodes"][0]["title"].is_string(), "{answer}");
}
