//! What every memory of long runs promises.

use domain::ShopDomain;
use futures_util::future::join_all;

use super::{RIVALS, answered, at, awkward, claimant, shop};
use crate::{Checkpoint, Claimant, REPORTS, RunLock, Runs, Standing, Told};

/// Every promise of [`Runs`].
pub async fn runs(runs: &impl Runs) {
    of_a_new_shop_nothing_is_known(runs).await;
    one_at_a_time_works_on_a_shop(runs).await;
    of_many_at_once_one_gets_the_lock(runs).await;
    a_run_goes_on_where_it_stopped(runs).await;
    a_large_body_comes_back_byte_by_byte(runs).await;
    who_lost_the_lock_changes_nothing(runs).await;
    what_was_concluded_is_over_and_told(runs).await;
    the_watermark_stays_where_none_is_given(runs).await;
    the_newest_reports_are_kept(runs).await;
    what_was_concluded_is_to_be_told_until_it_was(runs).await;
}

async fn lock(runs: &impl Runs, shop: &ShopDomain, who: &Claimant) -> RunLock {
    answered(runs.lock(shop, who).await)
}

async fn holds(runs: &impl Runs, shop: &ShopDomain, who: &Claimant) {
    assert!(matches!(lock(runs, shop, who).await, RunLock::Granted(_)), "{} got no lock", who.owner);
}

async fn save(runs: &impl Runs, shop: &ShopDomain, who: &Claimant, head: &str, body: Option<&[u8]>) -> bool {
    answered(runs.save(shop, who, head, body).await)
}

async fn of_a_new_shop_nothing_is_known(runs: &impl Runs) {
    let shop = shop("runs-new");
    assert_eq!(answered(runs.standing(&shop).await), Standing::default());
    assert_eq!(answered(runs.reports(&shop).await), Vec::<String>::new());
    let answer = lock(runs, &shop, &claimant("first", 0, 60)).await;
    assert_eq!(answer, RunLock::Granted(None), "a first run begins at its beginning");
}

async fn one_at_a_time_works_on_a_shop(runs: &impl Runs) {
    let (shop, other) = (shop("runs-one"), shop("runs-other"));
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    holds(runs, &shop, &claimant("one", 1, 61)).await;
    holds(runs, &other, &claimant("two", 1, 61)).await;
    assert_eq!(lock(runs, &shop, &claimant("two", 60, 120)).await, RunLock::Held(at(61)));
    assert_eq!(answered(runs.standing(&shop).await).held_until, Some(at(61)));
    holds(runs, &shop, &claimant("two", 61, 121)).await;
    assert!(answered(runs.unlock(&shop, &claimant("two", 62, 0)).await));
    assert!(answered(runs.unlock(&shop, &claimant("two", 62, 0)).await), "said again, it is so again");
    assert_eq!(answered(runs.standing(&shop).await).held_until, None);
    holds(runs, &shop, &claimant("three", 62, 122)).await;
    assert!(!answered(runs.unlock(&shop, &one).await), "a lock of somebody else's was given back");
}

async fn of_many_at_once_one_gets_the_lock(runs: &impl Runs) {
    let shop = shop("runs-race");
    let rivals: Vec<_> = (0..RIVALS).map(|n| claimant(&format!("rival-{n}"), 0, 60)).collect();
    let answers = join_all(rivals.iter().map(|rival| lock(runs, &shop, rival))).await;
    let granted = answers.iter().filter(|answer| matches!(answer, RunLock::Granted(_))).count();
    assert_eq!(granted, 1, "one lock, one owner");
}

async fn a_run_goes_on_where_it_stopped(runs: &impl Runs) {
    let shop = shop("runs-on");
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    for (head, body) in [("first", Some(&b"bytes"[..])), ("second", None)] {
        assert!(save(runs, &shop, &one, head, body).await);
    }
    let kept = |head: &str, body: &[u8]| {
        RunLock::Granted(Some(Checkpoint { head: head.to_owned(), body: body.to_vec() }))
    };
    assert_eq!(lock(runs, &shop, &claimant("two", 60, 120)).await, kept("second", b"bytes"));
    assert_eq!(answered(runs.standing(&shop).await).head.as_deref(), Some("second"));
    let two = claimant("two", 60, 120);
    for text in awkward::TEXTS.iter().filter(|text| !text.is_empty()) {
        assert!(save(runs, &shop, &two, text, Some(text.as_bytes())).await);
        assert_eq!(lock(runs, &shop, &two).await, kept(text, text.as_bytes()));
    }
    assert!(save(runs, &shop, &two, "none", Some(&[])).await);
    assert_eq!(lock(runs, &shop, &two).await, kept("none", &[]), "an empty body is a body");
}

