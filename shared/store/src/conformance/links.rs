//! What every memory of links promises.

use domain::{CustomerId, CustomerKey, Field, Fingerprint, Fingerprints, RecordId};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{RIVALS, answered, at, awkward, claimant, shop};
use crate::{Claimant, Kept, Lease, Link, Links};

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
}

fn customer(id: u64) -> CustomerKey {
    CustomerKey { shop: shop("links"), customer: CustomerId::new(id) }
}

fn link(record: &str, fields: &[Field]) -> Link {
    let written: Fingerprints = fields
        .iter()
        .map(|field| (*field, Fingerprint::stored(&format!("{record}-{}", field.name()))))
        .collect();
    Link { record: RecordId::new(record), version: at(-1000), written }
}

async fn lease(links: &impl Links, customer: &CustomerKey, who: &Claimant) -> Lease {
    answered(links.lease(customer, who).await)
}

async fn kept(links: &impl Links, customer: &CustomerKey, who: &Claimant, link: &Link) {
    let lease = lease(links, customer, who).await;
    assert!(matches!(lease, Lease::Granted(_)), "{customer} should have been free");
    let kept = answered(links.keep(customer, who, link).await);
    assert_eq!(kept, Kept::Kept, "the writer of {customer} could not keep its link");
}

async fn a_new_customer_has_no_link_and_one_writer(links: &impl Links) {
    let customer = customer(1);
    assert_eq!(answered(links.link(&customer).await), None, "a new customer has no link");
    let mine = lease(links, &customer, &claimant("a", 0, 60)).await;
    assert_eq!(mine, Lease::Granted(None), "a new customer is free");
    let other = lease(links, &customer, &claimant("b", 1, 61)).await;
    assert_eq!(other, Lease::Held { until: at(60) }, "one customer, one writer");
    assert_eq!(answered(links.link(&customer).await), None, "a lease is not a link");
    let unknown = RecordId::new("nobody's");
    assert_eq!(answered(links.customer_of(&unknown).await), None, "nobody's record has no customer");
}

async fn a_link_comes_back_as_it_was_kept(links: &impl Links) {
    let customer = customer(u64::MAX);
    let full = link("r-2", &Field::ALL);
    let fine =
        Link { version: Timestamp::constant(1_899_999_999, 123_456_789), ..link("r-2", &[Field::Email]) };
    for (n, link) in [full, fine, link("r-2", &[])].iter().enumerate() {
        kept(links, &customer, &claimant(&format!("writer-{n}"), 0, 60), link).await;
        assert_eq!(answered(links.link(&customer).await).as_ref(), Some(link), "the link was changed");
        let owner = claimant(&format!("reader-{n}"), 1, 61);
        let lease = lease(links, &customer, &owner).await;
        assert_eq!(lease, Lease::Granted(Some(link.clone())), "a lease also returns the row");
        assert_eq!(answered(links.release(&customer, &owner).await), Kept::Kept);
        let back = answered(links.customer_of(&link.record).await);
        assert_eq!(back.as_ref(), Some(&customer), "the way back leads to the customer");
    }
}

async fn keeping_gives_the_lease_back(links: &impl Links) {
    let customer = customer(3);
    kept(links, &customer, &claimant("a", 0, 60), &link("r-3", &[])).await;
    let next = lease(links, &customer, &claimant("b", 0, 60)).await;
    assert!(matches!(next, Lease::Granted(Some(_))), "after keeping, the next may write at once");
}

async fn who_repeats_itself_gets_the_same_answer(links: &impl Links) {
    let (customer, who) = (customer(4), claimant("a", 0, 60));
    for _ in 0..2 {
        let again = lease(links, &customer, &who).await;
        assert_eq!(again, Lease::Granted(None), "a writer whose answer got lost waits for itself");
    }
    for _ in 0..2 {
        let again = answered(links.keep(&customer, &who, &link("r-4", &[Field::Phone])).await);
        assert_eq!(again, Kept::Kept, "a writer who keeps again is told that it lost its lease");
    }
}

async fn a_lease_that_ran_out_is_taken_over(links: &impl Links) {
    let customer = customer(5);
    assert_eq!(lease(links, &customer, &claimant("a", 0, 60)).await, Lease::Granted(None));
    let before = lease(links, &customer, &claimant("b", 59, 119)).await;
    assert_eq!(before, Lease::Held { until: at(60) }, "one second before it runs out it still holds");
    let after = lease(links, &customer, &claimant("c", 60, 120)).await;
    assert_eq!(after, Lease::Granted(None), "a dead writer blocks nobody once its time ran out");
    let first = lease(links, &customer, &claimant("a", 61, 121)).await;
    assert_eq!(first, Lease::Held { until: at(120) }, "the former writer has to wait like anybody");
}

