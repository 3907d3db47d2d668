//! What every memory of figures promises.

use futures_util::future::join_all;

use super::{RIVALS, answered, shop};
use crate::{Figure, Figures, LARGEST_FIGURE, StoreErrorKind};

/// Every promise of [`Figures`].
pub async fn figures(figures: &impl Figures) {
    a_figure_comes_back_as_it_was_kept(figures).await;
    who_has_not_seen_the_newest_state_changes_nothing(figures).await;
    of_many_who_add_at_once_none_is_lost(figures).await;
    no_figure_is_taken_for_another(figures).await;
    a_figure_may_be_so_large_and_no_larger(figures).await;
}

async fn read(figures: &impl Figures, name: &str) -> Option<Figure> {
    answered(figures.figure(&shop("figures"), name).await)
}

async fn keep(figures: &impl Figures, name: &str, bytes: &[u8], before: Option<u64>) -> bool {
    answered(figures.keep_figure(&shop("figures"), name, bytes, before).await)
}

async fn a_figure_comes_back_as_it_was_kept(figures: &impl Figures) {
    assert_eq!(read(figures, "spent:eur").await, None, "nobody ever kept it");
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let mut before = None;
    for bytes in [&all[..], &[], &[0, 0], &all[..3]] {
        assert!(keep(figures, "spent:eur", bytes, before).await, "nobody wrote meanwhile");
        let kept = read(figures, "spent:eur").await.expect("what was kept is there");
        assert_eq!(kept.bytes, bytes, "the figure was changed");
        assert_ne!(Some(kept.version), before, "a write makes the next version");
        before = Some(kept.version);
    }
}

async fn who_has_not_seen_the_newest_state_changes_nothing(figures: &impl Figures) {
    assert!(!keep(figures, "stale", b"0", Some(7)).await, "there is no version to follow");
    assert_eq!(read(figures, "stale").await, None, "a write that was refused made a figure");
    assert!(keep(figures, "stale", b"1", None).await);
    let first = read(figures, "stale").await.expect("it was kept");
    assert!(!keep(figures, "stale", b"2", None).await, "there is one already");
    assert!(keep(figures, "stale", b"3", Some(first.version)).await);
    assert!(!keep(figures, "stale", b"4", Some(first.version)).await, "another one was written meanwhile");
    let newest = read(figures, "stale").await.map(|figure| figure.bytes);
    assert_eq!(newest.as_deref(), Some(&b"3"[..]), "an older one went over a newer");
}

/// All write the same over the same: that they are alike must not make two of them one.
async fn of_many_who_add_at_once_none_is_lost(figures: &impl Figures) {
    let add = async || {
        let mut tries = 0;
        loop {
            let before = read(figures, "sum").await;
            let sum = before.as_ref().map_or(0, |figure| figure.bytes[0]) + 1;
            if keep(figures, "sum", &[sum], before.map(|figure| figure.version)).await {
                return;
            }
            tries += 1;
            assert!(tries <= RIVALS, "of those who write at once nobody got through");
        }
    };
    join_all((0..RIVALS).map(|_| add())).await;
    let sum = read(figures, "sum").await.map(|figure| usize::from(figure.bytes[0]));
    assert_eq!(sum, Some(RIVALS), "one who added was told that it was written, and it was not");
}

async fn no_figure_is_taken_for_another(figures: &impl Figures) {
    let all = [("figures", "one"), ("figures", "one:2"), ("figures", "one_2"), ("figures-2", "one")];
    for (place, name) in all {
        assert!(answered(figures.keep_figure(&shop(place), name, name.as_bytes(), None).await), "{name}");
    }
    for (place, name) in all {
        let kept = answered(figures.figure(&shop(place), name).await).map(|figure| figure.bytes);
        assert_eq!(kept.as_deref(), Some(name.as_bytes()));
    }
}

async fn a_figure_may_be_so_large_and_no_larger(figures: &impl Figures) {
    let large = vec![7; LARGEST_FIGURE + 1];
    assert!(keep(figures, "large", &large[1..], None).await, "it is just as large as it may be");
    let refused = figures.keep_figure(&shop("figures"), "larger", &large, None).await;
    let kind = refused.expect_err("it is larger than it may be").kind();
    assert_eq!(kind, StoreErrorKind::Refused);
}
