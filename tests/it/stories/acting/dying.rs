//! Whoever acts may die before, between and after.

use domain::{Deed, Field, Value};
use jiff::SignedDuration;
use store::memory::{Moment, Operation};

use super::{Scene, codes, deeds, message};

#[tokio::test]
async fn f_11_each_deed_is_done_once_however_often_it_is_asked_for() {
    let scene = Scene::new().await;
    for deed in deeds().iter().chain(&deeds()) {
        scene.fire(deed).await;
    }
    let acted = scene.act().await;
    assert_eq!(codes(&acted).iter().filter(|code| **code == "done").count(), 6, "{acted:?}");
    for deed in deeds() {
        scene.fire(&deed).await;
    }
    assert_eq!(codes(&scene.act().await), ["repeated"; 6]);
    for deed in deeds() {
        assert_eq!(scene.seen(&deed), 1, "{}", deed.name());
    }
    assert_eq!(scene.word(Field::Invitation), Some(Value::Text("Circle".into())));
    assert_eq!(scene.deeds.outcomes().len(), 6);
}

#[tokio::test]
async fn tasks_of_one_batch_are_one_call() {
    let scene = Scene::new().await;
    for deed in deeds() {
        scene.fire(&deed).await;
    }
    scene.act().await;
    let calls = scene.crm.calls();
    assert_eq!((calls.write_tasks, calls.write_notes, calls.write_deals, calls.apply), (1, 1, 1, 1));
}

#[tokio::test]
async fn f_11_who_dies_between_doing_and_remembering_does_it_once_more_and_only_a_message_shows() {
    for deed in deeds() {
        let scene = Scene::new().await;
        scene.fire(&deed).await;
        scene.faults.next(Operation::Done, 1, Moment::Before);
        assert_eq!(codes(&scene.act().await), ["store_failed"], "{}", deed.name());
        scene.settle().await;
        let is_message = matches!(deed, Deed::Message { .. });
        assert_eq!(scene.seen(&deed), if is_message { 2 } else { 1 }, "{}", deed.name());
        let repeats: Vec<_> = scene.chat.posted().iter().map(|posted| posted.message.repeat).collect();
        assert_eq!(repeats, if is_message { vec![false, true] } else { vec![] });
    }
}

#[tokio::test]
async fn who_dies_before_doing_leaves_it_to_the_next_once_the_time_is_up() {
    for deed in deeds() {
        let scene = Scene::new().await;
        scene.fire(&deed).await;
        scene.begun_by_the_dead(&deed).await;
        let acted = scene.act().await;
        assert_eq!(codes(&acted), ["held_by_another"], "{}", deed.name());
        assert_eq!(scene.seen(&deed), 0, "while somebody may be doing it, nobody else does");
        scene.settle().await;
        assert_eq!(scene.seen(&deed), 1, "{}", deed.name());
        assert!(scene.chat.posted().iter().all(|posted| posted.message.repeat), "it may have been posted");
    }
}

#[tokio::test]
async fn a_message_that_may_have_been_posted_says_so_and_one_that_was_not_does_not() {
    let scene = Scene::new().await;
    scene.chat.fail(notify::memory::Fault::lose_answer());
    scene.fire(&message("sales")).await;
    assert_eq!(codes(&scene.act().await), ["chat_unanswered"]);
    scene.settle().await;
    let repeats: Vec<_> = scene.chat.posted().iter().map(|posted| posted.message.repeat).collect();
    assert_eq!(repeats, [false, true]);

    let scene = Scene::new().await;
    scene.chat.fail(notify::memory::Fault::refuse(notify::NotifyErrorKind::Unavailable));
    scene.fire(&message("sales")).await;
    assert_eq!(codes(&scene.act().await), ["chat_unavailable"]);
    scene.settle().await;
    let repeats: Vec<_> = scene.chat.posted().iter().map(|posted| posted.message.repeat).collect();
    assert_eq!(repeats, [false]);
}

#[tokio::test]
async fn a_discount_whose_answer_is_lost_is_found_and_its_code_is_written() {
    let scene = Scene::new().await;
    let discount = deeds()[3].clone();
    scene.shelf.loses_the_next_answer();
    scene.fire(&discount).await;
    assert_eq!(codes(&scene.act().await), ["shop_unavailable"]);
    scene.settle().await;
    assert_eq!(scene.seen(&discount), 1);
}

#[tokio::test]
async fn nothing_is_begun_where_no_time_is_left() {
    let scene = Scene::new().await;
    for deed in deeds() {
        scene.fire(&deed).await;
    }
    let acted = scene.act_with(&scene.shelf, Some(&scene.chat), SignedDuration::from_secs(3)).await;
    assert_eq!(codes(&acted), ["out_of_time"; 6]);
    assert!(scene.deeds.begun().is_empty() && scene.chat.posted().is_empty());
    scene.settle().await;
    assert!(deeds().iter().all(|deed| scene.seen(deed) == 1));
}
