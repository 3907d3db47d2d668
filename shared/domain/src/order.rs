//! An order as the shop tells it: the truth that a deal and its notes are made from.

use jiff::Timestamp;

use crate::{Money, OrderId, RefundId};

/// An order, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// The shop's name for it, such as `#1001`.
    pub name: String,
    /// The version of what we read, UTC; one second is its finest step.
    pub updated_at: Timestamp,
    /// When it was placed, UTC.
    pub processed_at: Timestamp,
    /// When it was cancelled, UTC.
    pub cancelled_at: Option<Timestamp>,
    /// Whether it was a test, which counts for nothing in the shop.
    pub is_test: bool,
    /// What it is worth now: after edits and refunds, with taxes, in the shop's currency.
    pub total: Money,
    /// The payment's status in the shop's words; none where it has none.
    pub financial: Option<String>,
    /// The status of the goods in the shop's words.
    pub fulfilment: String,
    /// What went back. Only where it was asked for.
    pub refunds: Vec<Refund>,
}

impl Order {
    /// The payment's status in the shop's words, `none` where there is none.
    pub fn paid(&self) -> &str {
        self.financial.as_deref().unwrap_or("none")
    }
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Which.
    pub id: RefundId,
    /// When, UTC.
    pub created_at: Timestamp,
    /// How much, in the shop's currency.
    pub amount: Money,
    /// Why, in the words of the shop's team.
    pub reason: Option<String>,
    /// What came back with it.
    pub items: Vec<RefundItem>,
    /// Whether there are items beside these.
    pub has_more_items: bool,
}

/// A line of an order, as far as it was refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundItem {
    /// The product's name.
    pub name: String,
    /// How many.
    pub quantity: u64,
}
