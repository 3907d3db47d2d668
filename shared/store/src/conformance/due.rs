//! What every index of what comes due promises.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CustomerId, CustomerKey, Fingerprints, RecordId, ShopDomain, SignalState};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{answered, at, checkouts, claimant, shop};
use crate::{Checkout, Due, DueCursor, DueIndex, Keeping, Kept, Lease, Link, Links};

/// Every promise of [`DueIndex`], over the customers of these links.
pub async fn due(links: &impl Links, index: &impl DueIndex) {
    a_customer_is_due_when_its_link_says_so(links, index).await;
    many_who_are_kept_at_once_are_due_as_one_by_one(links, index).await;
    who_remembers_nothing_leaves_a_customer_due(links, index).await;
    what_is_due_is_of_one_shop_and_in_its_time(links, index).await;
    a_lease_or_a_doubt_moves_nothing(links, index).await;
    what_is_read_depends_on_what_is_due(links, index).await;
    many_days_are_read_in_parts_and_everything_once(index).await;
    checkouts::a_checkout_is_due_until_it_is_over(index).await;
    checkouts::what_was_touched_later_already_stays(index).await;
    checkouts::what_is_over_stays_over(index).await;
    checkouts::a_checkout_comes_back_as_it_was_touched(index).await;
    checkouts::no_checkout_is_taken_for_another(index).await;
    checkouts::it_is_told_of_many_at_once_which_are_open(index).await;
}

pub(super) const DAY: i64 = 24 * 3600;

/// All that is due, part by part, and how many rows were read for it.
pub(super) async fn all(index: &impl DueIndex, shop: &ShopDomain, since: i64, now: i64) -> (Vec<Due>, u64) {
    let (mut due, mut rows_read, mut after) = (Vec::new(), 0, None::<DueCursor>);
    loop {
        let page = answered(index.due(shop, at(since), at(now), after.as_ref()).await);
        due.extend(page.due);
        rows_read += page.rows_read;
        match page.next {
            Some(next) => after = Some(next),
            None => return (due, rows_read),
        }
    }
}

/// The same, without how it was read.
pub(super) async fn found(index: &impl DueIndex, shop: &ShopDomain, since: i64, now: i64) -> Vec<Due> {
    all(index, shop, since, now).await.0
}

fn customer(shop: &ShopDomain, id: u64) -> CustomerKey {
    CustomerKey { shop: shop.clone(), customer: CustomerId::new(id) }
}

fn link(record: &str, due_at: Option<Timestamp>) -> Link {
    let signals = SignalState { due_at, ..SignalState::default() };
    let (record, written) = (RecordId::new(record), Fingerprints::new());
    Link { record, version: at(-1000), written, newest_order: None, signals }
}

fn due_customer(customer: &CustomerKey, second: i64) -> Due {
    Due::Customer { customer: customer.clone(), at: at(second) }
}

async fn leased(links: &impl Links, customer: &CustomerKey, owner: &str) {
    let lease = answered(links.lease(customer, &claimant(owner, 0, 60)).await);
    assert!(matches!(lease, Lease::Granted(_)), "{customer} should have been free");
}

async fn kept(links: &impl Links, customer: &CustomerKey, owner: &str, link: &Link) {
    leased(links, customer, owner).await;
    let kept = answered(links.keep(customer, &claimant(owner, 0, 60), Some(link), 0).await);
    assert_eq!(kept, Kept::Kept, "the writer of {customer} could not keep its link");
}

async fn a_customer_is_due_when_its_link_says_so(links: &impl Links, index: &impl DueIndex) {
    let shop = shop("due-one");
    let customer = customer(&shop, u64::MAX);
    let steps = [
        ("r-1", Some(10), "put there"),
        ("r-1", Some(20), "moved"),
        ("r-1", Some(20 + DAY), "moved to another day"),
        ("r-2", Some(5), "moved with another record"),
        ("r-2", None, "taken out"),
        ("r-2", None, "taken out again"),
        ("r-1", Some(7), "put there again"),
    ];
    for (n, (record, second, what)) in steps.into_iter().enumerate() {
        let link = link(record, second.map(at));
        kept(links, &customer, &format!("writer-{n}"), &link).await;
        let expected: Vec<_> = second.iter().map(|second| due_customer(&customer, *second)).collect();
        assert_eq!(found(index, &shop, 0, 2 * DAY).await, expected, "the customer is {what}");
        assert_eq!(answered(links.link(&customer).await), Some(link), "the link says so, too");
    }
}

async fn many_who_are_kept_at_once_are_due_as_one_by_one(links: &impl Links, index: &impl DueIndex) {
    let shop = shop("due-many");
    let customers: Vec<_> = (0..30).map(|id| customer(&shop, id)).collect();
    let all_due = |step: i64| (0..30).map(move |n| ((n + step) % 3 != 0).then_some(100 * step + n));
    let mut linked = None;
    for step in 1..=4 {
        let links_now: Vec<_> =
            (0..).zip(all_due(step)).map(|(n, due)| link(&format!("due-many-{n}"), due.map(at))).collect();
        let who: Vec<_> = (0..30).map(|n| claimant(&format!("many-{step}-{n}"), 0, 60)).collect();
        for (customer, who) in customers.iter().zip(&who) {
            leased(links, customer, &who.owner).await;
        }
        let keeping = |n: usize| Keeping {
            customer: &customers[n],
            claimant: &who[n],
            link: Some(&links_now[n]),
            linked: linked.map(|()| &links_now[n].record),
            seen: 0,
        };
        let keepings: Vec<_> = (0..30).map(keeping).collect();
        for kept in links.keep_all(&keepings).await {
            assert_eq!(answered(kept), Kept::Kept, "step {step}");
        }
        linked = Some(());
        let expected = customers.iter().zip(all_due(step));
        let expected: BTreeSet<_> =
            expected.filter_map(|(customer, due)| Some(due_customer(customer, due?))).collect();
        let due = found(index, &shop, 0, DAY).await;
        assert_eq!(due.iter().cloned().collect::<BTreeSet<_>>(), expected, "step {step}");
        assert_eq!(due.len(), expected.len(), "nobody is due twice");
    }
}

