//! What reaches a customer is only done where they agreed.

use std::collections::BTreeSet;

use store::memory::{Moment, Operation};

use super::super::living::{ada, person};
use super::{buys_and_is_seen, is_refunded, subscribed};
use crate::world::Office;

const DISCOUNT: &str = "[actions.vip_discount]\non = \"vip_buyer\"\nlive_since = 2026-01-01\nonce = \"ever\"\n\
                        do = \"discount\"\ncode_begins = \"VIP\"\npercent = 10\nvalid_days = 30\n";

#[tokio::test]
async fn s_116_and_f_26_only_who_agreed_is_invited() {
    let office = Office::new().await;
    let (ada, bob) = (subscribed(&office), person(&office.world.shop, "Bob", "B", "bob@example.com"));
    for customer in [ada, bob] {
        buys_and_is_seen(&office, customer, "10.00").await;
        assert_eq!(office.says(customer, "shopify_invitation"), "", "one order is not two");
        buys_and_is_seen(&office, customer, "10.00").await;
    }
    assert_eq!(office.says(ada, "shopify_invitation"), "loyalty");
    assert_eq!(office.says(bob, "shopify_invitation"), "");
    assert_eq!(office.labels(bob), ["Repeat Purchaser"], "reps may know it all the same");
}

#[tokio::test]
async fn f_26_who_withdrew_before_the_second_order_is_not_invited() {
    let office = Office::new().await;
    let ada = subscribed(&office);
    buys_and_is_seen(&office, ada, "10.00").await;
    office.world.a_minute_later();
    let withdraws = |customer: &mut twin_shopify::Customer| {
        customer.email_consent.state = Some("unsubscribed".to_owned());
    };
    office.world.shop.change_customer(ada, withdraws).unwrap();
    buys_and_is_seen(&office, ada, "10.00").await;
    assert_eq!(office.says(ada, "shopify_invitation"), "");
}

#[tokio::test]
async fn s_114_and_f_26_a_vip_who_agreed_gets_one_code_of_their_own_in_the_shop_and_on_the_contact() {
    let office = Office::ruled_also_by(DISCOUNT).await;
    let ada = subscribed(&office);
    let others = ["bob", "eve"].map(|name| {
        let id = person(&office.world.shop, name, name, &format!("{name}@example.com"));
        let state = Some("subscribed".to_owned());
        office.world.shop.change_customer(id, |customer| customer.email_consent.state = state).unwrap();
        id
    });
    let all = [ada, others[0], others[1]];
    for customer in all {
        let order = buys_and_is_seen(&office, customer, "1000.00").await;
        is_refunded(&office, order, "200.00").await;
        buys_and_is_seen(&office, customer, "200.00").await;
    }
    let made = office.world.shop.discounts().unwrap();
    assert_eq!(made.len(), 3, "one each, although each became a VIP twice: {made:?}");
    let codes: BTreeSet<_> = made.iter().map(|discount| discount.code.clone()).collect();
    assert_eq!(codes.len(), 3);
    for customer in all {
        let theirs = made.iter().find(|one| one.customers.as_deref() == Some(&[customer][..])).unwrap();
        assert_eq!(office.says(customer, "shopify_discount_code"), theirs.code);
        assert!(theirs.code.starts_with("VIP-") && theirs.code.len() >= 14, "{}", theirs.code);
        assert_eq!((theirs.percentage, theirs.usage_limit), (0.1, Some(1)));
    }
}

#[tokio::test]
async fn f_26_who_did_not_agree_gets_no_code_and_reps_are_asked_to_call_all_the_same() {
    let office = Office::ruled_also_by(DISCOUNT).await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "1000.00").await;
    assert!(office.world.shop.discounts().unwrap().is_empty());
    assert_eq!(office.says(ada, "shopify_discount_code"), "");
    assert!(office.subjects(ada).contains(&super::VIP.to_owned()));
}

#[tokio::test]
async fn s_114_and_f_11_a_code_is_one_code_whoever_dies_on_the_way_to_the_contact() {
    for (operation, moment) in [
        (Operation::Keep, Moment::Before),
        (Operation::Fire, Moment::After),
        (Operation::Begin, Moment::After),
        (Operation::Done, Moment::Before),
    ] {
        let office = Office::ruled_also_by(DISCOUNT).await;
        let ada = subscribed(&office);
        office.world.faults.next(operation, 2, moment);
        buys_and_is_seen(&office, ada, "1000.00").await;
        let made = office.world.shop.discounts().unwrap();
        assert_eq!(made.len(), 1, "{operation:?}: {made:?}");
        assert_eq!(office.says(ada, "shopify_discount_code"), made[0].code, "{operation:?}");
        assert!(office.world.parked().is_empty(), "{operation:?}: {:?}", office.world.parked());
    }
}
