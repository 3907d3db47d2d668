//! What cannot be proven is not: a file with something wrong in it, an operation that ends badly.

use drift::{Cause, End};
use store::Runs as _;
use twin_shopify::{BulkFault, Faults};

use super::night::{Night, causes};
use crate::stories::living::buys;
use crate::world::shop;

#[tokio::test]
async fn s_161_a_file_with_anything_wrong_in_it_fails_the_run_loudly_and_the_watermark_stays() {
    let (night, customers) = Night::after(9).await;
    let whole = night.passes().await;
    let before = night.runs.standing(&shop()).await.unwrap().watermark;
    assert_eq!((before, before.is_some()), (whole.snapshot_at, true));
    buys(&night.world.shop, customers[3], "99.00");
    night.loses_all();
    night.later();
    for fault in [BulkFault::Cut, BulkFault::MissingLine, BulkFault::DoubledLine, BulkFault::BrokenJson] {
        night.world.shop.set_faults(Faults { bulk_next: vec![fault], ..Faults::default() }).unwrap();
        let report = night.passes().await;
        assert_eq!(report.end, Some(End::Failed("bulk_not_believed".into())), "{fault:?}");
        let why = report.why.unwrap();
        assert!(why.contains("line ") && !why.contains("example.com"), "{why}");
        assert_eq!((report.tally.queued, report.tally.shop_customers), (0, 0), "nothing of it counts");
        assert_eq!(night.runs.standing(&shop()).await.unwrap().watermark, before, "{fault:?}");
    }
    assert_eq!(causes(&night.passes().await), [(Cause::Stale, 1)], "the next whole one proves it");
    assert!(night.runs.standing(&shop()).await.unwrap().watermark > before);
}

#[tokio::test]
async fn s_165_an_operation_that_ends_badly_is_begun_anew_and_given_up_after_the_fourth() {
    let (night, _) = Night::after(9).await;
    let faults = |bulk_next| Faults { bulk_next, ..Faults::default() };
    let bad = vec![BulkFault::Failed, BulkFault::Canceled, BulkFault::Expired];
    night.world.shop.set_faults(faults(bad)).unwrap();
    assert!(night.passes().await.is_whole());
    night.world.shop.set_faults(faults(vec![BulkFault::Failed; 4])).unwrap();
    assert_eq!(night.passes().await.end, Some(End::Failed("bulk_failed".into())));
}

#[tokio::test]
async fn one_that_counts_no_further_is_cancelled_and_begun_anew() {
    let (night, _) = Night::after(9).await;
    night.world.shop.set_faults(Faults { bulk_next: vec![BulkFault::Stalled], ..Faults::default() }).unwrap();
    assert!(night.passes().await.is_whole());
}
