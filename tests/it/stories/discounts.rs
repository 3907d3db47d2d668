//! A discount for one customer is made in the shop, once.

use shopify::{Discount, GrantDiscount, Made, ShopError, ShopErrorKind};
use twin_shopify::{Faults, ShopSettings};

use super::living::{ada, person};
use crate::world::{SHOP, World, settings, shop};

fn discount(customer: u64) -> Discount {
    Discount {
        code: "VIP-7KQ2".into(),
        title: "VIP: thanks".into(),
        percent: "12.5".parse().unwrap(),
        customer: domain::CustomerId::new(customer),
        starts_at: "2026-11-20T12:00:00Z".parse().unwrap(),
        ends_at: "2026-12-20T12:00:00Z".parse().unwrap(),
    }
}

/// By way of the trait, as a flow does it.
async fn grant(world: &World, discount: &Discount) -> Result<Made, ShopError> {
    let granting: &dyn GrantDiscount = &world.admin;
    granting.grant(&shop(), discount, world.clock.now()).await
}

async fn refused(world: &World, discount: &Discount) -> ShopErrorKind {
    grant(world, discount).await.unwrap_err().kind().clone()
}

#[tokio::test]
async fn s_114_a_discount_is_made_for_one_customer_and_one_use_and_a_second_time_changes_nothing() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    assert_eq!(grant(&world, &discount(ada)).await.unwrap(), Made::Created);
    assert_eq!(grant(&world, &discount(ada)).await.unwrap(), Made::AlreadyThere);
    let held = world.shop.discounts().unwrap();
    let [made] = &held[..] else { panic!("one discount, not {held:?}") };
    assert_eq!((made.code.as_str(), made.percentage), ("VIP-7KQ2", 0.125));
    assert_eq!(made.customers.as_deref(), Some(&[ada][..]));
    assert_eq!((made.usage_limit, made.once_per_customer), (Some(1), true));
    assert_eq!(made.ends_at, Some(discount(ada).ends_at));
    world.live().await;
}

#[tokio::test]
async fn what_was_made_while_its_answer_was_lost_is_found_the_second_time() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.shop.set_faults(Faults { answer_lost_next: 1, ..Faults::default() }).unwrap();
    assert_eq!(refused(&world, &discount(ada)).await, ShopErrorKind::Unavailable);
    assert_eq!(grant(&world, &discount(ada)).await.unwrap(), Made::AlreadyThere);
    assert_eq!(world.shop.discounts().unwrap().len(), 1);
    world.live().await;
}

#[tokio::test]
async fn a_code_that_is_taken_but_not_found_yet_is_asked_for_again_later() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    grant(&world, &discount(ada)).await.unwrap();
    world.shop.set_faults(Faults { stale_reads: 1, ..Faults::default() }).unwrap();
    assert_eq!(refused(&world, &discount(ada)).await, ShopErrorKind::Behind);
    assert_eq!(grant(&world, &discount(ada)).await.unwrap(), Made::AlreadyThere);
    world.live().await;
}

#[tokio::test]
async fn a_code_that_is_another_discounts_is_refused_and_that_stays_as_it_is() {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    grant(&world, &discount(ada)).await.unwrap();
    let code = ShopErrorKind::Refused { field: "code".into() };
    assert_eq!(refused(&world, &discount(bob)).await, code, "another customer's");
    let other = Discount { title: "Summer".into(), code: "vip-7kq2".into(), ..discount(ada) };
    assert_eq!(refused(&world, &other).await, code, "another title, and other capitals");
    assert_eq!(world.shop.discounts().unwrap()[0].customers.as_deref(), Some(&[ada][..]));
    world.live().await;
}

#[tokio::test]
async fn what_the_shop_will_not_have_is_refused_by_its_field() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let wrong = [
        (Discount { percent: 101.into(), ..discount(ada) }, "customerGets.value.percentage"),
        (Discount { ends_at: discount(ada).starts_at, ..discount(ada) }, "endsAt"),
        (Discount { code: String::new(), ..discount(ada) }, "code"),
        (discount(1), "context.customers.add"),
    ];
    for (discount, field) in wrong {
        assert_eq!(refused(&world, &discount).await, ShopErrorKind::Refused { field: field.into() });
    }
    assert_eq!(world.shop.discounts().unwrap(), []);
    world.live().await;
}

#[tokio::test]
async fn s_063_without_the_scope_the_error_names_it_and_everything_else_goes_on() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let scopes = vec!["read_customers".to_owned(), "read_orders".to_owned()];
    world.twin.open_shop(SHOP, ShopSettings { scopes, ..settings() });
    let error = grant(&world, &discount(ada)).await.unwrap_err();
    assert_eq!(*error.kind(), ShopErrorKind::MissingScope { scope: "write_discounts" });
    assert!(error.to_string().contains("`write_discounts`"), "{error}");
    world.live().await;
    world.contact(ada);
}

#[tokio::test]
async fn a_throttled_shop_says_when_to_come_back_and_nothing_is_made() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.shop.set_faults(Faults { throttle_next: 1, ..Faults::default() }).unwrap();
    let kind = refused(&world, &discount(ada)).await;
    assert!(matches!(kind, ShopErrorKind::RateLimited { .. }), "{kind:?}");
    assert_eq!(world.shop.discounts().unwrap(), []);
    world.live().await;
}

#[tokio::test]
async fn making_one_costs_no_more_points_than_it_says() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    grant(&world, &discount(ada)).await.unwrap();
    let most = f64::from(world.admin.grant_points());
    // The dearest way: refused, because the code is taken, and looked up. Nothing flows back meanwhile.
    world.twin.open_shop(SHOP, ShopSettings { bucket_size: most, restore_rate: 0.0, ..settings() });
    assert_eq!(grant(&world, &discount(ada)).await.unwrap(), Made::AlreadyThere);
    world.twin.open_shop(SHOP, settings());
    world.live().await;
}