async fn a_large_body_comes_back_byte_by_byte(runs: &impl Runs) {
    let shop = shop("runs-large");
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    for length in [1_500_000_usize, 10, 900_000] {
        let body: Vec<u8> = (0..length).map(|n| u8::try_from(n * 31 % 251).unwrap_or_default()).collect();
        assert!(save(runs, &shop, &one, &length.to_string(), Some(&body)).await);
        let RunLock::Granted(Some(kept)) = lock(runs, &shop, &one).await else { panic!("nothing was kept") };
        assert_eq!(kept.head, length.to_string());
        assert!(kept.body == body, "a body of {length} bytes came back as another");
    }
}

async fn who_lost_the_lock_changes_nothing(runs: &impl Runs) {
    let shop = shop("runs-lost");
    let (late, new) = (claimant("late", 0, 10), claimant("new", 10, 60));
    holds(runs, &shop, &late).await;
    assert!(save(runs, &shop, &late, "late", Some(b"late")).await);
    holds(runs, &shop, &new).await;
    assert!(!save(runs, &shop, &late, "later", Some(b"later")).await, "a fence let somebody through");
    assert!(!answered(runs.conclude(&shop, &late, "{}", Some(at(1))).await), "a fence let somebody through");
    let kept = Checkpoint { head: "late".into(), body: b"late".to_vec() };
    assert_eq!(lock(runs, &shop, &new).await, RunLock::Granted(Some(kept)));
    assert_eq!(answered(runs.reports(&shop).await), Vec::<String>::new());
    assert!(!save(runs, &self::shop("runs-nobody"), &new, "x", None).await, "no lock, no checkpoint");
}

async fn what_was_concluded_is_over_and_told(runs: &impl Runs) {
    let shop = shop("runs-over");
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    assert!(save(runs, &shop, &one, "head", Some(b"body")).await);
    for _ in 0..2 {
        assert!(answered(runs.conclude(&shop, &one, "{\"run\":1}", Some(at(-5))).await));
    }
    let expected = Standing { head: None, held_until: Some(at(60)), watermark: Some(at(-5)) };
    assert_eq!(answered(runs.standing(&shop).await), expected);
    assert_eq!(answered(runs.reports(&shop).await), ["{\"run\":1}"], "said twice, it is told once");
    assert_eq!(lock(runs, &shop, &one).await, RunLock::Granted(None), "the next run begins at its beginning");
}

async fn the_watermark_stays_where_none_is_given(runs: &impl Runs) {
    let shop = shop("runs-mark");
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    assert!(answered(runs.conclude(&shop, &one, "whole", Some(at(-9))).await));
    assert!(answered(runs.conclude(&shop, &one, "failed", None).await));
    assert_eq!(answered(runs.standing(&shop).await).watermark, Some(at(-9)));
    assert_eq!(answered(runs.reports(&shop).await), ["failed", "whole"]);
}

async fn the_newest_reports_are_kept(runs: &impl Runs) {
    let shop = shop("runs-many");
    let one = claimant("one", 0, 60);
    holds(runs, &shop, &one).await;
    for n in 0..REPORTS + 3 {
        assert!(answered(runs.conclude(&shop, &one, &n.to_string(), None).await));
    }
    let reports = answered(runs.reports(&shop).await);
    assert_eq!((reports.len(), reports.first()), (REPORTS, Some(&(REPORTS + 2).to_string())));
}

async fn what_was_concluded_is_to_be_told_until_it_was(runs: &impl Runs) {
    let shop = shop("runs-told");
    let (one, other) = (claimant("one", 0, 60), claimant("other", 1, 60));
    assert_eq!(answered(runs.told(&shop).await), Told::default());
    assert!(!answered(runs.tell(&shop, &one, "x", true).await), "who holds nothing told something");
    holds(runs, &shop, &one).await;
    assert!(answered(runs.conclude(&shop, &one, "night", None).await));
    assert_eq!(answered(runs.told(&shop).await), Told { text: None, is_due: true });
    assert!(!answered(runs.tell(&shop, &other, "x", false).await), "a fence let somebody through");
    for (text, is_due) in [("half", true), ("all", false), ("all", false)] {
        assert!(answered(runs.tell(&shop, &one, text, is_due).await));
        assert_eq!(answered(runs.told(&shop).await), Told { text: Some(text.to_owned()), is_due });
    }
    assert!(answered(runs.conclude(&shop, &one, "next night", None).await));
    assert_eq!(answered(runs.told(&shop).await), Told { text: Some("all".to_owned()), is_due: true });
    assert!(answered(runs.unlock(&shop, &one).await));
    holds(runs, &shop, &other).await;
    assert!(!answered(runs.tell(&shop, &one, "x", false).await), "a fence let somebody through");
}
