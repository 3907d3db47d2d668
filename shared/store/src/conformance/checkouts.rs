//! What every index of what comes due promises of checkouts.

use domain::{CustomerId, ShopDomain};
use jiff::Timestamp;

use super::due::{DAY, found};
use super::{answered, at, awkward, shop};
use crate::{Checkout, Due, DueIndex};

pub(super) fn checkout(shop: &ShopDomain, token: &str, touched: i64) -> Checkout {
    let (shop, token) = (shop.clone(), token.to_owned());
    Checkout { shop, token, customer: None, touched_at: at(touched), is_over: false }
}

fn due_checkout(shop: &ShopDomain, token: &str, second: i64) -> Due {
    Due::Checkout { shop: shop.clone(), token: token.to_owned(), at: at(second) }
}

async fn touched(index: &impl DueIndex, shop: &ShopDomain, token: &str, touched: i64, due: i64) {
    answered(index.touched(&checkout(shop, token, touched), at(due)).await);
}

async fn over(index: &impl DueIndex, shop: &ShopDomain, token: &str, now: i64) {
    answered(index.over(shop, token, at(now)).await);
}

async fn known(index: &impl DueIndex, shop: &ShopDomain, token: &str) -> Option<Checkout> {
    answered(index.checkout(shop, token).await)
}

pub(super) async fn a_checkout_is_due_until_it_is_over(index: &impl DueIndex) {
    let shop = shop("checkouts-1");
    assert_eq!(known(index, &shop, "c").await, None, "nobody heard of it");
    touched(index, &shop, "c", 0, 50).await;
    assert_eq!(found(index, &shop, 0, 49).await, [], "it is not due yet");
    for _ in 0..2 {
        let due = found(index, &shop, 0, 50).await;
        assert_eq!(due, [due_checkout(&shop, "c", 50)], "it stays due until it is dealt with");
    }
    over(index, &shop, "c", 60).await;
    assert_eq!(found(index, &shop, 0, DAY).await, [], "what is over is not due");
    let is_over = known(index, &shop, "c").await.is_some_and(|checkout| checkout.is_over);
    assert!(is_over, "it is known to be over");
}

pub(super) async fn what_was_touched_later_already_stays(index: &impl DueIndex) {
    let shop = shop("checkouts-2");
    touched(index, &shop, "c", 10, 60).await;
    touched(index, &shop, "c", 20, 70 + DAY).await;
    assert_eq!(found(index, &shop, 0, DAY).await, [], "the customer went on, so it is due later");
    touched(index, &shop, "c", 15, 65).await;
    let due = found(index, &shop, 0, 2 * DAY).await;
    assert_eq!(due, [due_checkout(&shop, "c", 70 + DAY)], "what was heard late moved it backwards");
    assert_eq!(known(index, &shop, "c").await, Some(checkout(&shop, "c", 20)));
    touched(index, &shop, "c", 20, 80).await;
    let due = found(index, &shop, 0, 2 * DAY).await;
    assert_eq!(due, [due_checkout(&shop, "c", 80)], "the same touch may be said again, by other rules");
}

pub(super) async fn what_is_over_stays_over(index: &impl DueIndex) {
    let shop = shop("checkouts-3");
    touched(index, &shop, "known", 0, 10).await;
    for token in ["known", "never heard of"] {
        over(index, &shop, token, 5).await;
        over(index, &shop, token, 6).await;
        touched(index, &shop, token, 0, 10).await;
        touched(index, &shop, token, 100, 110).await;
        let is_over = known(index, &shop, token).await.is_some_and(|checkout| checkout.is_over);
        assert!(is_over, "what is heard of it later does not open it again: {token}");
    }
    let ended = Checkout { is_over: true, ..checkout(&shop, "told so", 0) };
    answered(index.touched(&ended, at(10)).await);
    assert_eq!(known(index, &shop, "told so").await, Some(ended), "a checkout may be over as it is touched");
    assert_eq!(found(index, &shop, 0, DAY).await, [], "what is over is not due");
}

pub(super) async fn a_checkout_comes_back_as_it_was_touched(index: &impl DueIndex) {
    let shop = shop("checkouts-4");
    let whose = Some(CustomerId::new(u64::MAX));
    let moment = Timestamp::constant(1_900_000_000, 123_000_000);
    let fine = Checkout { customer: whose, touched_at: moment, ..checkout(&shop, "c", 0) };
    answered(index.touched(&fine, at(10)).await);
    assert_eq!(known(index, &shop, "c").await.as_ref(), Some(&fine), "the checkout was changed");
    let guest = checkout(&shop, "c", 1);
    answered(index.touched(&guest, at(10)).await);
    assert_eq!(known(index, &shop, "c").await, Some(guest), "what was touched last is what is known");
}

pub(super) async fn no_checkout_is_taken_for_another(index: &impl DueIndex) {
    let shops = [shop("checkouts-5"), shop("checkouts-55")];
    for shop in &shops {
        for (n, token) in (0..).zip(awkward::TEXTS) {
            touched(index, shop, token, n, 100 + n).await;
        }
    }
    for shop in &shops {
        for (n, token) in (0..).zip(awkward::TEXTS) {
            assert_eq!(known(index, shop, token).await, Some(checkout(shop, token, n)));
        }
        let expected = (0..).zip(awkward::TEXTS).map(|(n, token)| due_checkout(shop, token, 100 + n));
        assert_eq!(found(index, shop, 0, DAY).await, expected.collect::<Vec<_>>(), "a token was changed");
    }
}

pub(super) async fn it_is_told_of_many_at_once_which_are_open(index: &impl DueIndex) {
    let (one, other) = (shop("checkouts-6"), shop("checkouts-66"));
    touched(index, &one, "open", 0, 50).await;
    touched(index, &one, "over", 0, 50).await;
    over(index, &one, "over", 60).await;
    let asked = [(&one, "open"), (&other, "open"), (&one, "over"), (&one, "nobody's"), (&one, "open")];
    assert_eq!(answered(index.open(&asked).await), [true, false, false, false, true]);
    assert_eq!(answered(index.open(&[]).await), [false; 0], "nothing was asked");
}
