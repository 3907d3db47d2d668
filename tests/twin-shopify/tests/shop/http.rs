//! The twin over a socket: tokens, versions, faults, the control API.

use crate::world::{DOMAIN, World, call};
use serde_json::{Value, json};
use twin_shopify::Running;

const TOKEN: (&str, &str) = ("X-Shopify-Access-Token", "shpat_twin");
const SHOP: &str = r#"{"query":"{ shop { name } }"}"#;

fn path(version: &str) -> String {
    format!("/shops/{DOMAIN}/admin/api/{version}/graphql.json")
}

async fn control(running: &Running, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, _, answer) =
        call(running.address, method, &format!("/_twin/shops/{DOMAIN}{path}"), &[], &body).await.unwrap();
    (status, serde_json::from_str(&answer).unwrap())
}

async fn ask(running: &Running, headers: &[(&str, &str)]) -> Option<(u16, String, String)> {
    call(running.address, "POST", &path("2026-10"), headers, SHOP).await
}

#[tokio::test]
async fn a_wrong_token_an_unknown_shop_and_a_strange_version_are_told_apart() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    let (status, _, body) = ask(&running, &[("X-Shopify-Access-Token", "guess")]).await.unwrap();
    assert_eq!(status, 401);
    assert!(serde_json::from_str::<Value>(&body).unwrap()["errors"].is_string());
    assert_eq!(ask(&running, &[]).await.unwrap().0, 401);
    for strange in ["/shops/other.myshopify.com/admin/api/2026-10/graphql.json".to_owned(), path("2026-11")] {
        let (status, _, body) = call(running.address, "POST", &strange, &[TOKEN], SHOP).await.unwrap();
        assert_eq!((status, body.as_str()), (404, r#"{"errors":"Not Found"}"#));
    }
}

#[tokio::test]
async fn every_answer_tells_which_version_gave_it() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    for (asked, served) in [("2026-10", "2026-10"), ("2024-01", "2026-01")] {
        let (status, head, body) = call(running.address, "POST", &path(asked), &[TOKEN], SHOP).await.unwrap();
        assert_eq!(status, 200);
        assert!(head.contains(&format!("x-shopify-api-version: {served}")), "{head}");
        assert!(body.contains(r#""name":"demo""#));
    }
    let (status, _, body) = call(running.address, "POST", &path("2026-10"), &[TOKEN], "{}").await.unwrap();
    assert_eq!(
        (status, body.as_str()),
        (400, r#"{"errors":{"query":"Required parameter missing or invalid"}}"#)
    );
}

#[tokio::test]
async fn a_granted_token_opens_the_shop_until_it_ends() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    let grant = |form: &'static str| {
        call(
            running.address,
            "POST",
            "/shops/demo.myshopify.com/admin/oauth/access_token",
            &[("content-type", "application/x-www-form-urlencoded")],
            form,
        )
    };
    let (status, _, body) =
        grant("grant_type=client_credentials&client_id=twin-client&client_secret=shpss_twin").await.unwrap();
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &answer["expires_in"]), (200, &json!(86_399)));
    let token = ("X-Shopify-Access-Token", answer["access_token"].as_str().unwrap());
    assert_eq!(ask(&running, &[token]).await.unwrap().0, 200);
    world.wait(86_399);
    assert_eq!(ask(&running, &[token]).await.unwrap().0, 401);
    let (status, _, body) =
        grant("grant_type=client_credentials&client_id=another&client_secret=x").await.unwrap();
    assert_eq!(status, 400);
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["error"], "shop_not_permitted");
    assert!(grant("grant_type=password").await.unwrap().2.contains("unsupported_grant_type"));
}

