//! A bulk operation from its beginning to what the shop's customers come to; and what is not believed.

use std::collections::BTreeSet;

use bulk::{
    Amount, Arrangement, Believed, Broken, ChecksumKey, Compared, DOCUMENT, Fault, Keep, Limits, Reader,
    Settings, Told,
};
use domain::CustomerId;
use outbound::{Method, Outbound, Timeouts};
use secrecy::ExposeSecret as _;
use shopify::{BulkFailure, BulkId, BulkOperation, BulkResult, BulkStart, BulkState};
use twin_shopify::{BulkFault, Faults, NewOrder};

use super::living::{ada, buys, person};
use crate::world::{World, shop};

/// Three customers: one with a refund and a test order, one without orders, one with one; and a guest.
async fn world() -> (World, [u64; 3]) {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let eve = person(&world.shop, "Eve", "É", "eve@example.com");
    let orders = ["100.00", "50.50"].map(|total| buys(&world.shop, ada, total));
    world.a_minute_later();
    world.shop.refund(orders[0], "9.90".parse().unwrap(), None).unwrap();
    buys(&world.shop, eve, "10.10");
    for (customer, test) in [(Some(ada), true), (None, false)] {
        let total = "7.00".parse().unwrap();
        world.shop.create_order(NewOrder { customer, total, test, ..NewOrder::default() }).unwrap();
    }
    (world, [ada, bob, eve])
}

async fn start(world: &World) -> BulkStart {
    world.admin.start_bulk(&shop(), DOCUMENT, (world.now)()).await.unwrap()
}

async fn look(world: &World, id: &BulkId) -> BulkOperation {
    world.admin.bulk(&shop(), id, (world.now)()).await.unwrap().unwrap()
}

/// Begins one and looks at it a minute later.
async fn run(world: &World) -> BulkOperation {
    let BulkStart::Begun(begun) = start(world).await else { panic!("not begun") };
    world.a_minute_later();
    look(world, &begun.id).await
}

async fn fetch(result: &BulkResult) -> Vec<u8> {
    let outbound = Outbound::new(Timeouts::default()).unwrap();
    let url = result.url.as_ref().unwrap().expose_secret();
    let answer = outbound.json::<()>(Method::GET, url, None, None).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.body().to_vec()
}

fn settings(id: &BulkId) -> Settings {
    Settings {
        source: id.as_str().into(),
        key: ChecksumKey::new([9; 16]),
        buckets: 8.try_into().unwrap(),
        arrangement: Arrangement::Grouped,
        keep: Keep::Everybody,
        compared: Compared::default(),
        values: false,
        limits: Limits::default(),
    }
}

fn told(result: &BulkResult) -> Told {
    Told { objects: result.objects, roots: result.roots, bytes: result.bytes }
}

/// Reads the result of a new operation, in pieces, another process going on after each.
async fn read(world: &World) -> Result<Believed, Broken> {
    let operation = run(world).await;
    let BulkState::Completed(result) = &operation.state else { panic!("{operation:?}") };
    let bytes = fetch(result).await;
    let mut reader = Reader::new(settings(&operation.id));
    // No line is as long as a piece, so each brings the reader on; but for what was cut.
    for piece in 1..=bytes.len().div_ceil(400) {
        let from = usize::try_from(reader.offset()).unwrap();
        reader.push(&bytes[from..(piece * 400).min(bytes.len())])?;
        if piece * 400 < bytes.len() {
            reader = Reader::resume(settings(&operation.id), &reader.token()?).unwrap();
        }
    }
    reader.finish(told(result))
}

#[tokio::test]
async fn s_160_and_s_163_what_a_bulk_result_comes_to_is_what_the_shop_says_of_each_customer() {
    let (world, customers) = world().await;
    let believed = read(&world).await.unwrap();
    assert_eq!((believed.counted.roots, believed.counted.objects, believed.uneven), (3, 7, 0));
    let ids = customers.map(CustomerId::new);
    let truth = world.admin.read(&shop(), &ids, &[], (world.now)()).await.unwrap();
    let refunds = world.admin.read_refunds(&shop(), &ids, (world.now)()).await.unwrap();
    assert_eq!(
        believed.customers.iter().map(|found| found.customer).collect::<BTreeSet<_>>(),
        BTreeSet::from(ids)
    );
    for found in &believed.customers {
        let said = truth.customers[&found.customer].as_ref().unwrap();
        assert_eq!(found.orders, said.orders_count);
        assert_eq!(found.spent, Amount::of(said.amount_spent.amount));
        assert_eq!(found.currency, said.amount_spent.currency);
        let newest =
            found.newest.as_ref().map(|newest| (newest.id, newest.name.clone(), newest.processed_at));
        let last = said.last_order.as_ref();
        assert_eq!(newest, last.map(|last| (last.id, last.name.clone(), last.processed_at.as_second())));
        let said = &refunds[&found.customer].as_ref().unwrap().refunds;
        assert_eq!((found.refunds, found.refunded), (said.count, Amount::of(said.amount.unwrap().amount)));
    }
}