async fn a_writer_who_died_leaves_what_was_written_in_doubt(links: &impl Links) {
    let (customer, before) = (customer(21), link("r-21", &[Field::Email]));
    kept(links, &customer, &claimant("a", 0, 60), &before).await;
    assert_eq!(lease(links, &customer, &claimant("dies", 0, 60)).await, Lease::Granted(Some(before.clone())));
    let (next, doubted) = (claimant("b", 60, 120), before.clone().in_doubt());
    assert_eq!(
        lease(links, &customer, &next).await,
        Lease::Granted(Some(doubted)),
        "nobody knows what it wrote"
    );
    assert_eq!(answered(links.keep(&customer, &next, &before).await), Kept::Kept);
    let (gives_up, late) = (claimant("c", 60, 120), claimant("never had it", 60, 120));
    assert_eq!(lease(links, &customer, &gives_up).await, Lease::Granted(Some(before.clone())));
    assert_eq!(answered(links.abandon(&customer, &late).await), Kept::LostLease, "only the owner abandons");
    assert_eq!(answered(links.abandon(&customer, &gives_up).await), Kept::Kept);
    let at_once = lease(links, &customer, &claimant("d", 61, 121)).await;
    assert_eq!(at_once, Lease::Granted(Some(before.clone().in_doubt())), "abandoned is over, and in doubt");
    assert_eq!(answered(links.keep(&customer, &claimant("d", 61, 121), &before).await), Kept::Kept);
    let sure = lease(links, &customer, &claimant("e", 62, 122)).await;
    assert_eq!(sure, Lease::Granted(Some(before)), "what was kept again is known again");
}

async fn a_former_writer_changes_nothing(links: &impl Links) {
    let (customer, former, owner) = (customer(6), claimant("a", 0, 60), claimant("b", 60, 120));
    for who in [&former, &owner] {
        assert_eq!(lease(links, &customer, who).await, Lease::Granted(None));
    }
    let late = answered(links.keep(&customer, &former, &link("r-6-late", &[])).await);
    assert_eq!(late, Kept::LostLease, "a former writer kept a link while another writes");
    assert_eq!(answered(links.link(&customer).await), None, "a former writer's link was kept");
    let back = answered(links.customer_of(&RecordId::new("r-6-late")).await);
    assert_eq!(back, None, "a former writer's way back was kept");
    let late = answered(links.release(&customer, &former).await);
    assert_eq!(late, Kept::LostLease, "a former writer released another's lease");
    let held = lease(links, &customer, &claimant("c", 61, 121)).await;
    assert_eq!(held, Lease::Held { until: at(120) }, "a former writer broke the new writer's lease");
    let right = link("r-6", &[Field::Email]);
    assert_eq!(answered(links.keep(&customer, &owner, &right).await), Kept::Kept);
    assert_eq!(answered(links.keep(&customer, &former, &link("r-6-late", &[])).await), Kept::LostLease);
    assert_eq!(answered(links.link(&customer).await), Some(right), "a former writer overwrote a link");
}

async fn a_late_writer_whom_nobody_replaced_may_keep(links: &impl Links) {
    let (customer, owner) = (customer(7), claimant("a", 0, 60));
    assert_eq!(lease(links, &customer, &owner).await, Lease::Granted(None));
    let late = Claimant { now: at(90), ..owner };
    let kept = answered(links.keep(&customer, &late, &link("r-7", &[])).await);
    assert_eq!(kept, Kept::Kept, "nobody else has it, so its work counts");
}

async fn releasing_gives_the_lease_back_and_changes_nothing_else(links: &impl Links) {
    let (customer, owner) = (customer(8), claimant("b", 0, 60));
    let before = link("r-8", &[Field::Tags]);
    kept(links, &customer, &claimant("a", 0, 60), &before).await;
    assert_eq!(lease(links, &customer, &owner).await, Lease::Granted(Some(before.clone())));
    assert_eq!(answered(links.release(&customer, &owner).await), Kept::Kept, "the writer may release");
    let next = lease(links, &customer, &claimant("c", 0, 60)).await;
    assert_eq!(next, Lease::Granted(Some(before)), "after a release the next may write at once");
    let never = answered(links.release(&self::customer(88), &owner).await);
    assert_eq!(never, Kept::LostLease, "a lease that never was cannot be released");
}

async fn of_many_who_ask_at_once_one_writes(links: &impl Links) {
    let customer = customer(9);
    let rivals: Vec<_> = (0..RIVALS).map(|n| claimant(&format!("rival-{n}"), 0, 60)).collect();
    let leases = join_all(rivals.iter().map(|rival| links.lease(&customer, rival))).await;
    let leases: Vec<_> = leases.into_iter().map(answered).collect();
    let granted = leases.iter().filter(|lease| **lease == Lease::Granted(None)).count();
    assert_eq!(granted, 1, "of {RIVALS} who ask at once exactly one writes");
    let told = leases.iter().filter(|lease| **lease == Lease::Held { until: at(60) }).count();
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
