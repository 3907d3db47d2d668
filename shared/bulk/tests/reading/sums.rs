//! What a file comes to.

use std::collections::BTreeSet;

use bulk::{Amount, Arrangement, Buckets, Keep, Settings, Told};
use domain::{CustomerId, OrderId};

use crate::file::{File, grouped, read, settings, three};

#[test]
fn s_160_customers_with_their_orders_become_what_they_come_to() {
    let believed = three().read(grouped()).unwrap();
    let [five, seven, nine] = &believed.customers[..] else { panic!("{:?}", believed.customers) };
    assert_eq!((seven.customer, seven.orders, seven.refunds), (CustomerId::new(7), 2, 2));
    assert_eq!((seven.spent, seven.refunded), (Amount::parse("30.50"), Amount::parse("2.25")));
    let newest = seven.newest.as_ref().unwrap();
    assert_eq!((newest.id, newest.name.as_str()), (OrderId::new(72), "№72"));
    assert_eq!((five.orders, five.spent, &five.newest), (0, Amount::parse("0"), &None));
    assert_eq!((nine.orders, nine.spent), (1, Amount::parse("0.10")));
    assert_eq!((believed.counted, believed.uneven), (three().told(), 0));
    assert_eq!(believed.newest_update, Some(1_795_946_400));
}

#[test]
fn tests_count_for_nothing() {
    let test = "\"test\":true,\"refunds\":[],";
    let file = File::default().customer(7, 1).order(7, 71, 1, "5").order_with(7, 72, 9, "100", test);
    let believed = file.read(grouped()).unwrap();
    let seven = &believed.customers[0];
    assert_eq!((seven.orders, seven.spent), (1, Amount::parse("5")));
    assert_eq!(seven.newest.as_ref().unwrap().id, OrderId::new(71));
}

#[test]
fn the_newest_order_is_the_one_placed_last_and_of_two_the_higher_id() {
    let file = File::default().customer(7, 4).order(7, 75, 1, "1").order(7, 71, 8, "1").order(7, 74, 8, "1");
    let believed = file.order(7, 73, 8, "1").read(grouped()).unwrap();
    assert_eq!(believed.customers[0].newest.as_ref().unwrap().id, OrderId::new(74));
}

#[test]
fn a_sum_of_two_currencies_says_nothing() {
    let mut file = File::default().customer(7, 2).order(7, 71, 1, "1").order(7, 72, 2, "1");
    file.0[2] = file.0[2].replace("EUR", "USD");
    let believed = file.read(grouped()).unwrap();
    assert_eq!((believed.customers[0].orders, believed.customers[0].spent), (2, None));
}

#[test]
fn a_file_of_nothing_is_believed() {
    let believed = read("", Told { objects: 0, roots: 0, bytes: 0 }, grouped()).unwrap();
    assert_eq!((believed.customers.len(), believed.newest_update), (0, None));
    assert_eq!(believed.buckets.all().len(), 4);
}

#[test]
fn the_last_line_may_have_no_end() {
    let text = three().text();
    let text = text.trim_end();
    let told = Told { bytes: text.len() as u64, ..three().told() };
    assert_eq!(read(text, told, grouped()).unwrap().customers, three().read(grouped()).unwrap().customers);
}

#[test]
fn the_buckets_have_every_checksum_whoever_is_kept() {
    let whole = three().read(grouped()).unwrap();
    let mut by_hand = Buckets::new(grouped().buckets);
    for commerce in &whole.customers {
        by_hand.add(Buckets::index(commerce.customer, grouped().buckets), commerce.checksum(&grouped().key));
    }
    assert_eq!(whole.buckets, by_hand);
    let bucket = Buckets::index(CustomerId::new(7), grouped().buckets);
    let some = Settings { keep: Keep::Buckets(BTreeSet::from([bucket])), ..grouped() };
    let some = three().read(some).unwrap();
    assert_eq!(some.buckets, by_hand);
    assert!(some.customers.iter().all(|c| Buckets::index(c.customer, grouped().buckets) == bucket));
    assert!(some.customers.iter().any(|c| c.customer == CustomerId::new(7)));
    let nobody = three().read(Settings { keep: Keep::Nobody, ..grouped() }).unwrap();
    assert_eq!((nobody.buckets, nobody.customers.len()), (by_hand, 0));
}

#[test]
fn the_order_of_customers_and_of_their_orders_does_not_matter() {
    let other = File::default()
        .customer(9, 1)
        .order(9, 91, 1, "0.1")
        .customer(7, 2)
        .order(7, 72, 5, "20")
        .refunded(7, 71, "10.50", &["2.00", "0.0", "0.25"])
        .customer(5, 0);
    assert_eq!(other.read(grouped()), three().read(grouped()));
}

#[test]
fn lines_in_any_order_come_to_the_same() {
    let mut file = three();
    file.0.rotate_left(1);
    assert_eq!(file.read(settings(Arrangement::Any)), three().read(grouped()));
    file.0.reverse();
    assert_eq!(file.read(settings(Arrangement::Any)), three().read(grouped()));
}

#[test]
fn s_161_customers_of_whom_the_shop_counts_other_orders_are_counted() {
    let file = File::default().customer(7, 3).order(7, 71, 1, "5").customer(9, 0);
    assert_eq!(file.read(grouped()).unwrap().uneven, 1);
}

#[test]
fn f_13_the_values_of_orders_are_gathered_by_currency_without_tests_and_what_was_worth_nothing() {
    let test = "\"test\":true,\"refunds\":[],";
    let mut file = File::default().customer(7, 6).order(7, 71, 1, "10.00").order(7, 72, 2, "30.00");
    file = file.order(7, 73, 3, "0").order_with(7, 74, 4, "999", test).order(7, 75, 5, "20.00");
    file = file.order(7, 76, 6, "500");
    let last = file.0.len() - 1;
    file.0[last] = file.0[last].replace("EUR", "JPY");
    let believed = file.read(grouped()).unwrap();
    let of = |code: &str| &believed.values[&domain::Currency::parse(code).unwrap()];
    assert_eq!((believed.values.len(), of("EUR").count(), of("JPY").count()), (2, 3, 1));
    let median: f64 = of("EUR").median().unwrap().to_string().parse().unwrap();
    assert!((19.8..=20.2).contains(&median), "{median}");
    let unasked = file.read(Settings { values: false, ..grouped() }).unwrap();
    assert!(unasked.values.is_empty());
}
