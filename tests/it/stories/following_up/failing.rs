//! Somebody dies, or does not answer, between the event and what is done about it.

use store::memory::{Moment, Operation};
use twin_slack::{Fault, FaultKind};

use super::super::living::{ada, buys};
use super::{FIRST, VIP};
use crate::world::Office;

/// A first order that makes a VIP, and is of high value: two tasks and a message.
async fn a_great_order(office: &Office) -> u64 {
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "1000.00");
    office.live().await;
    ada
}

#[tokio::test]
async fn f_11_a_crash_between_the_post_and_its_mark_posts_once_more_and_says_so() {
    let office = Office::new().await;
    office.world.faults.next(Operation::Done, 3, Moment::Before);
    let ada = a_great_order(&office).await;
    let told = office.told();
    let again: Vec<_> = told.iter().map(|message| message.reads.contains("sent again")).collect();
    assert_eq!(again, [false, true], "at least once, and the second tells its readers");
    let mut subjects = office.subjects(ada);
    subjects.sort();
    assert_eq!(subjects, [VIP, FIRST], "a task is done once");
}

#[tokio::test]
async fn f_11_a_mark_whose_answer_is_lost_is_a_mark() {
    let office = Office::new().await;
    office.world.faults.next(Operation::Done, 3, Moment::After);
    let ada = a_great_order(&office).await;
    assert_eq!((office.told().len(), office.tasks(ada).len()), (1, 2));
}

#[tokio::test]
async fn s_136_and_f_11_while_the_queue_of_actions_is_down_nothing_is_lost_and_nothing_doubled() {
    for moment in [Moment::Before, Moment::After] {
        for failures in [1, 2, 4, 7] {
            let office = Office::new().await;
            office.world.faults.next(Operation::Fire, failures, moment);
            let ada = a_great_order(&office).await;
            let mut subjects = office.subjects(ada);
            subjects.sort();
            assert_eq!(subjects, [VIP, FIRST], "{failures} failures, {moment:?}");
            assert_eq!(office.told().len(), 1, "{failures} failures, {moment:?}");
            assert_eq!(office.labels(ada), ["First Purchase", "VIP Buyer"]);
        }
    }
}

#[tokio::test]
async fn f_11_and_f_13_a_worker_that_dies_after_it_asked_and_before_it_remembered_asks_for_the_same() {
    for moment in [Moment::Before, Moment::After] {
        let office = Office::new().await;
        office.world.faults.next(Operation::Keep, 1, moment);
        let ada = a_great_order(&office).await;
        assert_eq!((office.told().len(), office.tasks(ada).len()), (1, 2), "{moment:?}");
    }
}

#[tokio::test]
async fn s_119_a_chat_that_is_away_keeps_no_task_waiting_and_is_told_when_it_is_back() {
    let office = Office::new().await;
    office.workspace.set_faults(vec![Fault::new(FaultKind::Unavailable).times(2)]).unwrap();
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "1000.00");
    office.world.live().await;
    office.acts_once().await;
    assert_eq!((office.told().len(), office.tasks(ada).len()), (0, 2));
    office.acts().await;
    assert_eq!((office.told().len(), office.tasks(ada).len()), (1, 2));
    assert!(!office.told()[0].reads.contains("sent again"), "a refused post was not posted");
}

#[tokio::test]
async fn f_11_an_answer_of_the_crm_that_is_lost_is_one_task() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "10.00");
    office.world.live().await;
    let lost = twin_hubspot::Fault::new(twin_hubspot::FaultKind::AnswerLost).at("tasks/batch/create");
    office.world.portal.set_faults(vec![lost]).unwrap();
    office.acts().await;
    assert_eq!(office.subjects(ada), [FIRST]);
}

#[tokio::test]
async fn f_12_the_same_delivery_from_the_queue_again_after_everything_was_done_asks_for_nothing() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "1000.00");
    let deliveries = office.world.pending();
    office.takes(&deliveries).await;
    for delay in [1, 47, 49, 24 * 30] {
        office.world.clock.advance(std::time::Duration::from_hours(delay));
        assert!(office.takes(&deliveries).await.is_empty(), "{delay} hours later");
    }
    assert_eq!((office.told().len(), office.tasks(ada).len()), (1, 2));
}

#[tokio::test]
async fn f_12_deliveries_that_arrive_backwards_and_one_by_one_ask_for_what_those_in_order_do() {
    let mut seen = Vec::new();
    for backwards in [false, true] {
        let office = Office::new().await;
        let ada = ada(&office.world.shop);
        let order = buys(&office.world.shop, ada, "1000.00");
        office.world.a_minute_later();
        office.world.shop.refund(order, "50.00".parse().unwrap(), None).unwrap();
        let mut deliveries = office.world.pending();
        if backwards {
            deliveries.reverse();
        }
        for delivery in &deliveries {
            office.takes(std::slice::from_ref(delivery)).await;
        }
        seen.push((office.subjects(ada), office.labels(ada), office.told().len()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], (vec![FIRST.to_owned()], vec!["First Purchase".to_owned()], 1), "950.00 is no VIP's");
}
