//! What every memory of links promises.

use domain::{
    CustomerId, CustomerKey, Field, Fingerprint, Fingerprints, Mention, OrderId, OrderVersion, RecordId,
    SignalName, SignalState,
};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{RIVALS, answered, at, awkward, claimant, shop};
use crate::{Asking, Claimant, HandedOver, Holding, Keeping, Kept, Lease, Link, Links, MAX_MENTIONS};

/// Every promise of [`Links`].
pub async fn links(links: &impl Links) {
    a_new_customer_has_no_link_and_one_writer(links).await;
    a_link_comes_back_as_it_was_kept(links).await;
    keeping_gives_the_lease_back(links).await;
    who_repeats_itself_gets_the_same_answer(links).await;
    a_lease_that_ran_out_is_taken_over(links).await;
    a_writer_who_died_leaves_what_was_written_in_doubt(links).await;
    a_former_writer_changes_nothing(links).await;
    a_late_writer_whom_nobody_replaced_may_keep(links).await;
    releasing_gives_the_lease_back_and_changes_nothing_else(links).await;
    of_many_who_ask_at_once_one_writes(links).await;
    the_way_back_moves_with_the_record(links).await;
    the_way_back_of_a_record_that_went_to_another_stays_there(links).await;
    no_customer_and_no_record_is_taken_for_another(links).await;
    what_is_left_for_the_writer_is_dealt_with_before_it_ends(links).await;
    what_was_left_outlives_a_writer_who_gives_up(links).await;
    nothing_is_left_where_nobody_writes(links).await;
    a_row_holds_so_many_mentions_and_no_more(links).await;
    of_many_who_leave_something_none_is_lost(links).await;
    many_are_leased_and_kept_as_one_by_one(links).await;
}

fn free() -> Lease {
    Lease::Granted(Holding::default())
}

fn held(owner: &str, until: i64) -> Lease {
    Lease::Held { owner: owner.to_owned(), until: at(until) }
}

fn granted(link: Link) -> Lease {
    Lease::Granted(Holding { link: Some(link), ..Holding::default() })
}

/// What is granted after a writer who did not give the row back.
fn doubted(link: Option<&Link>) -> Lease {
    let link = link.map(|link| link.clone().in_doubt());
    Lease::Granted(Holding { link, in_doubt: true, mentions: vec![] })
}

fn mention(order: u64) -> Mention {
    let raised_at = at(-5);
    Mention {
        order: Some(OrderId::new(order)),
        updated_at: Some(at(-6)),
        raised_at,
        deleted: order.is_multiple_of(2),
        refunded: order.is_multiple_of(3),
        quiet: false,
        looks: false,
        abandoned_at: None,
    }
}

fn customer(id: u64) -> CustomerKey {
    CustomerKey { shop: shop("links"), customer: CustomerId::new(id) }
}

fn link(record: &str, fields: &[Field]) -> Link {
    let written: Fingerprints = fields
        .iter()
        .map(|field| (*field, Fingerprint::stored(&format!("{record}-{}", field.name()))))
        .collect();
    let record = RecordId::new(record);
    Link { record, version: at(-1000), written, newest_order: None, signals: SignalState::default() }
}

async fn lease(links: &impl Links, customer: &CustomerKey, who: &Claimant) -> Lease {
    answered(links.lease(customer, who).await)
}

async fn kept(links: &impl Links, customer: &CustomerKey, who: &Claimant, link: &Link) {
    let lease = lease(links, customer, who).await;
    assert!(matches!(lease, Lease::Granted(_)), "{customer} should have been free");
    let kept = answered(links.keep(customer, who, Some(link), 0).await);
    assert_eq!(kept, Kept::Kept, "the writer of {customer} could not keep its link");
}

async fn a_new_customer_has_no_link_and_one_writer(links: &impl Links) {
    let customer = customer(1);
    assert_eq!(answered(links.link(&customer).await), None, "a new customer has no link");
    let mine = lease(links, &customer, &claimant("a", 0, 60)).await;
    assert_eq!(mine, free(), "a new customer is free");
    let other = lease(links, &customer, &claimant("b", 1, 61)).await;
    assert_eq!(other, held("a", 60), "one customer, one writer");
    assert_eq!(answered(links.link(&customer).await), None, "a lease is not a link");
    let unknown = RecordId::new("nobody's");
    assert_eq!(answered(links.customer_of(&unknown).await), None, "nobody's record has no customer");
}

