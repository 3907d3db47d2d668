//! What a rep can act on stands on the contact.

use flows::Outcome;
use jiff::SignedDuration;
use store::memory::MemoryLinks;
use twin_hubspot::Property;
use twin_shopify::{HeaderFamily, ShopHandle};

use super::living::{ada, buys};
use crate::world::{SECRET, World, key};

/// The labels that a customer's contact has.
fn labels(world: &World, customer: u64) -> Vec<String> {
    let properties = world.contact(customer).properties;
    let text = properties.get("shopify_signals").map_or("", String::as_str);
    text.split(';').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect()
}

fn days_later(world: &World, days: i64) {
    world.clock.advance_to(world.clock.now() + SignedDuration::from_hours(24 * days));
}

/// Something of no importance changes, and the shop says so.
fn changes(shop: &ShopHandle, customer: u64, note: &str) {
    shop.change_customer(customer, |customer| customer.last_name = Some(note.to_owned())).unwrap();
}

#[tokio::test]
async fn s_024_s_050_and_s_055_seven_orders_are_a_repeat_purchaser_and_one_is_a_first_purchase() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    assert_eq!(labels(&world, ada), [""; 0]);
    for (orders, said) in [(1, "First Purchase"), (7, "Repeat Purchaser")] {
        while world.shop.figures(ada).unwrap().orders < orders {
            world.a_minute_later();
            buys(&world.shop, ada, "10.00");
        }
        world.live().await;
        assert_eq!(labels(&world, ada), [said], "{orders} orders");
    }
    assert_eq!(world.contact(ada).properties["orders_count"], "7");
}

#[tokio::test]
async fn s_052_a_vip_stays_one_between_the_two_thresholds_and_no_longer() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "999.99");
    world.live().await;
    assert_eq!(labels(&world, ada), ["First Purchase"]);

    let is_vip = |world: &World| labels(world, ada).contains(&"VIP Buyer".to_owned());
    world.a_minute_later();
    buys(&world.shop, ada, "0.01");
    world.live().await;
    assert!(is_vip(&world), "1000.00 is enough");
    for (back, stays) in [("50.00", true), ("50.00", true), ("1.00", false), ("1.00", false)] {
        world.a_minute_later();
        world.shop.refund(order, back.parse().unwrap(), None).unwrap();
        world.live().await;
        assert_eq!(is_vip(&world), stays, "{}", world.contact(ada).properties["total_spent"]);
    }
    world.a_minute_later();
    buys(&world.shop, ada, "97.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "995");
    assert!(!is_vip(&world), "who lost it has to reach the upper one again");
}

#[tokio::test]
async fn s_054_and_s_108_a_refund_risk_stays_one_when_an_event_says_nothing_of_refunds() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "100.00");
    world.live().await;
    for (refunds, risk) in [(1, false), (2, true)] {
        world.a_minute_later();
        world.shop.refund(order, "1.00".parse().unwrap(), None).unwrap();
        world.live().await;
        assert_eq!(labels(&world, ada).contains(&"Refund Risk".to_owned()), risk, "{refunds} refunds");
    }
    world.a_minute_later();
    changes(&world.shop, ada, "Byron");
    world.live().await;
    assert_eq!(world.contact(ada).properties["lastname"], "Byron");
    assert_eq!(labels(&world, ada), ["First Purchase", "Refund Risk"]);
}

#[tokio::test]
async fn s_107_who_has_not_bought_for_ninety_one_days_is_to_be_won_back() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    days_later(&world, 90);
    changes(&world.shop, ada, "Byron");
    world.live().await;
    assert_eq!(labels(&world, ada), ["First Purchase"], "ninety days are not yet too many");
    days_later(&world, 1);
    changes(&world.shop, ada, "King");
    world.live().await;
    assert_eq!(labels(&world, ada), ["First Purchase", "Win Back"]);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(labels(&world, ada), ["Repeat Purchaser"]);
}

