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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Whole days since a checkout was left, where nothing was ordered since.
    DaysSinceAbandonedCheckout,
    /// Whether they buy for a company; unknown where companies are not read.
    HasCompany,
    /// The median of the values of the shop's orders, in its currency; unknown as long as there are none.
    MedianOrderValue,
    /// The shop's name for the order.
    OrderName,
    /// What the order is worth now.
    OrderTotal,
    /// What that is counted in.
    OrderCurrency,
    /// The status of its payment, such as `paid`; nothing where there is none.
    OrderPayment,
    /// The status of its goods, such as `fulfilled`.
    OrderFulfilment,
    /// Whether it was cancelled.
    OrderIsCancelled,
}

impl Fact {
    /// Every fact.
    pub const ALL: [Self; 20] = [
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
        Self::DaysSinceAbandonedCheckout,
        Self::HasCompany,
        Self::MedianOrderValue,
        Self::OrderName,
        Self::OrderTotal,
        Self::OrderCurrency,
        Self::OrderPayment,
        Self::OrderFulfilment,
        Self::OrderIsCancelled,
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
            Self::DaysSinceAbandonedCheckout => "customer.days_since_abandoned_checkout",
            Self::HasCompany => "customer.has_company",
            Self::MedianOrderValue => "shop.median_order_value",
            Self::OrderName => "order.name",
            Self::OrderTotal => "order.total",
            Self::OrderCurrency => "order.currency",
            Self::OrderPayment => "order.payment",
            Self::OrderFulfilment => "order.fulfilment",
            Self::OrderIsCancelled => "order.is_cancelled",
        }
    }

    /// Of what kind it is.
    pub fn kind(self) -> Type {
        match self {
            Self::Currency
            | Self::EmailConsent
            | Self::SmsConsent
            | Self::OrderName
            | Self::OrderCurrency
            | Self::OrderPayment
            | Self::OrderFulfilment => Type::Text,
            Self::Tags => Type::List,
            Self::HasCompany | Self::OrderIsCancelled => Type::Bool,
            _ => Type::Number,
        }
    }

    /// Whether it is of one order, and not of the customer.
    pub fn is_of_order(self) -> bool {
        self.name().starts_with("order.")
    }

    /// Whether it changes although nothing happens.
    pub fn is_clock(self) -> bool {
        matches!(self, Self::DaysSinceLastOrder | Self::TenureDays | Self::DaysSinceAbandonedCheckout)
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
