//! What cannot be done, and why.

use std::time::Duration;

use crm::CrmErrorKind;
use crm::memory::Fault;
use notify::NotifyErrorKind;
use notify::memory::Fault as ChatFault;

use serde_json::json;

use super::{Scene, codes, deeds, message, sales};
use crate::world::World;

#[tokio::test]
async fn a_chat_that_asks_for_time_gets_it_and_the_message_is_no_repetition() {
    let scene = Scene::new().await;
    let wait = Duration::from_mins(5);
    scene.chat.fail(ChatFault::refuse(NotifyErrorKind::RateLimited { retry_after: Some(wait) }));
    scene.fire(&message("sales")).await;
    let acted = scene.act().await;
    assert!(acted[0].verdict.as_ref().is_err_and(|(_, after)| *after >= wait), "{acted:?}");
    scene.settle().await;
    assert!(scene.chat.posted().iter().all(|posted| !posted.message.repeat));
    assert_eq!(scene.chat.posted().len(), 1);
}

#[tokio::test]
async fn a_message_leads_to_the_contact_the_customer_and_the_order() {
    let scene = Scene::new().await;
    scene.fire(&message("sales")).await;
    scene.act().await;
    let urls: Vec<_> = scene.chat.messages(&sales())[0].links.iter().map(|link| link.url.clone()).collect();
    let store = "https://admin.shopify.com/store/demo";
    let contact = format!("https://crm.example.com/{}", scene.ada);
    assert_eq!(urls, [contact, format!("{store}/customers/7"), format!("{store}/orders/11")]);
}

#[tokio::test]
async fn a_channel_that_is_not_set_up_is_parked_with_those_that_are_and_can_be_replayed() {
    let scene = Scene::new().await;
    scene.fire(&message("vip")).await;
    assert_eq!(codes(&scene.act().await), ["chat_no_channel"]);
    let parked = scene.parked();
    assert!(
        parked[0].reason.contains("`vip`") && parked[0].reason.contains("there are: sales"),
        "{parked:?}"
    );
    scene.chat.set_up(notify::Channel::new("vip").unwrap());
    scene.fire(&message("vip")).await;
    assert_eq!(codes(&scene.act().await), ["done"], "what is parked is not done");
}

#[tokio::test]
async fn s_185_an_action_that_was_parked_is_listed_without_what_it_says_and_goes_back_to_its_queue() {
    let scene = Scene::new().await;
    scene.fire(&message("vip")).await;
    scene.act().await;
    let listed = scene.replay(json!({"action": "list", "from": "parked"})).await;
    let shown = serde_json::to_value(&listed.messages).unwrap();
    assert_eq!((&shown[0]["action"], &shown[0]["kind"]), (&json!("a_message"), &json!("message")));
    assert!(!shown.to_string().contains("spent much"), "{shown}");
    let other = scene.replay(json!({"action": "replay", "from": "parked", "kind": "task"})).await;
    assert_eq!(other.replayed, 0);

    scene.chat.set_up(notify::Channel::new("vip").unwrap());
    let replayed = scene.replay(json!({"action": "replay", "from": "parked", "kind": "message"})).await;
    assert_eq!((replayed.replayed, scene.parked().len()), (1, 0));
    assert_eq!(codes(&scene.act().await), ["done"]);
    assert_eq!(scene.chat.posted().len(), 1);
}

#[tokio::test]
async fn a_hook_that_was_taken_away_is_parked_once_it_is_not_renewed() {
    let scene = Scene::new().await;
    scene.chat.revoke(&sales());
    scene.fire(&message("sales")).await;
    let acted = scene.settle().await;
    assert_eq!(codes(&acted), ["chat_unauthorized"; 3]);
    assert!(scene.parked()[0].advice.contains("new hook"));
}

#[tokio::test]
async fn without_a_chat_a_message_is_over() {
    let scene = Scene::new().await;
    scene.fire(&message("sales")).await;
    let acted = scene.act_with(&scene.shelf, None, jiff::SignedDuration::from_secs(60)).await;
    assert_eq!(codes(&acted), ["no_chat"]);
}

#[tokio::test]
async fn while_the_crm_is_down_all_comes_back_and_is_done_once_after_it() {
    let scene = Scene::new().await;
    for deed in deeds() {
        scene.fire(&deed).await;
    }
    scene.crm.fail(Fault::refuse(CrmErrorKind::Unavailable).times(4));
    let acted = scene.act().await;
    assert_eq!(codes(&acted).iter().filter(|code| **code == "crm_unavailable").count(), 5, "{acted:?}");
    scene.settle().await;
    assert!(deeds().iter().all(|deed| scene.seen(deed) == 1));
}

#[tokio::test]
async fn what_was_merged_away_is_done_to_the_record_of_today() {
    let scene = Scene::new().await;
    let other = scene.crm.rep_creates(&std::collections::BTreeMap::new(), &[]);
    let survivor = scene.crm.merge(&other, &scene.ada).unwrap();
    scene.link(&survivor).await;
    for deed in deeds() {
        scene.fire(&deed).await;
    }
    scene.settle().await;
    assert_eq!(scene.crm.tasks()[0].contacts, std::slice::from_ref(&survivor));
    assert!(deeds().iter().all(|deed| scene.seen(deed) == 1));
}

#[tokio::test]
async fn a_contact_that_was_deleted_gets_nothing_and_it_is_over() {
    let scene = Scene::new().await;
    scene.crm.delete(&scene.ada);
    for deed in deeds().iter().filter(|deed| deed.name() != "message") {
        scene.fire(deed).await;
    }
    assert_eq!(codes(&scene.act().await), ["skipped"; 5]);
    assert_eq!(scene.deeds.outcomes().len(), 5);
}

#[tokio::test]
async fn s_063_a_discount_without_the_scope_is_parked_with_its_name() {
    let (scene, world) = (Scene::new().await, World::new().await);
    let access = crate::world::settings();
    let scopes = vec!["read_customers".to_owned()];
    world.twin.open_shop(crate::world::SHOP, twin_shopify::ShopSettings { scopes, ..access });
    scene.fire(&deeds()[3]).await;
    let minute = jiff::SignedDuration::from_secs(60);
    let acted = scene.act_with(&world.admin, None, minute).await;
    assert_eq!(codes(&acted), ["shop_scope_missing"], "{acted:?}");
    assert!(scene.parked()[0].reason.contains("write_discounts"));
    world.twin.open_shop(crate::world::SHOP, crate::world::settings());
}
