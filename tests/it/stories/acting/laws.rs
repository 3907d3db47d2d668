//! Whatever fails and whoever dies, in whatever order.

use crm::CrmErrorKind;
use crm::memory::Fault;
use notify::NotifyErrorKind;
use notify::memory::Fault as ChatFault;
use proptest::prelude::*;
use store::memory::{Moment, Operation};

use super::{Scene, deeds};

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Happens {
    /// It is decided on, again.
    Fired(usize),
    /// Somebody acts on what can be received.
    Acted,
    /// Somebody begins it and dies.
    BegunByTheDead(usize),
    /// Time goes by.
    Waited,
    /// The next call to a store fails, before or after it did something.
    StoreFails(usize, bool),
    /// The next call to the CRM is refused, or its answer gets lost.
    CrmFails(bool),
    /// The next message is refused, or its answer gets lost.
    ChatFails(bool),
    /// The next discount's answer gets lost.
    ShopFails,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0..6usize).prop_map(Happens::Fired),
        4 => Just(Happens::Acted),
        1 => (0..6usize).prop_map(Happens::BegunByTheDead),
        2 => Just(Happens::Waited),
        2 => (0..4usize, any::<bool>()).prop_map(|(which, after)| Happens::StoreFails(which, after)),
        1 => any::<bool>().prop_map(Happens::CrmFails),
        1 => any::<bool>().prop_map(Happens::ChatFails),
        1 => Just(Happens::ShopFails),
    ]
}

const CALLS: [Operation; 4] =
    [Operation::Begin, Operation::Done, Operation::Undone, Operation::ComeBackAfter];

async fn happen(scene: &Scene, what: Happens) {
    match what {
        Happens::Fired(which) => scene.fire(&deeds()[which]).await,
        Happens::Acted => drop(scene.act().await),
        Happens::BegunByTheDead(which) => {
            scene.faults.clear();
            scene.begun_by_the_dead(&deeds()[which]).await;
        }
        Happens::Waited => scene.clock.advance(std::time::Duration::from_secs(90)),
        Happens::StoreFails(which, after) => {
            let moment = if after { Moment::After } else { Moment::Before };
            scene.faults.next(CALLS[which], 1, moment);
        }
        Happens::CrmFails(true) => scene.crm.fail(Fault::lose_answer()),
        Happens::CrmFails(false) => scene.crm.fail(Fault::refuse(CrmErrorKind::Unavailable)),
        Happens::ChatFails(true) => scene.chat.fail(ChatFault::lose_answer()),
        Happens::ChatFails(false) => scene.chat.fail(ChatFault::refuse(NotifyErrorKind::Unavailable)),
        Happens::ShopFails => scene.shelf.loses_the_next_answer(),
    }
}

proptest! {
    // What failed is told, and not written down: a folder of it among the rooms would be taken for one.
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f_11_each_deed_is_done_once_and_a_message_more_often_only_where_it_says_so(
        story in prop::collection::vec(happens(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::new().await;
            for what in story {
                happen(&scene, what).await;
            }
            for deed in deeds() {
                scene.fire(&deed).await;
            }
            scene.settle().await;
            for deed in deeds().iter().filter(|deed| deed.name() != "message") {
                assert_eq!(scene.seen(deed), 1, "{}", deed.name());
            }
            let posted = scene.chat.posted();
            assert!(!posted.is_empty(), "a message is never lost");
            let plain = posted.iter().filter(|posted| !posted.message.repeat).count();
            assert!(plain <= 1, "every further one says that it may be a repetition: {posted:?}");
            assert_eq!(scene.deeds.outcomes().len(), 6);
        });
    }
}
