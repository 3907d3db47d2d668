//! Money is a decimal with its currency, never a float and never without a currency.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An ISO 4217 code, such as `USD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three capital letters.
    pub fn parse(text: &str) -> Result<Self, InvalidMoney> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(InvalidMoney::Currency),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidMoney;

    fn try_from(text: String) -> Result<Self, InvalidMoney> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// Why an amount was not money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidMoney {
    /// Not three capital letters.
    Currency,
    /// Not a decimal number.
    Amount,
}

impl fmt::Display for InvalidMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Currency => "the currency is not three capital letters",
            Self::Amount => "the amount is not a decimal number",
        })
    }
}

impl std::error::Error for InvalidMoney {}

/// An amount in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// How much, exactly.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Reads what Shopify writes: a decimal string and a code.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, InvalidMoney> {
        let amount = Decimal::from_str(amount).map_err(|_| InvalidMoney::Amount)?;
        Ok(Self { amount, currency: Currency::parse(currency)? })
    }

    /// This amount shared among `count`, to two decimals, or `None` where there is nobody to share it among.
    pub fn per(&self, count: u64) -> Option<Decimal> {
        let share = self.amount.checked_div(Decimal::from(count))?;
        Some(share.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_036_an_average_over_no_orders_is_nothing_and_no_error() {
        let spent = Money::parse("100.00", "USD").unwrap();
        assert_eq!(spent.per(0), None);
        assert_eq!(spent.per(3), Some(Decimal::new(3333, 2)));
    }

    #[test]
    fn a_tenth_thrice_is_three_tenths() {
        let tenth = Money::parse("0.1", "EUR").unwrap().amount;
        assert_eq!(tenth + tenth + tenth, Decimal::new(3, 1));
    }

    #[test]
    fn what_is_not_money_is_refused_by_its_part() {
        assert_eq!(Money::parse("ten", "USD"), Err(InvalidMoney::Amount));
        assert_eq!(Money::parse("10.00", "usd"), Err(InvalidMoney::Currency));
        assert_eq!(Money::parse("10.00", "€"), Err(InvalidMoney::Currency));
    }
}