async fn a_link_comes_back_as_it_was_kept(links: &impl Links) {
    let customer = customer(u64::MAX);
    // Any name that a metafield may have, met here for the first time.
    let own = ["loyalty_tier", "tax_id_2"].map(|name| Field::from_name(name).expect("a metafield's name"));
    let full = link("r-2", &[&Field::ALL[..], &own].concat());
    let moment = Timestamp::constant(1_899_999_999, 123_456_789);
    let order = OrderVersion { order: OrderId::new(u64::MAX), updated_at: moment };
    let fine = Link { version: moment, newest_order: Some(order), ..link("r-2", &[Field::Email]) };
    let names = ["refund_risk", "vip_buyer"].map(|name| SignalName::parse(name).expect("a signal's name"));
    let signals = SignalState {
        looked_at: Some(at(-5)),
        abandoned_at: Some(at(-9)),
        due_at: None,
        ..SignalState::default().with(&names.into()).with(&[names[0]].into())
    };
    let on = Link { signals, ..link("r-2", &[Field::Signals, Field::Signal(names[0])]) };
    for (n, link) in [full, fine, on, link("r-2", &[])].iter().enumerate() {
        kept(links, &customer, &claimant(&format!("writer-{n}"), 0, 60), link).await;
        assert_eq!(answered(links.link(&customer).await).as_ref(), Some(link), "the link was changed");
        let owner = claimant(&format!("reader-{n}"), 1, 61);
        let lease = lease(links, &customer, &owner).await;
        assert_eq!(lease, granted(link.clone()), "a lease also returns the row");
        assert_eq!(answered(links.release(&customer, &owner).await), Kept::Kept);
        let back = answered(links.customer_of(&link.record).await);
        assert_eq!(back.as_ref(), Some(&customer), "the way back leads to the customer");
    }
}

async fn keeping_gives_the_lease_back(links: &impl Links) {
    let customer = customer(3);
    kept(links, &customer, &claimant("a", 0, 60), &link("r-3", &[])).await;
    let next = lease(links, &customer, &claimant("b", 0, 60)).await;
    assert!(
        matches!(next, Lease::Granted(Holding { link: Some(_), .. })),
        "after keeping, the next may write at once"
    );
}

async fn who_repeats_itself_gets_the_same_answer(links: &impl Links) {
    let (customer, who) = (customer(4), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &who).await, free());
    let again = lease(links, &customer, &who).await;
    assert_eq!(again, doubted(None), "a writer whose answer got lost waits for itself");
    for _ in 0..2 {
        let again = answered(links.keep(&customer, &who, Some(&link("r-4", &[Field::Phone])), 0).await);
        assert_eq!(again, Kept::Kept, "a writer who keeps again is told that it lost its lease");
    }
}

async fn a_lease_that_ran_out_is_taken_over(links: &impl Links) {
    let customer = customer(5);
    assert_eq!(lease(links, &customer, &claimant("a", 0, 60)).await, free());
    let before = lease(links, &customer, &claimant("b", 59, 119)).await;
    assert_eq!(before, held("a", 60), "one second before it runs out it still holds");
    let after = lease(links, &customer, &claimant("c", 60, 120)).await;
    assert_eq!(after, doubted(None), "a dead writer blocks nobody once its time ran out");
    let first = lease(links, &customer, &claimant("a", 61, 121)).await;
    assert_eq!(first, held("c", 120), "the former writer has to wait like anybody");
}