#[tokio::test]
async fn a_tag_becomes_a_tier_in_a_field_of_its_own() {
    let mut world = World::new().await;
    world.rules_and(
        "[signals.pricing_tier]\n\
         value = '\"wholesale\" in customer.tags ? \"wholesale\" : \"vip\" in customer.tags ? \"vip\" : \"\"'\n\
         use = \"Says which price list a rep quotes from.\"\n",
    );
    world.portal.define_property(Property::new("signal_pricing_tier", "string", "text")).unwrap();
    let ada = ada(&world.shop);
    for (tags, tier) in [(&["vip"][..], "vip"), (&["vip", "wholesale"], "wholesale"), (&[], "")] {
        world.a_minute_later();
        let tagged = |customer: &mut twin_shopify::Customer| {
            customer.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        };
        world.shop.change_customer(ada, tagged).unwrap();
        world.live().await;
        let properties = world.contact(ada).properties;
        assert_eq!(properties.get("signal_pricing_tier").map_or("", String::as_str), tier, "{tags:?}");
    }
}

#[tokio::test]
async fn a_tier_whose_property_is_missing_waits_with_its_name() {
    let mut world = World::new().await;
    world.rules_and("[signals.tier]\nvalue = '\"one\"'\nuse = \"Says who is called first.\"\n");
    ada(&world.shop);
    world.live().await;
    let parked = world.parked();
    assert!(parked.iter().all(|parked| parked.reason.contains("signal_tier")), "{parked:?}");
    assert!(!parked.is_empty());
}

#[tokio::test]
async fn s_052_two_shops_have_thresholds_of_their_own() {
    let mut world = World::with_shops(&["east.myshopify.com", "west.myshopify.com"]).await;
    world.rules_and(
        "[shops.\"west.myshopify.com\".signals.vip_buyer]\nenter = \"customer.total_spent >= 100.00\"\n",
    );
    for (domain, prefix, said) in [
        ("east.myshopify.com", "a", &["First Purchase"][..]),
        ("west.myshopify.com", "b", &["First Purchase", "VIP Buyer"]),
    ] {
        let shop = world.twin.shop(domain).unwrap();
        let customer = shop.create_customer(|c| c.email = Some(format!("ada@{domain}"))).unwrap();
        buys(&shop, customer, "500.00");
        for delivery in shop.take_pending().unwrap() {
            world.arrives_with(delivery.sign(SECRET, HeaderFamily::Classic), &delivery.body).await;
        }
        world.settle().await;
        let found = world.portal.contacts_where("shopify_customer_id", &format!("{prefix}-{customer}"));
        let text = found[0].properties["shopify_signals"].clone();
        assert_eq!(text.split("; ").collect::<Vec<_>>(), said, "{domain}");
    }
}

#[tokio::test]
async fn s_022_what_is_said_already_is_not_said_again() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "1000.00");
    world.live().await;
    let (said, on) = (labels(&world, ada), world.links.links()[&key(ada)].signals.clone());
    assert_eq!((said.len(), on.on().len()), (2, 2));
    days_later(&world, 1);
    // Another delivery about the same state of the same customer.
    let body = serde_json::json!({ "id": ada }).to_string();
    let headers = [
        ("x-shopify-topic", "customers/update"),
        ("x-shopify-shop-domain", crate::world::SHOP),
        ("x-shopify-webhook-id", "once more"),
        ("x-shopify-hmac-sha256", &twin_shopify::signature(SECRET, body.as_bytes())),
    ];
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    world.arrives_with(headers, body.as_bytes()).await;
    let worked = world.settle().await;
    assert!(
        matches!(&worked[..], [one] if matches!(one.verdict, Ok(Outcome::AlreadyTrue { .. }))),
        "{worked:?}"
    );
    assert_eq!((labels(&world, ada), &world.links.links()[&key(ada)].signals), (said, &on));
}

#[tokio::test]
async fn who_is_linked_anew_begins_without_flags() {
    let mut world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "1000.00");
    world.live().await;
    world.a_minute_later();
    world.shop.refund(order, "50.00".parse().unwrap(), None).unwrap();
    world.live().await;
    assert!(labels(&world, ada).contains(&"VIP Buyer".to_owned()));

    world.links = MemoryLinks::default();
    world.a_minute_later();
    changes(&world.shop, ada, "Byron");
    world.live().await;
    assert_eq!(labels(&world, ada), ["First Purchase"]);
}
