//! What becomes of an order: fulfilled, refunded, cancelled, deleted.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    body::{notice, order, refund},
    clock::whole_seconds,
    delivery::Occasion,
    error::TwinError,
    order::{Order, Refund},
    shop::Shop,
};

impl Shop {
    /// Raises orders/fulfilled and orders/updated.
    pub(crate) fn fulfil(&mut self, id: u64, now: Timestamp) -> Result<(), TwinError> {
        let mut held = self.living_order(id)?;
        if held.fulfilment.as_deref() == Some("fulfilled") {
            return Err(TwinError::conflict(format!("order {id} is fulfilled already")));
        }
        let occasion = self.occasion(now);
        held.fulfilment = Some("fulfilled".to_owned());
        held.fulfilments.push((self.new_id(), whole_seconds(now)));
        self.update_order(&occasion, held, &["orders/fulfilled", "orders/updated"]);
        Ok(())
    }

    /// Raises refunds/create, orders/updated and, where there is a customer, customers/update and
    /// `customers/purchasing_summary`. The amount may not exceed what is left of the order.
    pub(crate) fn refund(
        &mut self,
        id: u64,
        amount: Decimal,
        note: Option<String>,
        now: Timestamp,
    ) -> Result<u64, TwinError> {
        let held = self.known_order(id)?;
        if amount <= Decimal::ZERO || amount > held.spent() {
            let left = held.spent();
            return Err(TwinError::invalid(format!(
                "`amount` is {amount}; order {id} can give back more than 0 and at most {left}"
            )));
        }
        let occasion = self.occasion(now);
        let customer = held.customer;
        let refund = self.give_back(&occasion, held, amount, note);
        self.sales_changed(&occasion, customer);
        Ok(refund)
    }

    /// Raises orders/cancelled and orders/updated; what was paid goes back (refunds/create).
    pub(crate) fn cancel(
        &mut self,
        id: u64,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), TwinError> {
        let mut held = self.living_order(id)?;
        let occasion = self.occasion(now);
        held.cancelled_at = Some(whole_seconds(now));
        held.cancel_reason = Some(reason.unwrap_or_else(|| "other".to_owned()));
        let (left, customer) = (held.spent(), held.customer);
        if left.is_zero() {
            held.financial = Some("voided".to_owned()).filter(|_| held.refunds.is_empty()).or(held.financial);
            self.update_order(&occasion, held, &["orders/cancelled", "orders/updated"]);
        } else {
            self.update_order(&occasion, held.clone(), &["orders/cancelled"]);
            self.give_back(&occasion, held, left, None);
        }
        self.sales_changed(&occasion, customer);
        Ok(())
    }

    /// Raises orders/delete and, where there is a customer, customers/update and `customers/purchasing_summary`.
    pub(crate) fn delete_order(&mut self, id: u64, now: Timestamp) -> Result<(), TwinError> {
        let customer = self.known_order(id)?.customer;
        let occasion = self.occasion(now);
        self.drop_order(id);
        self.raise(&occasion, "orders/delete", |_| notice::order_deleted(id));
        self.sales_changed(&occasion, customer);
        Ok(())
    }

    fn give_back(
        &mut self,
        occasion: &Occasion,
        mut held: Order,
        amount: Decimal,
        note: Option<String>,
    ) -> u64 {
        let gateway = held.gateways.first().cloned().unwrap_or_else(|| "manual".to_owned());
        let made = Refund {
            id: self.new_id(),
            created_at: whole_seconds(occasion.at),
            note,
            amount,
            transaction_id: self.new_id(),
            gateway,
        };
        let id = made.id;
        held.refunds.push(made.clone());
        let word = if held.spent().is_zero() { "refunded" } else { "partially_refunded" };
        held.financial = Some(word.to_owned());
        self.raise(occasion, "refunds/create", |shop| refund::full(shop, &held, &made));
        self.update_order(occasion, held, &["orders/updated"]);
        id
    }

    /// Stores a new state of an order with a new `updatedAt`, and raises `topics` with it.
    fn update_order(&mut self, occasion: &Occasion, mut new: Order, topics: &[&str]) {
        new.updated_at = whole_seconds(occasion.at);
        self.put_order(new.clone());
        for topic in topics {
            self.raise(occasion, topic, |shop| order::full(shop, &new));
        }
    }

    /// The order's state, or a refusal that names the id.
    pub(crate) fn known_order(&self, id: u64) -> Result<Order, TwinError> {
        let held = self.orders.get(&id).map(|held| (**held).clone());
        held.ok_or_else(|| {
            TwinError::not_found(format!("order {id} is not in {}; create or take it first", self.domain))
        })
    }

    fn living_order(&self, id: u64) -> Result<Order, TwinError> {
        let held = self.known_order(id)?;
        if held.cancelled_at.is_some() {
            return Err(TwinError::conflict(format!("order {id} was cancelled")));
        }
        Ok(held)
    }
}