async fn a_writer_who_died_leaves_what_was_written_in_doubt(links: &impl Links) {
    let (customer, before) = (customer(21), link("r-21", &[Field::Email]));
    kept(links, &customer, &claimant("a", 0, 60), &before).await;
    assert_eq!(lease(links, &customer, &claimant("dies", 0, 60)).await, granted(before.clone()));
    let next = claimant("b", 60, 120);
    assert_eq!(lease(links, &customer, &next).await, doubted(Some(&before)), "nobody knows what it wrote");
    assert_eq!(answered(links.keep(&customer, &next, Some(&before), 0).await), Kept::Kept);
    let (gives_up, late) = (claimant("c", 60, 120), claimant("never had it", 60, 120));
    assert_eq!(lease(links, &customer, &gives_up).await, granted(before.clone()));
    assert_eq!(answered(links.abandon(&customer, &late).await), Kept::LostLease, "only the owner abandons");
    assert_eq!(answered(links.abandon(&customer, &gives_up).await), Kept::Kept);
    let at_once = lease(links, &customer, &claimant("d", 61, 121)).await;
    assert_eq!(at_once, doubted(Some(&before)), "abandoned is over, and in doubt");
    assert_eq!(answered(links.keep(&customer, &claimant("d", 61, 121), Some(&before), 0).await), Kept::Kept);
    let sure = lease(links, &customer, &claimant("e", 62, 122)).await;
    assert_eq!(sure, granted(before), "what was kept again is known again");
}

async fn a_former_writer_changes_nothing(links: &impl Links) {
    let (customer, former, owner) = (customer(6), claimant("a", 0, 60), claimant("b", 60, 120));
    assert_eq!(lease(links, &customer, &former).await, free());
    assert_eq!(lease(links, &customer, &owner).await, doubted(None));
    let late = answered(links.keep(&customer, &former, Some(&link("r-6-late", &[])), 0).await);
    assert_eq!(late, Kept::LostLease, "a former writer kept a link while another writes");
    assert_eq!(answered(links.link(&customer).await), None, "a former writer's link was kept");
    let back = answered(links.customer_of(&RecordId::new("r-6-late")).await);
    assert_eq!(back, None, "a former writer's way back was kept");
    let late = answered(links.release(&customer, &former).await);
    assert_eq!(late, Kept::LostLease, "a former writer released another's lease");
    let third = lease(links, &customer, &claimant("c", 61, 121)).await;
    assert_eq!(third, held("b", 120), "a former writer broke the new writer's lease");
    let right = link("r-6", &[Field::Email]);
    assert_eq!(answered(links.keep(&customer, &owner, Some(&right), 0).await), Kept::Kept);
    assert_eq!(
        answered(links.keep(&customer, &former, Some(&link("r-6-late", &[])), 0).await),
        Kept::LostLease
    );
    assert_eq!(answered(links.link(&customer).await), Some(right), "a former writer overwrote a link");
}

async fn a_late_writer_whom_nobody_replaced_may_keep(links: &impl Links) {
    let (customer, owner) = (customer(7), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &owner).await, free());
    let late = Claimant { now: at(90), ..owner };
    let kept = answered(links.keep(&customer, &late, Some(&link("r-7", &[])), 0).await);
    assert_eq!(kept, Kept::Kept, "nobody else has it, so its work counts");
}

async fn releasing_gives_the_lease_back_and_changes_nothing_else(links: &impl Links) {
    let (customer, owner) = (customer(8), claimant("b", 0, 60));
    let before = link("r-8", &[Field::Tags]);
    kept(links, &customer, &claimant("a", 0, 60), &before).await;
    assert_eq!(lease(links, &customer, &owner).await, granted(before.clone()));
    assert_eq!(answered(links.release(&customer, &owner).await), Kept::Kept, "the writer may release");
    let next = lease(links, &customer, &claimant("c", 0, 60)).await;
    assert_eq!(next, granted(before), "after a release the next may write at once");
    let never = answered(links.release(&self::customer(88), &owner).await);
    assert_eq!(never, Kept::LostLease, "a lease that never was cannot be released");
}

async fn of_many_who_ask_at_once_one_writes(links: &impl Links) {
    let customer = customer(9);
    let rivals: Vec<_> = (0..RIVALS).map(|n| claimant(&format!("rival-{n}"), 0, 60)).collect();
    let leases = join_all(rivals.iter().map(|rival| links.lease(&customer, rival))).await;
    let leases: Vec<_> = leases.into_iter().map(answered).collect();
    let granted = leases.iter().filter(|lease| **lease == free()).count();
    assert_eq!(granted, 1, "of {RIVALS} who ask at once exactly one writes");
    let told =
        leases.iter().filter(|lease| matches!(lease, Lease::Held { until, .. } if *until == at(60))).count();
    assert_eq!(told, RIVALS - 1, "all others are told until when");
}

