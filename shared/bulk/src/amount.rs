//! An amount of money as a whole number of billionths: exact, quick to add, and the same bytes everywhere.

use rust_decimal::Decimal;

/// Decimal places that are kept. No currency has as many.
const PLACES: u32 = 9;
/// So many digits before and after the point fit without care for overflow; no amount of a shop has as many.
const MOST_DIGITS: usize = 18;

/// An amount, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub(crate) i128);

impl Amount {
    /// Reads a decimal string such as `-12.50`; none where it is none, or has more than 18 digits or nine places.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text.as_bytes())
    }

    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let (digits, negative) = match text {
            [b'-', digits @ ..] => (digits, true),
            digits => (digits, false),
        };
        let (mut units, mut places, mut seen) = (0_i64, None, 0);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    units = units.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                    seen += 1;
                    places = places.map(|places| places + 1);
                }
                b'.' if places.is_none() && seen > 0 => places = Some(0),
                _ => return None,
            }
        }
        let whole = seen > 0 && seen <= MOST_DIGITS && places != Some(0);
        let missing = PLACES.checked_sub(places.unwrap_or(0))?;
        let billionths = i128::from(units) * 10_i128.pow(missing);
        whole.then_some(Self(if negative { -billionths } else { billionths }))
    }

    /// The same amount as a decimal; none above 10¹⁹.
    pub fn decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.0, PLACES).ok().map(|decimal| decimal.normalize())
    }

    /// A decimal as an amount; none where it has more than nine places.
    pub fn of(decimal: Decimal) -> Option<Self> {
        let decimal = decimal.normalize();
        let missing = PLACES.checked_sub(decimal.scale())?;
        decimal.mantissa().checked_mul(10_i128.pow(missing)).map(Self)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_thrice_is_three_tenths() {
        let tenth = Amount::parse("0.1").unwrap().0;
        assert_eq!(Amount(tenth * 3), Amount::parse("0.30").unwrap());
    }

    #[test]
    fn an_amount_and_its_decimal_are_the_same() {
        for text in ["0", "-3.5", "1200", "0.000000001", "99999999.99"] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!(amount.decimal().unwrap().to_string(), text);
            assert_eq!(Amount::of(text.parse().unwrap()), Some(amount));
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in ["", "-", ".5", "5.", "1.2.3", "1e3", " 1", "1,0", "0.0000000001", "1234567890123456789"]
        {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
        assert_eq!(Amount::of("0.0000000001".parse().unwrap()), None);
    }
}
