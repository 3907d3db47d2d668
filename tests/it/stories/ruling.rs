//! What the manifest says is what is done.

use jiff::SignedDuration;
use store::{Claimant, Links};
use twin_shopify::Consent;

use super::living::{ada, buys};
use crate::world::{World, key};

/// What was told of each delivery.
fn told(worked: &[flows::Worked]) -> Vec<String> {
    worked.iter().filter_map(|one| one.verdict.as_ref().ok()).map(ToString::to_string).collect()
}

/// Under a manifest by which the spend only goes forward.
async fn with_forward_spend() -> World {
    let forward = "[fields.total_spent]\npolicy = \"forward-only\"";
    World::ruled_by(&[("[fields.total_spent]\npolicy = \"always\"", forward)]).await
}

fn subscribed() -> Consent {
    Consent { state: Some("subscribed".into()), ..Consent::default() }
}

#[tokio::test]
async fn s_005_a_field_that_is_switched_off_is_never_written() {
    let mut world = World::new().await;
    world.rules_with(&[("[fields.tags]\n", "[fields.tags]\nsync = false\n")]);
    let ada = ada(&world.shop);
    for tag in ["vip", "gold"] {
        world.shop.change_customer(ada, |c| c.tags = vec![tag.into()]).unwrap();
        buys(&world.shop, ada, "10.00");
        world.live().await;
    }
    let contact = world.contact(ada).properties;
    assert_eq!(contact.get("shopify_customer_tags"), None);
    assert_eq!(contact["total_spent"], "20");
}

#[tokio::test]
async fn a_field_that_is_switched_off_later_stays_as_it_is_in_the_crm() {
    let mut world = World::new().await;
    let ada = ada(&world.shop);
    world.shop.change_customer(ada, |c| c.tags = vec!["vip".into()]).unwrap();
    world.live().await;
    world.rules_with(&[("[fields.tags]\n", "[fields.tags]\nsync = false\n")]);
    world.shop.change_customer(ada, |c| c.tags = vec![]).unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties["shopify_customer_tags"], "vip");
}

#[tokio::test]
async fn s_034_the_lead_source_is_set_once() {
    let mut world = World::new().await;
    world.rules_with(&[("text = \"Shopify\"", "text = \"Web shop\"")]);
    let ada = ada(&world.shop);
    world.live().await;
    assert_eq!(world.contact(ada).properties["lead_source"], "Web shop");
    world.rules_with(&[("text = \"Shopify\"", "text = \"Another\"")]);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties["lead_source"], "Web shop");
}

#[tokio::test]
async fn what_only_goes_forward_never_goes_back_not_even_after_a_late_event() {
    let world = with_forward_spend().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "100.00");
    let mut first = world.pending();
    let late = first.pop().unwrap();
    for delivery in &first {
        world.arrives(delivery).await;
    }
    world.settle().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "100");

    world.a_minute_later();
    world.shop.refund(order, "40.00".parse().unwrap(), None).unwrap();
    let worked = world.live().await;
    let contact = world.contact(ada).properties;
    assert_eq!(contact["total_spent"], "100", "it does not go back");
    assert_eq!(contact["average_order_value"], "60", "its neighbours do");
    let left = "left: total_spent (further along there)";
    assert!(told(&worked).iter().any(|told| told.contains(left)), "{:?}", told(&worked));

    world.arrives(&late).await;
    world.settle().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "100");
    buys(&world.shop, ada, "50.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "110", "and forward again");
}

#[tokio::test]
async fn what_only_goes_forward_does_not_go_back_when_the_last_write_is_in_doubt() {
    let world = with_forward_spend().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    // Somebody brought it further by hand, and the worker that wrote next died with its lease.
    world.portal.rep_edits(&world.contact(ada).id, &[("total_spent", "500")]).unwrap();
    let now = world.clock.now();
    let dead = Claimant { owner: "dead".into(), now, until: now + SignedDuration::from_secs(1) };
    world.links.lease(&key(ada), &dead).await.unwrap();
    world.a_minute_later();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let contact = world.contact(ada).properties;
    assert_eq!((contact["total_spent"].as_str(), contact["orders_count"].as_str()), ("500", "2"));
}

#[tokio::test]
async fn what_cannot_be_compared_waits_until_it_can() {
    let world = with_forward_spend().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    // Without its key the record is not found when it is asked for; the next write stamps it again.
    world.portal.rep_edits(&world.contact(ada).id, &[("shopify_customer_id", "")]).unwrap();
    world.a_minute_later();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "10");
    world.a_minute_later();
    world.shop.change_customer(ada, |c| c.tags = vec!["vip".into()]).unwrap();
    world.live().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "20", "it was not taken for written");
}