async fn the_way_back_moves_with_the_record(links: &impl Links) {
    let customer = customer(10);
    kept(links, &customer, &claimant("a", 0, 60), &link("r-10-old", &[])).await;
    let new = link("r-10-new", &[Field::Email]);
    kept(links, &customer, &claimant("b", 0, 60), &new).await;
    assert_eq!(answered(links.link(&customer).await), Some(new.clone()), "the newer record is the link");
    let former = answered(links.customer_of(&RecordId::new("r-10-old")).await);
    assert_eq!(former, None, "a former record still leads to the customer");
    assert_eq!(answered(links.customer_of(&new.record).await), Some(customer));
}

async fn the_way_back_of_a_record_that_went_to_another_stays_there(links: &impl Links) {
    let (first, second) = (customer(11), customer(12));
    kept(links, &first, &claimant("a", 0, 60), &link("r-11", &[])).await;
    kept(links, &second, &claimant("a", 0, 60), &link("r-11", &[])).await;
    kept(links, &first, &claimant("b", 0, 60), &link("r-12", &[])).await;
    let taken = answered(links.customer_of(&RecordId::new("r-11")).await);
    assert_eq!(taken, Some(second), "the former customer took the record's way back along");
    assert_eq!(answered(links.customer_of(&RecordId::new("r-12")).await), Some(first));
}

async fn no_customer_and_no_record_is_taken_for_another(links: &impl Links) {
    let shops = [shop("one"), shop("two")];
    let mut all = Vec::new();
    for (n, record) in awkward::TEXTS.iter().enumerate() {
        for shop in &shops {
            let customer = CustomerKey { shop: shop.clone(), customer: CustomerId::new(n as u64) };
            let link = link(&format!("{record}@{}", shop.as_str()), &[Field::Email]);
            kept(links, &customer, &claimant("a", 0, 60), &link).await;
            all.push((customer, link));
        }
    }
    for (customer, link) in all {
        assert_eq!(answered(links.customer_of(&link.record).await).as_ref(), Some(&customer));
        assert_eq!(answered(links.link(&customer).await), Some(link), "{customer} has another's link");
    }
}

async fn left(
    links: &impl Links,
    customer: &CustomerKey,
    owner: &str,
    orders: &[u64],
    now: i64,
) -> HandedOver {
    let mentions: Vec<_> = orders.iter().map(|order| mention(*order)).collect();
    answered(links.hand_over(customer, owner, &mentions, at(now)).await)
}

async fn what_is_left_for_the_writer_is_dealt_with_before_it_ends(links: &impl Links) {
    let (customer, writer) = (customer(30), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &writer).await, free());
    assert_eq!(
        left(links, &customer, "a", &[1], 1).await,
        HandedOver::Taken,
        "somebody writes, so it can be left"
    );
    assert_eq!(left(links, &customer, "a", &[2, 3], 1).await, HandedOver::Taken);
    let all: Vec<_> = [1, 2, 3].map(mention).to_vec();
    let link = link("r-30", &[Field::Email]);
    for seen in [0, 1] {
        let kept = answered(links.keep(&customer, &writer, Some(&link), seen).await);
        assert_eq!(kept, Kept::Mentioned(all.clone()), "the writer has seen {seen} of three");
    }
    assert_eq!(answered(links.link(&customer).await), None, "a writer who has not seen all keeps nothing");
    let other = lease(links, &customer, &claimant("b", 1, 61)).await;
    assert_eq!(other, held("a", 60), "and it still writes");
    for _ in 0..2 {
        let kept = answered(links.keep(&customer, &writer, Some(&link), 3).await);
        assert_eq!(kept, Kept::Kept, "it has seen all three, and may say so again");
    }
    assert_eq!(lease(links, &customer, &claimant("b", 1, 61)).await, granted(link), "dealt with is gone");
}

