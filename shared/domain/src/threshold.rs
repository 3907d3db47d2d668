//! An amount that something has to be above.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::{Currency, Money};

/// An amount of money to be above of, strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// How much.
    pub amount: Decimal,
    /// Of what; none for the shop's own currency, whichever that is.
    pub currency: Option<Currency>,
}

/// Why a text was no threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidThreshold;

impl fmt::Display for InvalidThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount, with or without a currency, such as \"500.00 USD\"")
    }
}

impl std::error::Error for InvalidThreshold {}

impl FromStr for Threshold {
    type Err = InvalidThreshold;

    /// Reads `500.00 USD`, or `500.00` for the shop's own currency. It is not negative.
    fn from_str(text: &str) -> Result<Self, InvalidThreshold> {
        let (amount, currency) = match text.split_once(' ') {
            Some((amount, code)) => (amount, Some(Currency::parse(code).map_err(|_| InvalidThreshold)?)),
            None => (text, None),
        };
        // `Decimal` would take a sign, an exponent and `_` too.
        if !amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(InvalidThreshold);
        }
        let amount = Decimal::from_str(amount).map_err(|_| InvalidThreshold)?;
        Ok(Self { amount, currency })
    }
}

impl Threshold {
    /// Whether `money`, in the shop's currency, is above it; none where the threshold is in another currency.
    pub fn is_exceeded_by(&self, money: &Money) -> Option<bool> {
        let is_comparable = self.currency.is_none_or(|currency| currency == money.currency);
        is_comparable.then_some(money.amount > self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_an_amount_and_perhaps_a_currency() {
        let usd: Threshold = "500.00 USD".parse().unwrap();
        assert_eq!(usd, Threshold { amount: 500.into(), currency: Some(Currency::parse("USD").unwrap()) });
        assert_eq!("500".parse(), Ok(Threshold { amount: 500.into(), currency: None }));
        for text in ["", "USD", "500.00  USD", "500 usd", "-1", "5e2", "500,00"] {
            assert_eq!(text.parse::<Threshold>(), Err(InvalidThreshold), "{text}");
        }
    }

    #[test]
    fn another_currency_cannot_be_compared() {
        let usd: Threshold = "500.00 USD".parse().unwrap();
        assert_eq!(usd.is_exceeded_by(&Money::parse("900", "EUR").unwrap()), None);
        assert_eq!(usd.is_exceeded_by(&Money::parse("900", "USD").unwrap()), Some(true));
    }
}