#[tokio::test]
async fn s_044_a_lifecycle_stage_goes_forward_with_the_orders_and_a_reps_word_beyond_it_stays() {
    let mut world = World::new().await;
    world.rules_with(&[
        ("[fields.lifecycle_stage]\nsync = false", "[fields.lifecycle_stage]\nsync = true"),
        ("from_orders = 10", "from_orders = 3"),
    ]);
    let ada = ada(&world.shop);
    let stage = |world: &World| world.contact(ada).properties["lifecyclestage"].clone();
    world.live().await;
    assert_eq!(stage(&world), "lead");
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(stage(&world), "customer");
    world.portal.rep_edits(&world.contact(ada).id, &[("lifecyclestage", "other")]).unwrap();
    world.a_minute_later();
    for _ in 0..3 {
        buys(&world.shop, ada, "10.00");
    }
    let worked = world.live().await;
    assert_eq!(stage(&world), "other", "a stage that the order does not know is a person's");
    assert!(told(&worked).iter().any(|told| told.contains("left: lifecycle_stage")), "{:?}", told(&worked));
}

#[tokio::test]
async fn by_default_nobodys_lifecycle_stage_is_touched() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(world.contact(ada).properties.get("lifecyclestage"), None);
}

#[tokio::test]
async fn an_event_that_changes_no_stage_asks_the_crm_nothing() {
    let mut world = World::new().await;
    world.rules_with(&[("[fields.lifecycle_stage]\nsync = false", "[fields.lifecycle_stage]\nsync = true")]);
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    world.portal.forget_calls();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let calls = world.portal.calls();
    assert!(calls.keys().all(|call| !call.contains("read") && !call.contains("search")), "{calls:?}");
}

#[tokio::test]
async fn s_014_a_field_of_the_crms_is_left_to_it_and_told_as_skipped() {
    let mut world = World::new().await;
    world.rules_with(&[("[fields.last_name]\n", "[fields.last_name]\nowner = \"crm\"\n")]);
    let ada = ada(&world.shop);
    world.live().await;
    assert_eq!(world.contact(ada).properties.get("lastname"), None);
    world.portal.rep_edits(&world.contact(ada).id, &[("lastname", "Countess")]).unwrap();
    world.a_minute_later();
    world.shop.change_customer(ada, |c| c.last_name = Some("King".into())).unwrap();
    buys(&world.shop, ada, "10.00");
    let worked = world.live().await;
    assert_eq!(world.contact(ada).properties["lastname"], "Countess");
    let left = "left: last_name (the CRM's)";
    assert!(told(&worked).iter().any(|told| told.contains(left)), "{:?}", told(&worked));
}

#[tokio::test]
async fn a_shop_has_its_own_word_and_the_others_keep_theirs() {
    let shops = ["east.myshopify.com", "west.myshopify.com"];
    let mut world = World::with_shops(&shops).await;
    let own = "[shops.\"west.myshopify.com\".lead_source]\ntext = \"West\"\n\
               [shops.\"west.myshopify.com\".fields.tags]\nsync = false\n# Shops with rules";
    world.rules_with(&[("# Shops with rules", own)]);
    for (domain, prefix, source, tags) in
        [(shops[0], "a-", "Shopify", Some("vip")), (shops[1], "b-", "West", None)]
    {
        let shop = world.twin.shop(domain).unwrap();
        let id = shop.create_customer(|c| {
            c.first_name = Some("Ada".into());
            c.tags = vec!["vip".into()];
        });
        let deliveries = shop.take_pending().unwrap();
        for delivery in &deliveries {
            world.arrives(delivery).await;
        }
        world.settle().await;
        let key = format!("{prefix}{}", id.unwrap());
        let found = world.portal.contacts_where("shopify_customer_id", &key);
        let contact = &found[0].properties;
        assert_eq!(contact["lead_source"], source);
        assert_eq!(contact.get("shopify_customer_tags").map(String::as_str), tags);
    }
}

#[tokio::test]
async fn consent_to_marketing_is_told_and_taken_back() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let change = |c: &mut twin_shopify::Customer| {
        c.phone = Some("+41441234567".into());
        (c.email_consent, c.sms_consent) = (subscribed(), Consent::default());
    };
    world.shop.change_customer(ada, change).unwrap();
    world.live().await;
    let contact = world.contact(ada).properties;
    assert_eq!(contact["email_marketing_consent"], "subscribed");
    assert_eq!(contact["sms_marketing_consent"], "not_subscribed");
    let unsubscribes = |c: &mut twin_shopify::Customer| c.email_consent.state = Some("unsubscribed".into());
    world.shop.change_customer(ada, unsubscribes).unwrap();
    world.live().await;
    assert_eq!(world.contact(ada).properties["email_marketing_consent"], "unsubscribed");
}