async fn what_was_left_outlives_a_writer_who_gives_up(links: &impl Links) {
    let (customer, link) = (customer(31), link("r-31", &[Field::Phone]));
    kept(links, &customer, &claimant("0", 0, 60), &link).await;
    let with = |link: &Link, in_doubt: bool, orders: &[u64]| {
        let mentions = orders.iter().map(|order| mention(*order)).collect();
        let link = if in_doubt { link.clone().in_doubt() } else { link.clone() };
        Lease::Granted(Holding { link: Some(link), in_doubt, mentions })
    };
    assert_eq!(lease(links, &customer, &claimant("releases", 0, 60)).await, granted(link.clone()));
    assert_eq!(left(links, &customer, "releases", &[1], 1).await, HandedOver::Taken);
    assert_eq!(answered(links.release(&customer, &claimant("releases", 1, 60)).await), Kept::Kept);
    assert_eq!(lease(links, &customer, &claimant("abandons", 1, 60)).await, with(&link, false, &[1]));
    assert_eq!(left(links, &customer, "abandons", &[2], 1).await, HandedOver::Taken);
    assert_eq!(answered(links.abandon(&customer, &claimant("abandons", 1, 60)).await), Kept::Kept);
    assert_eq!(lease(links, &customer, &claimant("dies", 1, 60)).await, with(&link, true, &[1, 2]));
    let heir = claimant("heir", 60, 120);
    assert_eq!(
        lease(links, &customer, &heir).await,
        with(&link, true, &[1, 2]),
        "a dead writer takes nothing along"
    );
    let nothing = answered(links.keep(&customer, &heir, None, 2).await);
    assert_eq!(nothing, Kept::Kept, "dealt with, and nothing to remember");
    let after = lease(links, &customer, &claimant("z", 61, 120)).await;
    assert_eq!(after, granted(link), "who remembers nothing leaves the link as it was");
}

async fn nothing_is_left_where_nobody_writes(links: &impl Links) {
    let customer = customer(32);
    assert_eq!(
        left(links, &customer, "a", &[1], 0).await,
        HandedOver::Free,
        "nobody ever wrote this customer"
    );
    assert_eq!(lease(links, &customer, &claimant("a", 0, 60)).await, free());
    assert_eq!(left(links, &customer, "a", &[1], 60).await, HandedOver::Free, "its time ran out");
    assert_eq!(answered(links.release(&customer, &claimant("a", 1, 60)).await), Kept::Kept);
    assert_eq!(left(links, &customer, "a", &[1], 2).await, HandedOver::Free, "it was given back");
    assert_eq!(lease(links, &customer, &claimant("b", 2, 60)).await, free(), "nothing was left");
    assert_eq!(left(links, &customer, "a", &[1], 3).await, HandedOver::Free, "it is another who writes");
}

async fn a_row_holds_so_many_mentions_and_no_more(links: &impl Links) {
    let (customer, writer) = (customer(33), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &writer).await, free());
    let full: Vec<u64> = (1..=MAX_MENTIONS as u64).collect();
    assert_eq!(left(links, &customer, "a", &full, 1).await, HandedOver::Taken);
    assert_eq!(
        left(links, &customer, "a", &[99], 1).await,
        HandedOver::Full,
        "what does not fit has to wait"
    );
    assert_eq!(answered(links.keep(&customer, &writer, None, MAX_MENTIONS).await), Kept::Kept);
}

async fn of_many_who_leave_something_none_is_lost(links: &impl Links) {
    let (customer, writer) = (customer(34), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &writer).await, free());
    let orders: Vec<_> = (0..RIVALS as u64).map(|order| [order]).collect();
    let all = join_all(orders.iter().map(|order| left(links, &customer, "a", order, 1))).await;
    assert!(all.iter().all(|answer| *answer == HandedOver::Taken), "the row had room for all");
    let Kept::Mentioned(mentions) = answered(links.keep(&customer, &writer, None, 0).await) else {
        panic!("the writer ended without having seen what was left");
    };
    let left: std::collections::BTreeSet<_> = mentions.iter().filter_map(|mention| mention.order).collect();
    assert_eq!(left.len(), RIVALS, "each of {RIVALS} who left something at once finds it there");
    assert_eq!(answered(links.keep(&customer, &writer, None, mentions.len()).await), Kept::Kept);
}

