//! What is usual in a shop, and who buys more at a time.

use twin_shopify::ShopSettings;

use super::super::living::{ada, buys, person};
use super::buys_and_is_seen;
use crate::world::{Office, SHOP, settings};

/// Nine orders of 10.00, by nine people.
async fn usual(office: &Office) {
    for buyer in 0..9 {
        let customer = person(&office.world.shop, "B", "B", &format!("b{buyer}@example.com"));
        buys(&office.world.shop, customer, "10.00");
        office.live().await;
    }
}

#[tokio::test]
async fn s_053_and_s_115_who_buys_more_at_a_time_than_is_usual_in_the_shop_is_in_a_segment() {
    let office = Office::new().await;
    usual(&office).await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "14.00").await;
    buys_and_is_seen(&office, ada, "15.00").await;
    assert_eq!(office.labels(ada), ["Repeat Purchaser"], "14.50 is not above 15.00");
    buys_and_is_seen(&office, ada, "17.50").await;
    assert_eq!(office.says(ada, "average_order_value"), "15.5");
    assert_eq!(office.labels(ada), ["High AOV", "Repeat Purchaser"]);
    assert_eq!(office.says(ada, "shopify_segments"), "High AOV");

    buys_and_is_seen(&office, ada, "5.50").await;
    assert_eq!(office.says(ada, "average_order_value"), "13");
    assert_eq!(office.says(ada, "shopify_segments"), "High AOV", "13.00 is not below 12.50");
    buys_and_is_seen(&office, ada, "8.00").await;
    assert_eq!(office.labels(ada), ["Repeat Purchaser"]);
    assert_eq!(office.says(ada, "shopify_segments"), "");
}

#[tokio::test]
async fn s_053_amounts_of_two_currencies_are_not_compared() {
    let office = Office::new().await;
    usual(&office).await;
    let currency = "JPY".to_owned();
    office.world.twin.open_shop(SHOP, ShopSettings { currency, ..settings() });
    let ada = ada(&office.world.shop);
    for _ in 0..3 {
        buys_and_is_seen(&office, ada, "1500").await;
    }
    assert_eq!(office.says(ada, "shopify_currency"), "JPY");
    assert_eq!(office.labels(ada), ["Repeat Purchaser", "VIP Buyer"], "1500 yen is what is usual in yen");
}

#[tokio::test]
async fn s_053_without_any_order_before_nothing_is_usual() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    for _ in 0..2 {
        buys(&office.world.shop, ada, "900.00");
    }
    office.live().await;
    assert_eq!(office.labels(ada), ["Repeat Purchaser", "VIP Buyer"]);
}
