//! Is it really them? What bad input gets.

use flows::{Answer, Outcome, Received};
use store::memory::{Moment, Operation};
use twin_shopify::{Delivery, HeaderFamily, signature};

use super::living::{ada, buys};
use crate::world::{SECRET, SHOP, World, secrets};

fn delivery(world: &World) -> Delivery {
    ada(&world.shop);
    world.pending().remove(0)
}

fn without(mut headers: Vec<(String, String)>, name: &str) -> Vec<(String, String)> {
    headers.retain(|(have, _)| have != name);
    headers
}

fn with(headers: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    let mut headers = without(headers, name);
    headers.push((name.to_owned(), value.to_owned()));
    headers
}

fn signed(delivery: &Delivery) -> Vec<(String, String)> {
    delivery.sign(SECRET, HeaderFamily::Classic)
}

fn of_body(body: &[u8]) -> Vec<(String, String)> {
    [
        ("x-shopify-topic", "orders/create"),
        ("x-shopify-shop-domain", SHOP),
        ("x-shopify-webhook-id", "w-1"),
        ("x-shopify-hmac-sha256", signature(SECRET, body).as_str()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn answer(received: &Received) -> (u16, &'static str) {
    (received.answer.status(), received.answer.code())
}

#[tokio::test]
async fn s_078_who_cannot_sign_gets_401_and_nothing_is_queued() {
    let world = World::new().await;
    let one = delivery(&world);
    let hmac = "x-shopify-hmac-sha256";
    let hex: String =
        signature(SECRET, &one.body).bytes().map(|byte| format!("{byte:02x}")).take(32).collect();
    let table = [
        (without(signed(&one), hmac), "signature_missing"),
        (one.sign("another secret", HeaderFamily::Classic), "signature_mismatch"),
        (with(signed(&one), hmac, &hex), "signature_malformed"),
        (with(signed(&one), hmac, ""), "signature_malformed"),
        (
            with(one.sign("other", HeaderFamily::Classic), "x-shopify-shop-domain", "x.myshopify.com"),
            "signature_mismatch",
        ),
    ];
    for (headers, code) in table {
        assert_eq!(answer(&world.arrives_with(headers, &one.body).await), (401, code));
    }
    let mut tampered = one.body.clone();
    tampered.push(b' ');
    assert_eq!(world.arrives_with(signed(&one), &tampered).await.answer.status(), 401);
    assert_eq!(world.queues.next_at(), None, "nothing was queued");
}

#[tokio::test]
async fn only_somebody_who_can_sign_learns_that_a_shop_is_not_configured() {
    let world = World::new().await;
    let one = delivery(&world);
    for shop in ["other.myshopify.com", "not a shop"] {
        let headers = with(signed(&one), "x-shopify-shop-domain", shop);
        assert_eq!(answer(&world.arrives_with(headers, &one.body).await), (404, "shop_not_configured"));
    }
    let headers = without(signed(&one), "x-shopify-shop-domain");
    assert_eq!(world.arrives_with(headers, &one.body).await.answer.status(), 404);
}

#[tokio::test]
async fn during_a_rotation_the_new_secret_is_found_and_the_old_one_still_counts() {
    let world = World::new().await;
    let one = delivery(&world);
    let with_new = one.sign("brand new", HeaderFamily::Classic);
    assert_eq!(world.arrives_with(with_new.clone(), &one.body).await.answer.status(), 401);
    *world.keyring.fresh.lock().unwrap() = Some(secrets(&[SHOP], &["brand new", SECRET]));
    assert_eq!(world.arrives_with(with_new, &one.body).await.answer.status(), 200);
    assert_eq!(world.arrives(&one).await.answer.status(), 200);
    world.settle().await;
}

#[tokio::test]
async fn without_a_secret_or_a_queue_shopify_is_asked_to_come_again() {
    let world = World::new().await;
    let one = delivery(&world);
    let known = world.keyring.known.lock().unwrap().take();
    assert_eq!(answer(&world.arrives(&one).await), (503, "secret_unavailable"));
    *world.keyring.known.lock().unwrap() = known;

    for moment in [Moment::Before, Moment::After] {
        world.faults.next(Operation::Send, 1, moment);
        assert_eq!(answer(&world.arrives(&one).await), (503, "queue_unavailable"));
    }
    assert_eq!(world.arrives(&one).await.answer.status(), 200, "Shopify's next try");
    let worked = world.settle().await;
    let written = worked.iter().filter(|one| matches!(one.verdict, Ok(Outcome::Written { .. }))).count();
    let finished = worked.iter().filter(|one| !one.comes_back()).count();
    assert_eq!((finished, written), (2, 1), "what was queued although it looked lost is a duplicate");
}

#[tokio::test]
async fn missing_headers_have_their_answers() {
    let world = World::new().await;
    let one = delivery(&world);
    let mut bare = of_body(&one.body);
    bare.retain(|(name, _)| name.ends_with("hmac-sha256") || name.ends_with("shop-domain"));
    for _ in 0..2 {
        assert_eq!(world.arrives_with(bare.clone(), &one.body).await.answer.status(), 200);
    }
    let worked = world.settle().await;
    let codes: Vec<_> = worked.iter().filter_map(|one| Some(one.verdict.as_ref().ok()?.code())).collect();
    assert_eq!(codes.len(), 2);
    assert!(
        codes.contains(&"parked") && codes.contains(&"duplicate"),
        "{codes:?}: no topic, and known again by its hash"
    );
}

#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_parked_whole() {
    let world = World::new().await;
    let bodies: [&[u8]; 5] = [b"", b"<order/>", b"[]", br#"{"id":null}"#, b"\xff\xfe\x00"];
    for body in bodies {
        let headers = with(of_body(body), "x-shopify-webhook-id", &format!("w-{}", signature("x", body)));
        assert_eq!(world.arrives_with(headers, body).await.answer.status(), 200, "{body:?}");
    }
    world.settle().await;
    let parked = world.parked();
    assert_eq!(parked.len(), bodies.len());
    assert!(parked.iter().all(|p| p.code == "unreadable_body" && !p.advice.is_empty()));
}

#[tokio::test]
async fn five_megabytes_are_taken_when_they_can_be_read_and_refused_when_they_could_not_be_kept() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "10.00");
    world.live().await;
    let filler = "x".repeat(5 * 1024 * 1024);
    let readable = format!(r#"{{"id":{order},"customer":{{"id":{ada}}},"note":"{filler}"}}"#);
    let received = world.arrives_with(of_body(readable.as_bytes()), readable.as_bytes()).await;
    assert_eq!(received.answer.status(), 200);
    assert!(world.queues.waiting()[0].body.len() < 1000, "the queue holds ids, not the order");
    world.settle().await;

    let unreadable = filler.as_bytes();
    let received = world.arrives_with(of_body(unreadable), unreadable).await;
    assert_eq!(answer(&received), (413, "body_too_large"), "it could not be kept whole, so it is not taken");
    let enormous = vec![b' '; 6 * 1024 * 1024 + 1];
    assert_eq!(world.arrives_with(of_body(&enormous), &enormous).await.answer.status(), 413);
}

#[tokio::test]
async fn both_families_of_headers_are_understood() {
    let world = World::new().await;
    let one = delivery(&world);
    let received = world.arrives_with(one.sign(SECRET, HeaderFamily::Events), &one.body).await;
    assert!(matches!(received.answer, Answer::Accepted));
    world.settle().await;
    assert_eq!(world.portal.contacts().len(), 1);
}

#[test]
fn s_065_secrets_show_in_nothing_that_is_printed() {
    let all = secrets(&[SHOP], &[SECRET]);
    let printed = format!("{all:?}");
    assert!(printed.contains(SHOP) && !printed.contains(SECRET), "{printed}");
}
