//! What a merchant wants to be told of a customer beyond the figures, as it is written down.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::kept::kept;
use crate::{InvalidName, is_the_crms};

/// The name of a signal, such as `vip_buyer`: small letters, digits and `_`, a letter first, at most 50; nothing that is
/// the CRM's (S-014, S-093). Each is kept once for the life of the process, as a metafield's is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalName(&'static str);

impl SignalName {
    /// What the names of the fields begin with that hold a signal's value. No metafield's name begins so.
    pub const BEGIN: &'static str = "signal_";
    const LONGEST: usize = 50;

    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let begins = text.starts_with(|letter: char| letter.is_ascii_lowercase());
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !begins || text.len() > Self::LONGEST || !text.bytes().all(is_name) {
            return Err(InvalidName::Shape);
        }
        let field = format!("{}{text}", Self::BEGIN);
        if is_the_crms(text) { Err(InvalidName::Taken) } else { Ok(Self(kept(&field))) }
    }

    /// The signal of the field of that name, such as `signal_pricing_tier`.
    pub fn of_field(name: &str) -> Option<Self> {
        Self::parse(name.strip_prefix(Self::BEGIN)?).ok()
    }

    /// As it was written.
    pub fn as_str(self) -> &'static str {
        self.0.strip_prefix(Self::BEGIN).unwrap_or(self.0)
    }

    /// The name of the field that holds its value.
    pub fn field_name(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for SignalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// One signal, as the manifest has it: its conditions are expressions, which the room `signals` reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum SignalRule {
    /// It is on or off, and while it is on its label is in [`Field::Signals`](crate::Field::Signals).
    Flag {
        /// What people read.
        label: String,
        /// When it goes on: an expression that is true or false.
        enter: String,
        /// When it goes off; where there is none, when `enter` is false.
        leave: Option<String>,
    },
    /// It has a text, in [`Field::Signal`](crate::Field::Signal).
    Valued {
        /// An expression that is a text; an empty one clears the field.
        value: String,
    },
}

impl SignalRule {
    /// The signals that are there where nobody says otherwise.
    pub fn usual() -> BTreeMap<SignalName, Self> {
        let usual = [
            (
                "vip_buyer",
                "VIP Buyer",
                "customer.total_spent >= 1000.00",
                Some("customer.total_spent < 900.00"),
            ),
            ("repeat_purchaser", "Repeat Purchaser", "customer.orders_count >= 2", None),
            ("first_purchase", "First Purchase", "customer.orders_count == 1", None),
            ("refund_risk", "Refund Risk", "customer.refund_count >= 2", None),
            ("winback", "Win Back", "customer.days_since_last_order > 90", None),
            ("recovery_lead", "Recovery Lead", "customer.days_since_abandoned_checkout < 14", None),
            (
                "high_aov",
                "High AOV",
                "customer.orders_count >= 2 && customer.average_order_value > shop.median_order_value * 1.5",
                Some("customer.average_order_value < shop.median_order_value * 1.25"),
            ),
            ("high_value_order", "High-Value Order", "order.total > 500.00 && !order.is_cancelled", None),
        ];
        let rule = |(name, label, enter, leave): (&str, &str, &str, Option<&str>)| {
            let leave = leave.map(str::to_owned);
            let rule = Self::Flag { label: label.to_owned(), enter: enter.to_owned(), leave };
            Some((SignalName::parse(name).ok()?, rule))
        };
        usual.into_iter().filter_map(rule).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    #[test]
    fn a_signal_is_found_by_the_name_of_its_field_and_is_no_metafield() {
        let tier = SignalName::parse("pricing_tier").unwrap();
        assert_eq!((tier.as_str(), tier.field_name()), ("pricing_tier", "signal_pricing_tier"));
        assert_eq!(Field::from_name(tier.field_name()), Some(Field::Signal(tier)));
        assert!(Field::ALL.into_iter().all(|field| field < Field::Signal(tier)));
        assert_eq!(SignalName::of_field("pricing_tier"), None);
    }

    #[test]
    fn s_014_and_s_093_what_is_the_crms_is_no_signals_name() {
        for text in ["owner", "lead_status", "best_owner"] {
            assert_eq!(SignalName::parse(text), Err(InvalidName::Taken), "{text}");
        }
        for text in ["", "_vip", "2nd", "Vip", "vip buyer", "vip-buyer", &"x".repeat(51)] {
            assert_eq!(SignalName::parse(text), Err(InvalidName::Shape), "{text}");
        }
    }

    #[test]
    fn s_050_to_s_054_the_usual_signals_are_those_that_reps_act_on() {
        let names: Vec<_> = SignalRule::usual().into_keys().map(SignalName::as_str).collect();
        for name in ["vip_buyer", "repeat_purchaser", "first_purchase", "refund_risk", "winback"] {
            assert!(names.contains(&name), "{name} of {names:?}");
        }
    }
}