#[tokio::test]
async fn one_that_runs_is_adopted_and_one_that_is_over_is_not() {
    let (world, _) = world().await;
    let BulkStart::Begun(begun) = start(&world).await else { panic!("not begun") };
    let BulkStart::Adopted(adopted) = start(&world).await else { panic!("not adopted") };
    assert_eq!(adopted.id, begun.id);
    world.a_minute_later();
    let BulkStart::Begun(next) = start(&world).await else { panic!("adopted what was over") };
    assert_ne!(next.id, begun.id);
}

#[tokio::test]
async fn s_165_one_whose_beginning_was_not_answered_is_adopted() {
    let (world, _) = world().await;
    let BulkStart::Begun(begun) = start(&world).await else { panic!("not begun") };
    // The worker that began it forgot it; nothing but the shop knows of it.
    world.shop.set_faults(Faults { unavailable_next: 1, ..Faults::default() }).unwrap();
    assert!(world.admin.start_bulk(&shop(), DOCUMENT, (world.now)()).await.is_err());
    assert!(matches!(start(&world).await, BulkStart::Adopted(adopted) if adopted.id == begun.id));
}

#[tokio::test]
async fn s_164_where_all_places_are_taken_nothing_is_begun_and_nothing_is_cancelled() {
    let (world, _) = world().await;
    let mut others = Vec::new();
    for n in 0..5 {
        let other = format!("{{ customers {{ edges {{ node {{ id n{n}: createdAt }} }} }} }}");
        let BulkStart::Begun(other) = world.admin.start_bulk(&shop(), &other, (world.now)()).await.unwrap()
        else {
            panic!("there is a place")
        };
        others.push(other.id);
    }
    assert!(matches!(start(&world).await, BulkStart::NoPlace));
    world.admin.cancel_bulk(&shop(), &others[0], (world.now)()).await.unwrap();
    assert!(matches!(look(&world, &others[0]).await.state, BulkState::Canceling));
    assert!(matches!(start(&world).await, BulkStart::NoPlace), "it holds its place until it is cancelled");
    world.a_minute_later();
    assert!(matches!(look(&world, &others[0]).await.state, BulkState::Canceled));
    assert!(matches!(start(&world).await, BulkStart::Begun(_)));
}

#[tokio::test]
async fn every_end_of_an_operation_is_told_apart() {
    let (world, _) = world().await;
    let end = async |fault| {
        world.shop.set_faults(Faults { bulk_next: vec![fault], ..Faults::default() }).unwrap();
        run(&world).await
    };
    assert!(matches!(end(BulkFault::Failed).await.state, BulkState::Failed(BulkFailure::TooLong)));
    assert!(matches!(end(BulkFault::Expired).await.state, BulkState::Expired));
    assert!(matches!(end(BulkFault::Canceled).await.state, BulkState::Canceled));
    let stalled = end(BulkFault::Stalled).await;
    world.a_minute_later();
    let later = look(&world, &stalled.id).await;
    assert!(
        matches!(later.state, BulkState::Running) && later.objects == stalled.objects,
        "it counts no further"
    );
}

#[tokio::test]
async fn s_161_whatever_is_wrong_with_a_file_it_is_not_believed() {
    let (world, _) = world().await;
    let wrong = async |fault| {
        world.shop.set_faults(Faults { bulk_next: vec![fault], ..Faults::default() }).unwrap();
        read(&world).await.unwrap_err().fault
    };
    assert!(matches!(wrong(BulkFault::Cut).await, Fault::Bytes(_)));
    assert!(matches!(wrong(BulkFault::MissingLine).await, Fault::Bytes(_) | Fault::Orphan(_)));
    assert!(matches!(
        wrong(BulkFault::DoubledLine).await,
        Fault::DoubledOrder(_) | Fault::DoubledCustomer(_)
    ));
    assert!(matches!(wrong(BulkFault::BrokenJson).await, Fault::Json(_)));
}