async fn who_remembers_nothing_leaves_a_customer_due(links: &impl Links, index: &impl DueIndex) {
    let shop = shop("due-nothing");
    let customer = customer(&shop, 1);
    kept(links, &customer, "a", &link("due-nothing", Some(at(3)))).await;
    let nothing = claimant("b", 0, 60);
    leased(links, &customer, "b").await;
    assert_eq!(answered(links.keep(&customer, &nothing, None, 0).await), Kept::Kept);
    let late = claimant("a", 0, 60);
    let lost = answered(links.keep(&customer, &late, Some(&link("due-nothing", None)), 0).await);
    assert_eq!(lost, Kept::LostLease);
    assert_eq!(found(index, &shop, 0, 10).await, [due_customer(&customer, 3)], "nobody dealt with it");
}

async fn what_is_due_is_of_one_shop_and_in_its_time(links: &impl Links, index: &impl DueIndex) {
    let (here, there) = (shop("due-here"), shop("due-there"));
    let (mine, theirs) = (customer(&here, 1), customer(&there, 1));
    kept(links, &mine, "a", &link("due-here", Some(at(100)))).await;
    kept(links, &theirs, "a", &link("due-there", Some(at(100)))).await;
    let table = [(0, 99, false), (0, 100, true), (100, 100, true), (101, 200, false), (-DAY, DAY, true)];
    for (since, now, is_due) in table {
        let expected: Vec<_> = is_due.then(|| due_customer(&mine, 100)).into_iter().collect();
        assert_eq!(found(index, &here, since, now).await, expected, "from {since} to {now}");
    }
    assert_eq!(found(index, &here, 200, 100).await, [], "nothing is due in no time");
    assert_eq!(found(index, &shop("due-h"), 0, DAY).await, [], "another shop's name begins alike");
}

async fn a_lease_or_a_doubt_moves_nothing(links: &impl Links, index: &impl DueIndex) {
    let shop = shop("due-leased");
    let customer = customer(&shop, 1);
    kept(links, &customer, "a", &link("due-leased", Some(at(1)))).await;
    leased(links, &customer, "b").await;
    assert_eq!(found(index, &shop, 0, 10).await, [due_customer(&customer, 1)], "it is leased, and due");
    assert_eq!(answered(links.abandon(&customer, &claimant("b", 0, 60)).await), Kept::Kept);
    assert_eq!(found(index, &shop, 0, 10).await, [due_customer(&customer, 1)], "it is in doubt, and due");
}

async fn what_is_read_depends_on_what_is_due(links: &impl Links, index: &impl DueIndex) {
    let shop = shop("due-few");
    for n in 0..40 {
        let due_at = match n {
            0..3 => Some(at(1)),
            3..20 => Some(at(2 * DAY)),
            _ => None,
        };
        kept(links, &customer(&shop, n), "a", &link(&format!("due-few-{n}"), due_at)).await;
    }
    let (due, rows_read) = all(index, &shop, 0, 10).await;
    assert_eq!((due.len(), rows_read), (3, 3), "of forty customers three are due, and no other is read");
}

/// More than a part holds, over several days, some of them empty, and many at the same moment.
async fn many_days_are_read_in_parts_and_everything_once(index: &impl DueIndex) {
    let shop = shop("due-parts");
    let second = |n: i64| (n % 5) * 10 * DAY + (n % 7);
    let checkouts: Vec<_> =
        (0..1_250).map(|n| (checkouts::checkout(&shop, &format!("c-{n}"), 0), second(n))).collect();
    for some in checkouts.chunks(50) {
        let touched = some.iter().map(|(checkout, due)| index.touched(checkout, at(*due)));
        join_all(touched).await.into_iter().for_each(answered);
    }
    let (due, rows_read) = all(index, &shop, -3 * DAY, 41 * DAY).await;
    let mut at_each = BTreeMap::new();
    for one in &due {
        let Due::Checkout { token, at, .. } = one else { panic!("no customer was kept here") };
        assert_eq!(at_each.insert(token.clone(), *at), None, "{token} was found twice");
    }
    let expected = checkouts.iter().map(|(Checkout { token, .. }, due)| (token.clone(), at(*due)));
    assert_eq!(at_each, expected.collect(), "each is found, and is due when it was said to be");
    assert_eq!(rows_read, 1_250, "a row is read once");
    let days: Vec<_> = due.iter().map(day_of).collect();
    assert!(days.is_sorted(), "the oldest day comes first");
}

fn day_of(due: &Due) -> i64 {
    let (Due::Customer { at, .. } | Due::Checkout { at, .. }) = due;
    at.as_second().div_euclid(DAY)
}