/// More than any call of a store carries, and one of each kind among them.
async fn many_are_leased_and_kept_as_one_by_one(links: &impl Links) {
    const MANY: u64 = 60;
    let customers: Vec<_> = (1000..1000 + MANY).map(customer).collect();
    let who: Vec<_> = (0..MANY).map(|n| claimant(&format!("many-{n}"), 0, 60)).collect();
    let (theirs, known, doubtful) = (&customers[7], &customers[8], &customers[9]);
    assert_eq!(lease(links, theirs, &claimant("other", 0, 90)).await, free());
    kept(links, known, &claimant("before", 0, 60), &link("many-8", &[Field::Email])).await;
    kept(links, doubtful, &claimant("before", 0, 60), &link("many-9", &[Field::Email])).await;
    lease(links, doubtful, &claimant("dies", -60, 0)).await;

    let asked = customers.iter().zip(&who).map(|(customer, claimant)| Asking { customer, claimant });
    let asked: Vec<_> = asked.collect();
    let leases: Vec<_> = links.lease_all(&asked).await.into_iter().map(answered).collect();
    assert_eq!(leases.len(), asked.len(), "one answer for each");
    for (n, lease) in leases.iter().enumerate() {
        match n {
            7 => assert_eq!(*lease, held("other", 90), "what another has is held"),
            8 => assert_eq!(*lease, granted(link("many-8", &[Field::Email])), "what is known comes along"),
            9 => assert_eq!(*lease, doubted(Some(&link("many-9", &[Field::Email]))), "and so does doubt"),
            _ => assert_eq!(*lease, free(), "a new one is free"),
        }
    }

    assert_eq!(left(links, &customers[3], "many-3", &[5], 1).await, HandedOver::Taken);
    let (new, nothing) = (customers.iter().map(record_of).collect::<Vec<_>>(), 4);
    let keepings: Vec<_> = (0..customers.len())
        .map(|n| Keeping {
            customer: &customers[n],
            claimant: &who[n],
            link: Some(&new[n]).filter(|_| n != nothing),
            linked: [8, 9].contains(&n).then_some(&new[n].record),
            seen: 0,
        })
        .collect();
    for again in [false, true] {
        let kept: Vec<_> = links.keep_all(&keepings).await.into_iter().map(answered).collect();
        assert_eq!(kept.len(), keepings.len(), "one answer for each");
        for (n, kept) in kept.iter().enumerate() {
            match n {
                3 => assert_eq!(*kept, Kept::Mentioned(vec![mention(5)]), "what was left is told"),
                7 => assert_eq!(*kept, Kept::LostLease, "who never had it keeps nothing"),
                _ => assert_eq!(*kept, Kept::Kept, "{n} is kept (again: {again})"),
            }
        }
    }
    for (n, customer) in customers.iter().enumerate() {
        let expected = Some(&new[n]).filter(|_| ![3, nothing, 7].contains(&n));
        assert_eq!(answered(links.link(customer).await).as_ref(), expected, "the link of {n}");
        if let Some(link) = expected {
            let back = answered(links.customer_of(&link.record).await);
            assert_eq!(back.as_ref(), Some(customer), "the way back of {n}");
        }
    }
    for n in [4, 8, 20] {
        let next = lease(links, &customers[n], &claimant("next", 1, 61)).await;
        assert!(
            matches!(next, Lease::Granted(Holding { in_doubt: false, .. })),
            "{n} was given back, and nothing is in doubt"
        );
    }
}

/// A record of each customer's own, an order read with every other one.
fn record_of(customer: &CustomerKey) -> Link {
    let n = customer.customer.get();
    let order = OrderVersion { order: OrderId::new(n), updated_at: at(-9) };
    let newest_order = n.is_multiple_of(2).then_some(order);
    let name = format!("many-{}", n - 1000);
    Link { newest_order, version: at(-8), ..link(&name, &[Field::Email, Field::TotalSpent]) }
}
