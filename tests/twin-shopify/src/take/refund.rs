//! Refunds in payloads: their own topic, and the list inside an order.

use rust_decimal::Decimal;

use super::{Taking, customer::later, reading::Reading};
use crate::{
    gid,
    order::{Order, Refund},
};

impl Taking<'_> {
    /// refunds/create: puts the refund on its order, which is made with its id alone if it is not here yet.
    pub(super) fn refund(&mut self, read: &Reading<'_>) {
        let Some(order) = read.0.get("order_id").and_then(|id| gid::from_value("Order", id)) else { return };
        let mut held = self.named_order(order);
        let before = held.refunds.len();
        self.add_refund(&mut held, read);
        if held.refunds.len() > before {
            restate(&mut held);
        }
        held.updated_at = later(held.updated_at, read.time(&["processed_at", "created_at"]));
        self.shop.put_order(held);
    }

    /// The refunds inside an order's payload; those known by id already are not added again.
    pub(super) fn add_refunds(&mut self, held: &mut Order, read: &Reading<'_>) {
        for refund in read.list("refunds") {
            self.add_refund(held, &refund);
        }
    }

    fn add_refund(&mut self, held: &mut Order, read: &Reading<'_>) {
        let Some(id) = read.own_id("Refund") else { return };
        if held.refunds.iter().any(|known| known.id == id) {
            return;
        }
        let money = refunding(read);
        held.refunds.push(Refund {
            id,
            created_at: read.time(&["processed_at", "created_at"]).unwrap_or(self.now),
            note: read.text_of(&["note"]),
            amount: amount(read, &money).max(Decimal::ZERO),
            transaction_id: money.first().and_then(|found| found.own_id("OrderTransaction")).unwrap_or(id),
            gateway: money
                .first()
                .and_then(|found| found.text_of(&["gateway"]))
                .unwrap_or_else(|| "manual".to_owned()),
        });
    }
}

fn refunding<'a>(read: &Reading<'a>) -> Vec<Reading<'a>> {
    let is = |found: &Reading<'_>, name: &str, word: &str| found.text(name).is_none_or(|text| text == word);
    let transactions = read.list("transactions").into_iter();
    transactions.filter(|found| is(found, "kind", "refund") && is(found, "status", "success")).collect()
}

/// The transactions tell what went back; without any, the lines do.
fn amount(read: &Reading<'_>, money: &[Reading<'_>]) -> Decimal {
    if read.list("transactions").is_empty() {
        let lines = read.list("refund_line_items");
        return lines
            .iter()
            .flat_map(|line| [line.amount(&["subtotal"]), line.amount(&["total_tax"])])
            .flatten()
            .sum();
    }
    money.iter().filter_map(|found| found.amount(&["amount"])).sum()
}

/// The payment's word after a refund, where the order itself is known.
fn restate(held: &mut Order) {
    if held.named_only || held.received().is_zero() {
        return;
    }
    let word = if held.spent().is_zero() { "refunded" } else { "partially_refunded" };
    held.financial = Some(word.to_owned());
}
