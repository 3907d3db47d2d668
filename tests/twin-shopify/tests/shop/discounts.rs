//! Discounts by code: made, read, refused.

use serde_json::{Value, json};

use twin_shopify::{Faults, ShopSettings};

use crate::world::{DOMAIN, World, customer};

const CREATE: &str = "mutation Create($discount: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: \
    $discount) { codeDiscountNode { id } userErrors { field code } } }";
const READ: &str = "query Read($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount { __typename ... on \
    DiscountCodeBasic { title usageLimit appliesOncePerCustomer startsAt endsAt codes(first: 1) { nodes { code } } context { \
    __typename ... on DiscountCustomers { customers { id } } } customerGets { value { ... on DiscountPercentage { \
    percentage } } items { ... on AllDiscountItems { allItems } } } } } } }";

fn wanted(buyer: u64) -> Value {
    json!({
        "code": "ADA-15", "title": "Thanks", "startsAt": "2026-11-24T02:00:00Z", "endsAt": "2026-12-24T02:00:00Z",
        "usageLimit": 1, "appliesOncePerCustomer": true, "context": {"customers": {"add": [customer(buyer)]}},
        "customerGets": {"value": {"percentage": 0.15}, "items": {"all": true}},
    })
}

fn create(world: &World, discount: &Value) -> Value {
    world.ask(CREATE, json!({ "discount": discount }))
}

fn read(world: &World, code: &str) -> Value {
    world.ask(READ, json!({ "code": code }))
}

#[test]
fn a_discount_is_read_as_it_was_made_whatever_the_capitals_of_its_code() {
    let world = World::new();
    let ada = world.ada();
    let made = create(&world, &wanted(ada));
    let payload = &made["data"]["discountCodeBasicCreate"];
    assert_eq!(payload["userErrors"], json!([]), "{made}");
    let found = &read(&world, "ada-15")["data"]["codeDiscountNodeByCode"];
    assert_eq!(found["id"], payload["codeDiscountNode"]["id"]);
    let expected = json!({
        "__typename": "DiscountCodeBasic", "title": "Thanks", "usageLimit": 1, "appliesOncePerCustomer": true,
        "startsAt": "2026-11-24T02:00:00Z", "endsAt": "2026-12-24T02:00:00Z", "codes": {"nodes": [{"code": "ADA-15"}]},
        "context": {"__typename": "DiscountCustomers", "customers": [{"id": customer(ada)}]},
        "customerGets": {"value": {"percentage": 0.15}, "items": {"allItems": true}},
    });
    assert_eq!(found["codeDiscount"], expected);
    assert_eq!(read(&world, "EVE-15")["data"]["codeDiscountNodeByCode"], Value::Null);
    let held = world.shop.discounts().unwrap();
    assert_eq!((held.len(), held[0].customers.as_deref()), (1, Some(&[ada][..])));
}

#[test]
fn what_does_not_fit_is_refused_by_its_place_and_nothing_is_made() {
    let world = World::new();
    let ada = world.ada();
    let table = [
        ("/code", json!(" "), "code", "BLANK"),
        ("/code", json!("x".repeat(256)), "code", "TOO_LONG"),
        ("/title", Value::Null, "title", "BLANK"),
        ("/customerGets/value/percentage", json!(15), "customerGets.value.percentage", "VALUE_OUTSIDE_RANGE"),
        (
            "/customerGets/value/percentage",
            json!(-0.1),
            "customerGets.value.percentage",
            "VALUE_OUTSIDE_RANGE",
        ),
        ("/customerGets/value", Value::Null, "customerGets.value", "MISSING_ARGUMENT"),
        ("/customerGets/items", Value::Null, "customerGets.items", "MISSING_ARGUMENT"),
        ("/context", Value::Null, "context", "MISSING_ARGUMENT"),
        ("/context/customers/add", json!([customer(7)]), "context.customers.add", "INVALID"),
        ("/context/customers/add", json!(["gid://shopify/Order/7"]), "context.customers.add", "INVALID"),
        ("/startsAt", Value::Null, "startsAt", "BLANK"),
        ("/endsAt", json!("2026-11-24T02:00:00Z"), "endsAt", "END_DATE_BEFORE_START_DATE"),
        ("/endsAt", json!("soon"), "endsAt", "INVALID"),
        ("/usageLimit", json!(0), "usageLimit", "GREATER_THAN"),
    ];
    for (place, value, field, code) in table {
        let mut discount = wanted(ada);
        *discount.pointer_mut(place).unwrap() = value;
        let made = create(&world, &discount);
        let payload = &made["data"]["discountCodeBasicCreate"];
        let path: Vec<_> = std::iter::once("basicCodeDiscount").chain(field.split('.')).collect();
        assert_eq!(payload["userErrors"], json!([{"field": path, "code": code}]), "{place}: {made}");
        assert_eq!(payload["codeDiscountNode"], Value::Null, "{place}");
    }
    assert_eq!(world.shop.discounts().unwrap(), []);
}

#[test]
fn a_code_is_given_once() {
    let world = World::new();
    let ada = world.ada();
    create(&world, &wanted(ada));
    let mut again = wanted(ada);
    again["code"] = json!("ada-15");
    let made = create(&world, &again);
    let taken = json!([{"field": ["basicCodeDiscount", "code"], "code": "TAKEN"}]);
    assert_eq!(made["data"]["discountCodeBasicCreate"]["userErrors"], taken);
    assert_eq!(world.shop.discounts().unwrap().len(), 1);
}

#[test]
fn an_app_without_the_scope_is_denied_and_who_may_write_may_read() {
    let world = World::new();
    let ada = world.ada();
    let scoped = |scope: &str| ShopSettings { scopes: vec![scope.to_owned()], ..ShopSettings::default() };
    for (scope, writes, reads) in
        [("read_customers", false, false), ("read_discounts", false, true), ("write_discounts", true, true)]
    {
        world.twin.open_shop(DOMAIN, scoped(scope));
        for (answer, allowed) in [(create(&world, &wanted(ada)), writes), (read(&world, "ADA-15"), reads)] {
            let denied = answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED";
            assert_eq!(denied, !allowed, "{scope}: {answer}");
        }
    }
}

#[test]
fn a_stale_read_does_not_see_the_discount_that_was_just_made() {
    let world = World::new();
    let ada = world.ada();
    create(&world, &wanted(ada));
    world.shop.set_faults(Faults { stale_reads: 1, ..Faults::default() }).unwrap();
    assert_eq!(read(&world, "ADA-15")["data"]["codeDiscountNodeByCode"], Value::Null);
    assert_ne!(read(&world, "ADA-15")["data"]["codeDiscountNodeByCode"], Value::Null);
}
