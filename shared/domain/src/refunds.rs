//! How often, and how much, money went back to a customer.

use crate::{Currency, Money};

/// The refunds of a customer over the whole life, of orders that were no tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refunds {
    /// How many.
    pub count: u64,
    /// How much together, in the currency that the customer's spend is in. None where one of them was in another: a sum
    /// of two currencies says nothing.
    pub amount: Option<Money>,
}

impl Refunds {
    /// Adds up what went back; `currency` is that of the customer's spend.
    pub fn of(refunds: &[Money], currency: Currency) -> Self {
        let all_alike = refunds.iter().all(|refund| refund.currency == currency);
        let amount = refunds.iter().map(|refund| refund.amount).sum();
        Self { count: refunds.len() as u64, amount: all_alike.then_some(Money { amount, currency }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    #[test]
    fn s_040_what_went_back_is_counted_and_added_up_in_one_currency() {
        let usd = Currency::parse("USD").unwrap();
        let table: [(&[Money], u64, Option<&str>); 3] = [
            (&[], 0, Some("0")),
            (&[money("9.90", "USD"), money("0.10", "USD")], 2, Some("10.00")),
            (&[money("9.90", "USD"), money("0.10", "EUR")], 2, None),
        ];
        for (refunds, count, amount) in table {
            let amount = amount.map(|amount| money(amount, "USD"));
            assert_eq!(Refunds::of(refunds, usd), Refunds { count, amount });
        }
    }
}
