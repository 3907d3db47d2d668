//! What orders are usually worth is right again after a night, whatever was counted before.

use drift::{End, Purpose, Values};
use flows::Ask;
use rust_decimal::Decimal;
use statistics::OrderValues;
use store::Figures as _;
use twin_shopify::{BulkFault, Faults};

use super::night::{Night, PROOF};
use crate::stories::living::{buys, person};
use crate::world::shop;

const USD: &str = "order_values:usd";

/// What the signals are held against: how many orders, and the one in the middle.
async fn usual(night: &Night) -> (u64, Decimal) {
    let figure = night.world.stores.figures.figure(&shop(), USD).await.unwrap().unwrap();
    let values = OrderValues::from_bytes(&figure.bytes).unwrap();
    (values.count(), values.median().unwrap())
}

/// A shop whose orders are worth 10, 20 … 90, of which the messages told nothing that is true.
async fn miscounted(bytes: &[u8]) -> Night {
    let night = Night::new().await;
    for ten in 1..=9 {
        let customer = person(&night.world.shop, "B", "B", &format!("b{ten}@example.com"));
        buys(&night.world.shop, customer, &format!("{}.00", ten * 10));
    }
    night.world.live().await;
    night.later();
    let figures = &night.world.stores.figures;
    let before = figures.figure(&shop(), USD).await.unwrap().map(|figure| figure.version);
    assert!(figures.keep_figure(&shop(), USD, bytes, before).await.unwrap());
    night
}

fn around_fifty(median: Decimal) -> bool {
    (Decimal::new(495, 1)..=Decimal::new(505, 1)).contains(&median)
}

#[tokio::test]
async fn f_13_and_s_053_the_night_makes_the_median_anew_of_all_orders() {
    let mut wrong = OrderValues::default();
    (0..30).for_each(|_| wrong.add(&Decimal::ONE_THOUSAND));
    let night = miscounted(&wrong.to_bytes()).await;
    let report = night.passes().await;
    let (orders, median) = usual(&night).await;
    assert!(orders == 9 && around_fifty(median), "{orders} {median}");
    let told = Values { orders: 9, median: median.to_string(), is_kept: true };
    assert_eq!((&report.end, &report.values["USD"]), (&Some(End::Whole), &told));
}

#[tokio::test]
async fn f_13_a_figure_that_cannot_be_read_is_made_anew_too() {
    let night = miscounted(b"of another version").await;
    night.passes().await;
    let (orders, median) = usual(&night).await;
    assert!(orders == 9 && around_fifty(median), "{orders} {median}");
}

#[tokio::test]
async fn f_13_a_dry_run_tells_the_median_and_leaves_the_figure() {
    let mut wrong = OrderValues::default();
    wrong.add(&Decimal::ONE_THOUSAND);
    let night = miscounted(&wrong.to_bytes()).await;
    let dry = Ask::Begin { purpose: Purpose::Proof, dry_run: true, window: None };
    let report = night.runs(dry).await;
    let told = &report.values["USD"];
    assert!(told.orders == 9 && !told.is_kept, "{told:?}");
    assert_eq!(usual(&night).await.0, 1);
    night.runs(PROOF).await;
    assert_eq!(usual(&night).await.0, 9);
}

#[tokio::test]
async fn f_13_a_file_that_is_not_believed_changes_no_figure() {
    let mut wrong = OrderValues::default();
    wrong.add(&Decimal::ONE_THOUSAND);
    let night = miscounted(&wrong.to_bytes()).await;
    let bulk_next = vec![BulkFault::MissingLine];
    night.world.shop.set_faults(Faults { bulk_next, ..Faults::default() }).unwrap();
    let report = night.passes().await;
    assert!(matches!(report.end, Some(End::Failed(_))), "{report:?}");
    assert_eq!(usual(&night).await.0, 1);
}
