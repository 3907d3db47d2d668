//! Several shops, one CRM account.

use serde_json::json;

use crate::world::{SECRET, World};
use twin_shopify::HeaderFamily;

const SHOPS: [&str; 2] = ["east.myshopify.com", "west.myshopify.com"];

#[tokio::test]
async fn two_shops_with_the_same_customer_id_never_collide() {
    let world = World::with_shops(&SHOPS).await;
    for (domain, name) in SHOPS.iter().zip(["Ada", "Bob"]) {
        let shop = world.twin.shop(domain).unwrap();
        let email = format!("{name}@example.com");
        let body = json!({"id": 7, "first_name": name, "email": email, "verified_email": true}).to_string();
        shop.take("customers/create", &serde_json::from_str(&body).unwrap()).unwrap();
        let headers = [
            ("x-shopify-topic", "customers/create"),
            ("x-shopify-shop-domain", domain),
            ("x-shopify-webhook-id", "the same id in both"),
            ("x-shopify-hmac-sha256", &twin_shopify::signature(SECRET, body.as_bytes())),
        ];
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(world.arrives_with(headers, body.as_bytes()).await.answer.status(), 200);
    }
    world.settle().await;
    let mut keys: Vec<_> =
        world.portal.contacts().into_iter().map(|c| c.properties["shopify_customer_id"].clone()).collect();
    keys.sort();
    assert_eq!(keys, ["a-7", "b-7"]);
}

#[tokio::test]
async fn one_shops_secret_does_not_sign_for_another() {
    let world = World::with_shops(&SHOPS).await;
    let east = world.twin.shop(SHOPS[0]).unwrap();
    east.create_customer(|c| c.email = Some("a@example.com".into())).unwrap();
    let mut one = east.take_pending().unwrap().remove(0);
    one.shop = SHOPS[1].to_owned();
    let headers = one.sign("the east's own", HeaderFamily::Classic);
    assert_eq!(world.arrives_with(headers, &one.body).await.answer.status(), 401);
}
