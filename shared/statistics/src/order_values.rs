//! The values of a shop's orders in one currency.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use sketches_ddsketch::{Config, DDSketch};

use crate::bytes::{self, Unreadable};

/// Many order values, of which the median is known to 1 %. See the crate's documentation for how true and how large it is.
#[derive(Clone)]
pub struct OrderValues {
    /// In whole cents, so that adding up is exact and the same in any order.
    sketch: DDSketch,
}

/// How far what is said of a value may be away from it.
const ACCURACY: f64 = 0.01;
/// More ranges than there can be from nothing to `LARGEST`, so none is ever folded into another. It is the sketch's own
/// number, which its bytes do not name.
const RANGES: u32 = 2048;
/// What is nearer to zero counts as zero: below a cent there is nothing else. It is the sketch's own number too.
const NOTHING: f64 = 1.0e-9;
/// A million millions: no order is worth more, in any currency.
const LARGEST: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);
/// The same in hundredths.
const LARGEST_CENTS: u64 = 100_000_000_000_000;

impl OrderValues {
    /// What 10 million orders between 1 and 100,000 take at most: 577 ranges, each with a step of one byte and a count of at
    /// most five, and what stands before them.
    pub const MANY_ORDERS_BYTES: usize = 3_600;

    /// What any number of orders takes at most: 1,613 ranges, each with a step of two bytes and a count of at most nine.
    pub const MOST_BYTES: usize = 18_000;

    /// Adds the value of an order, in units of the currency.
    pub fn add(&mut self, value: &Decimal) {
        let cents = ((*value).clamp(Decimal::ZERO, LARGEST) * Decimal::ONE_HUNDRED).round();
        self.add_cents(cents.to_u64().unwrap_or_default());
    }

    /// Adds the value of an order in hundredths of the currency's unit.
    pub fn add_cents(&mut self, cents: u64) {
        // A whole number of at most fifteen digits is a float without loss, so there is always one.
        self.sketch.add(cents.min(LARGEST_CENTS).to_f64().unwrap_or_default());
    }

    /// Adds all that the other has seen.
    pub fn merge(&mut self, other: &Self) {
        let merged = self.sketch.merge(&other.sketch);
        debug_assert!(merged.is_ok(), "all have the same ranges: from_bytes refuses others");
    }

    /// The value in the middle, in cents' steps; of an even number the lower of the two. None where there is no order.
    pub fn median(&self) -> Option<Decimal> {
        let middle = self.sketch.quantile(0.5).ok().flatten()?;
        let cents = middle.max(self.sketch.min()?).min(self.sketch.max()?);
        Some(Decimal::from_f64(cents.round())? / Decimal::ONE_HUNDRED)
    }

    /// How many orders were added.
    pub fn count(&self) -> u64 {
        u64::try_from(self.sketch.count()).unwrap_or(u64::MAX)
    }

    /// As they are kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes::framed(&self.sketch.to_java_bytes())
    }

    /// Reads what [`OrderValues::to_bytes`] wrote; anything else is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let body = bytes::unframed(bytes)?;
        let read = DDSketch::from_java_bytes(body).map_err(|_| Unreadable::Damaged)?;
        let mut values = Self::default();
        // Ranges of another width cannot be merged, so they are found here.
        values.sketch.merge(&read).map_err(|_| Unreadable::Damaged)?;
        Ok(values)
    }
}

impl Default for OrderValues {
    /// Of no orders.
    fn default() -> Self {
        Self { sketch: DDSketch::new(Config::new(ACCURACY, RANGES, NOTHING)) }
    }
}