#[tokio::test]
async fn an_unavailable_shop_answers_with_a_page_and_recovers() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    assert_eq!(control(&running, "PUT", "/faults", json!({"unavailable_next": 1})).await.0, 200);
    let (status, head, body) = ask(&running, &[TOKEN]).await.unwrap();
    assert_eq!(status, 503);
    assert!(head.contains("text/html") && body.starts_with("<!DOCTYPE html>"));
    assert_eq!(ask(&running, &[TOKEN]).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_lost_answer_is_work_done_and_nothing_said() {
    let world = World::new();
    let ada = world.ada();
    let running = world.twin.spawn().await.unwrap();
    control(&running, "PUT", "/faults", json!({"answer_lost_next": 1})).await;
    let write = json!({"query": format!("mutation {{ tagsAdd(id: \"gid://shopify/Customer/{ada}\", tags: [\"gold\"]) {{ userErrors {{ message }} }} }}")}).to_string();
    assert!(call(running.address, "POST", &path("2026-10"), &[TOKEN], &write).await.is_none());
    assert!(world.shop.customer(ada).unwrap().tags.contains(&"gold".to_owned()));
    assert_eq!(ask(&running, &[TOKEN]).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_slow_shop_is_slow() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    control(&running, "PUT", "/faults", json!({"latency_ms": 60})).await;
    let before = std::time::Instant::now();
    ask(&running, &[TOKEN]).await.unwrap();
    assert!(before.elapsed().as_millis() >= 60);
}

#[tokio::test]
async fn a_shop_is_run_through_the_control_api() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    let (status, answer) = control(
        &running,
        "POST",
        "/customers",
        json!({"first_name": "Ada", "email": "ada@example.com", "verified_email": true, "tags": ["vip"]}),
    )
    .await;
    assert_eq!(status, 200);
    let ada = answer["id"].as_u64().unwrap();
    assert_eq!(
        control(&running, "PATCH", &format!("/customers/{ada}"), json!({"last_name": "L", "email": null}))
            .await
            .0,
        200
    );
    let (_, answer) =
        control(&running, "POST", "/orders", json!({"customer_id": ada, "total": "49.90"})).await;
    let order = answer["id"].as_u64().unwrap();
    assert_eq!(control(&running, "POST", &format!("/orders/{order}/fulfil"), Value::Null).await.0, 200);
    assert_eq!(
        control(&running, "POST", &format!("/orders/{order}/refund"), json!({"amount": "9.90", "note": "x"}))
            .await
            .0,
        200
    );
    assert_eq!(
        control(&running, "POST", "/take?topic=orders/create", json!({"id": 5, "customer": {"id": 6}}))
            .await
            .1,
        json!({"customers": [6], "orders": [5]})
    );
    let (_, held) = control(&running, "GET", &format!("/customers/{ada}"), Value::Null).await;
    assert_eq!(
        (&held["spent"], &held["email"], &held["last_order"]),
        (&json!("40.00"), &json!(null), &json!(order))
    );
    let (_, counts) = control(&running, "GET", "", Value::Null).await;
    assert_eq!((&counts["customers"], &counts["orders"]), (&json!(2), &json!(2)));
    let (_, pending) = control(&running, "GET", "/pending", Value::Null).await;
    assert_eq!(pending[0]["topic"], "customers/create");
}

#[tokio::test]
async fn opening_a_shop_again_keeps_its_objects() {
    let world = World::new();
    world.ada();
    let running = world.twin.spawn().await.unwrap();
    let opened = call(
        running.address,
        "PUT",
        &format!("/_twin/shops/{DOMAIN}"),
        &[],
        r#"{"client_secret":"s","access_token":"other"}"#,
    )
    .await
    .unwrap();
    assert_eq!(opened.0, 200);
    assert!(opened.2.contains(r#""customers":1"#));
    assert_eq!(ask(&running, &[("X-Shopify-Access-Token", "other")]).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_wrong_body_is_told_which_field_and_how() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    for (path, body, word) in [
        ("/customers", json!({"email": 5}), "`email` is a number; send a string or null"),
        ("/customers", json!({"mail": "x"}), "`mail` is not known here"),
        ("/orders", json!({"customer_id": null}), "`total` is missing"),
        ("/orders", json!({"customer_id": 77, "total": 1}), "customer 77 is not in"),
        ("/deliver", json!({}), "no subscription"),
        ("/orders/x/fulfil", json!({}), "send the number of the order"),
    ] {
        let (status, answer) = control(&running, "POST", path, body).await;
        assert!((400..500).contains(&status));
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
    let (status, answer) = control(&running, "PUT", "/faults", json!({"redact": ["shoe size"]})).await;
    assert!(status == 400 && answer["error"].as_str().unwrap().contains("`redact`"));
}

#[tokio::test]
async fn a_persons_curl_sees_the_discounts_that_an_app_made_and_says_what_the_app_may_do() {
    let world = World::new();
    let running = world.twin.spawn().await.unwrap();
    let query = "mutation { discountCodeBasicCreate(basicCodeDiscount: { code: \"ALL-5\", title: \"All\", startsAt: \
                 \"2026-11-24T02:00:00Z\", context: { all: ALL }, customerGets: { value: { percentage: 0.05 }, items: { all: \
                 true } } }) { userErrors { code } } }";
    let made = world.ask(query, json!({}));
    assert_eq!(made["data"]["discountCodeBasicCreate"]["userErrors"], json!([]), "{made}");
    let (status, held) = control(&running, "GET", "/discounts", Value::Null).await;
    assert_eq!((status, held.as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!((&held[0]["code"], &held[0]["customers"]), (&json!("ALL-5"), &Value::Null));

    let (status, _) = control(&running, "PUT", "", json!({"scopes": ["read_customers"]})).await;
    assert_eq!(status, 200);
    assert_eq!(world.ask(query, json!({}))["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
}
