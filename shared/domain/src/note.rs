//! What a note about a refund should say. Pure.

use jiff::Timestamp;

use crate::{ExternalKey, Money, Order, Refund, RefundItem};

/// What a note on the contact should say of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The unique key that it is found by.
    pub key: ExternalKey,
    /// When the money went back, UTC.
    pub at: Timestamp,
    /// Line by line, as plain text.
    pub lines: Vec<String>,
}

/// The note of a refund (S-040): the order, its payment's status, the amount, why, and what came back. `prefix` is the
/// shop's own where several shops share the CRM account, else empty.
pub fn desired_note(refund: &Refund, order: &Order, prefix: &str) -> Note {
    let status = order.paid().to_lowercase().replace('_', " ");
    let mut lines = vec![
        format!("Refund of order {}", order.name),
        format!("Refund status: {status}"),
        format!("Amount: {}", in_words(&refund.amount)),
    ];
    let reason = refund.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    lines.extend(reason.map(|reason| format!("Reason: {reason}")));
    lines.extend(refund.items.iter().map(item));
    if refund.has_more_items {
        lines.push("Further items are in the shop.".to_owned());
    }
    Note { key: ExternalKey::of_refund(prefix, refund.id), at: refund.created_at, lines }
}

/// With two decimals at least: the shop writes `40.0`.
fn in_words(Money { amount, currency }: &Money) -> String {
    let mut amount = *amount;
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    format!("{amount} {}", currency.as_str())
}

fn item(RefundItem { name, quantity }: &RefundItem) -> String {
    format!("Item: {quantity} × {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OrderId, RefundId};

    #[test]
    fn s_040_a_note_says_what_went_back_and_why() {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let refund = Refund {
            id: RefundId::new(5),
            created_at: at,
            amount: Money::parse("9.9", "USD").unwrap(),
            reason: Some(" too small ".into()),
            items: vec![RefundItem { name: "Socks".into(), quantity: 2 }],
            has_more_items: true,
        };
        let order = Order {
            id: OrderId::new(11),
            name: "#1001".into(),
            updated_at: at,
            processed_at: at,
            cancelled_at: None,
            is_test: false,
            total: refund.amount,
            financial: Some("PARTIALLY_REFUNDED".into()),
            fulfilment: "FULFILLED".into(),
            refunds: vec![],
        };
        let note = desired_note(&refund, &order, "a-");
        assert_eq!((note.key.as_str(), note.at), ("a-5", at));
        let said = [
            "Refund of order #1001",
            "Refund status: partially refunded",
            "Amount: 9.90 USD",
            "Reason: too small",
            "Item: 2 × Socks",
            "Further items are in the shop.",
        ];
        assert_eq!(note.lines, said);
        let silent = Refund { reason: Some(" ".into()), items: vec![], has_more_items: false, ..refund };
        assert_eq!(desired_note(&silent, &order, "").lines.len(), 3);
    }
}
