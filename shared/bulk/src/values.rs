//! The values of all orders of a file, by currency.

use std::collections::BTreeMap;

use domain::Currency;
use statistics::OrderValues;

use crate::group::{currency, read_currency};
use crate::line::OrderLine;
use crate::record::{self, Taking};

/// Billionths in a hundredth.
const CENT: i128 = 10_000_000;

/// The values of orders, as far as they were read.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Mostly of one currency, and so found at once.
    all: Vec<(Currency, OrderValues)>,
}

impl Values {
    /// Counts an order: a test is none, and one of which nothing came in, or everything went back, has no value.
    pub(crate) fn add(&mut self, order: &OrderLine<'_>) {
        let cents = (order.net.amount.0 + CENT / 2) / CENT;
        let Some(cents) = u64::try_from(cents).ok().filter(|cents| *cents > 0 && !order.is_test) else {
            return;
        };
        self.of(order.net.currency).add_cents(cents);
    }

    fn of(&mut self, wanted: Currency) -> &mut OrderValues {
        let found = self.all.iter().position(|(known, _)| *known == wanted);
        let index = found.unwrap_or_else(|| {
            self.all.push((wanted, OrderValues::default()));
            self.all.len() - 1
        });
        &mut self.all[index].1
    }

    pub(crate) fn by_currency(self) -> BTreeMap<Currency, OrderValues> {
        self.all.into_iter().collect()
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        record::number(to, self.all.len() as u64);
        for (code, values) in &self.all {
            currency(to, *code);
            record::bytes(to, &values.to_bytes());
        }
    }

    pub(crate) fn read(from: &mut Taking<'_>) -> Option<Self> {
        let all = from.list(|from| {
            let code = read_currency(from)?;
            Some((code, OrderValues::from_bytes(from.bytes()?).ok()?))
        });
        Some(Self { all: all? })
    }
}