/// The same where the same would be kept.
impl PartialEq for OrderValues {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl Eq for OrderValues {}

impl fmt::Debug for OrderValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderValues({} orders, median {:?})", self.count(), self.median())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn of(cents: &[i64]) -> OrderValues {
        let mut values = OrderValues::default();
        for cents in cents {
            values.add(&Decimal::new(*cents, 2));
        }
        values
    }

    fn merged(one: &OrderValues, other: &OrderValues) -> OrderValues {
        let mut all = one.clone();
        all.merge(other);
        all
    }

    /// From a cent to a hundred millions, small ones as often as large ones; free orders now and then.
    fn cents() -> impl Strategy<Value = i64> {
        prop_oneof![1 => Just(0), 9 => (0_u32..11).prop_flat_map(|digits| 1..=10_i64.pow(digits))]
    }

    proptest! {
        #[test]
        fn f_13_the_median_is_within_a_hundredth_of_the_exact_one(mut cents in vec(cents(), 1..200)) {
            let median = of(&cents).median().unwrap();
            cents.sort_unstable();
            let exact = Decimal::new(cents[(cents.len() - 1) / 2], 2);
            let allowed = exact * Decimal::new(1, 2) + Decimal::new(5, 3);
            prop_assert!((median - exact).abs() <= allowed, "{median}, not {exact}");
        }

        #[test]
        fn in_which_order_and_how_they_are_merged_makes_no_difference(
            a in vec(cents(), 0..40), b in vec(cents(), 0..40), c in vec(cents(), 0..40),
        ) {
            let all = of(&[&a[..], &b, &c].concat());
            let (a, b, c) = (of(&a), of(&b), of(&c));
            prop_assert_eq!(&merged(&merged(&a, &b), &c), &all);
            prop_assert_eq!(&merged(&a, &merged(&b, &c)), &all);
            prop_assert_eq!(&merged(&c, &merged(&b, &a)), &all);
        }

        #[test]
        fn what_is_kept_comes_back_and_goes_on(cents in vec(cents(), 0..100), more in cents()) {
            let mut values = of(&cents);
            let mut back = OrderValues::from_bytes(&values.to_bytes()).unwrap();
            prop_assert_eq!(&back, &values);
            prop_assert_eq!((back.count(), back.median()), (values.count(), values.median()));
            for values in [&mut values, &mut back] {
                values.add(&Decimal::new(more, 2));
            }
            prop_assert_eq!(back, values);
        }

        #[test]
        fn bytes_that_were_cut_or_changed_are_refused(cents in vec(cents(), 0..20), at: usize, flip in 1_u8..) {
            let bytes = of(&cents).to_bytes();
            let at = at % bytes.len();
            prop_assert!(OrderValues::from_bytes(&bytes[..at]).is_err());
            let mut changed = bytes;
            changed[at] ^= flip;
            prop_assert!(OrderValues::from_bytes(&changed).is_err());
        }

        #[test]
        fn bytes_that_were_never_ours_are_refused(bytes in vec(any::<u8>(), 0..60)) {
            prop_assert!(OrderValues::from_bytes(&bytes).is_err());
        }
    }

    #[test]
    fn without_orders_there_is_no_median_and_of_one_it_is_the_order() {
        assert_eq!((of(&[]).median(), of(&[]).count()), (None, 0));
        assert_eq!(of(&[4_990]).median(), Some(Decimal::new(4_990, 2)));
        assert_eq!(of(&[4_990; 1000]).median(), Some(Decimal::new(4_990, 2)), "all cost the same");
    }

    #[test]
    fn what_no_order_is_worth_counts_as_the_nearest_that_one_may_be() {
        let mut values = of(&[-500]);
        assert_eq!(values.median(), Some(Decimal::ZERO));
        assert_eq!(LARGEST, "1000000000000".parse().unwrap());
        for _ in 0..2 {
            values.add(&Decimal::MAX);
        }
        let median = values.median().unwrap();
        assert!(median <= LARGEST && median >= LARGEST * Decimal::new(99, 2), "{median}");
        assert_eq!(OrderValues::from_bytes(&values.to_bytes()).unwrap(), values);
    }

    /// Every range of these is filled, and the counts are as long as they get.
    #[test]
    fn ten_million_orders_take_no_more_bytes_than_is_said() {
        let tenth: Vec<i64> = (0..10_000_i32)
            .map(|step| (100.0 * 100_000_f64.powf(f64::from(step) / 9_999.0)).round().to_i64().unwrap())
            .collect();
        let (part, mut all) = (of(&tenth), OrderValues::default());
        (0..1_000).for_each(|_| all.merge(&part));
        assert_eq!(all.count(), 10_000_000);
        let size = all.to_bytes().len();
        assert!(size <= OrderValues::MANY_ORDERS_BYTES, "{size} bytes");
        assert!(size > 1_000, "{size} bytes: the ranges are not filled");
    }

    #[test]
    fn nothing_takes_more_bytes_than_is_said() {
        let mut all = OrderValues::default();
        let mut value = Decimal::new(1, 2);
        while value <= LARGEST {
            all.add(&value);
            value = (value * Decimal::new(101, 2)).round_dp(2).max(value + Decimal::new(1, 2));
        }
        (0..40).for_each(|_| all.merge(&all.clone()));
        let size = all.to_bytes().len();
        assert!(size <= OrderValues::MOST_BYTES, "{size} bytes");
        assert!(size > OrderValues::MOST_BYTES / 4, "{size} bytes: the ranges are not filled");
    }
}
