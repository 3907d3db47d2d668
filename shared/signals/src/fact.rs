//! What a rule may ask of a customer.

use std::fmt;

/// Of what kind a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A decimal number, exactly.
    Number,
    /// Words.
    Text,
    /// Several texts.
    List,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list of texts",
        })
    }
}

/// Something that is known of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Spend over the whole life, less refunds.
    TotalSpent,
    /// Orders over the whole life.
    OrdersCount,
    /// Spend by order; nothing without an order.
    AverageOrderValue,
    /// The currency of all amounts, such as `USD`.
    Currency,
    /// All tags, as they are in the shop.
    Tags,
    /// Whole days since the newest order; nothing without one.
    DaysSinceLastOrder,
    /// Whole days since the shop knows them.
    TenureDays,
    /// How often money went back; unknown where it was not read.
    RefundCount,
    /// How much went back; unknown where it was not read, or cannot be added up.
    RefundedAmount,
    /// Consent to marketing by e-mail, such as `subscribed`; nothing without an address, unknown where it is withheld.
    EmailConsent,
    /// The same for text messages.
    SmsConsent,
}

impl Fact {
    /// Every fact.
    pub const ALL: [Self; 11] = [
        Self::TotalSpent,
        Self::OrdersCount,
        Self::AverageOrderValue,
        Self::Currency,
        Self::Tags,
        Self::DaysSinceLastOrder,
        Self::TenureDays,
        Self::RefundCount,
        Self::RefundedAmount,
        Self::EmailConsent,
        Self::SmsConsent,
    ];

    /// How it is written in a rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::TotalSpent => "customer.total_spent",
            Self::OrdersCount => "customer.orders_count",
            Self::AverageOrderValue => "customer.average_order_value",
            Self::Currency => "customer.currency",
            Self::Tags => "customer.tags",
            Self::DaysSinceLastOrder => "customer.days_since_last_order",
            Self::TenureDays => "customer.tenure_days",
            Self::RefundCount => "customer.refund_count",
            Self::RefundedAmount => "customer.refunded_amount",
            Self::EmailConsent => "customer.email_consent",
            Self::SmsConsent => "customer.sms_consent",
        }
    }

    /// Of what kind it is.
    pub fn kind(self) -> Type {
        match self {
            Self::Currency | Self::EmailConsent | Self::SmsConsent => Type::Text,
            Self::Tags => Type::List,
            _ => Type::Number,
        }
    }

    /// The fact of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_its_own_name_and_is_in_the_table() {
        for fact in Fact::ALL {
            assert_eq!(Fact::from_name(fact.name()), Some(fact));
            assert!(include_str!("../README.md").contains(&format!("| `{}` |", fact.name())), "{fact:?}");
        }
    }
}
