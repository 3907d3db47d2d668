//! Receive, verify, queue, match, upsert: each delivery says how far it came.

use domain::Stage;
use store::memory::{Moment, Operation};
use twin_hubspot::{Fault, FaultKind};

use super::living::{ada, buys};
use crate::world::World;

#[tokio::test]
async fn s_158_each_stage_is_named_where_a_delivery_ends_in_it() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    let delivery = world.pending().remove(0);
    let mut reached = Vec::new();

    let signed = delivery.sign(crate::world::SECRET, twin_shopify::HeaderFamily::Classic);
    let large = vec![b' '; 6 * 1024 * 1024 + 1];
    reached.push(world.arrives_with(signed.clone(), &large).await.answer.stage());
    reached.push(world.arrives_with(signed, b"{}").await.answer.stage());
    world.faults.next(Operation::Send, 1, Moment::Before);
    reached.push(world.arrives(&delivery).await.answer.stage());
    world.faults.clear();
    assert_eq!(reached, [Stage::Receive, Stage::Verify, Stage::Queue]);

    assert_eq!(world.arrives(&delivery).await.answer.stage(), Stage::Queue);
    world.portal.set_faults(vec![Fault::new(FaultKind::Unavailable).times(1)]).unwrap();
    let away = world.work_once().await;
    assert_eq!(away[0].stage(), Stage::Upsert, "the CRM failed it");
    let written = world.live().await;
    assert_eq!(written.last().map(flows::Worked::stage), Some(Stage::Upsert));
    world.arrives(&delivery).await;
    let again = world.live().await;
    assert_eq!(again[0].stage(), Stage::Match, "a copy was known before anything was matched");
    let names = Stage::ALL.map(Stage::name);
    assert_eq!(names, ["receive", "verify", "queue", "match", "upsert"]);
}
