//! Customers come, change, are merged, and go.

use jiff::Timestamp;

use crate::{
    body::{customer, notice},
    clock::whole_seconds,
    customer::{Claim, Customer},
    delivery::Occasion,
    error::TwinError,
    shop::Shop,
};

impl Shop {
    /// Raises customers/create.
    pub(crate) fn create_customer(
        &mut self,
        fill: impl FnOnce(&mut Customer),
        now: Timestamp,
    ) -> Result<u64, TwinError> {
        let mut made = Customer::unknown(self.new_id(), whole_seconds(now));
        let id = made.id;
        fill(&mut made);
        made.id = id;
        made.known_at = Some(made.updated_at);
        let tags = std::mem::take(&mut made.tags);
        made.add_tags(&tags);
        self.refuse_taken(&made, None)?;
        let occasion = self.occasion(now);
        self.raise(&occasion, "customers/create", |shop| customer::full(shop, &made));
        self.put_customer(made);
        Ok(id)
    }

    /// Raises customers/update, and `customer.tags_added` and `customer.tags_removed` for what differs.
    pub(crate) fn change_customer(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Customer),
        now: Timestamp,
    ) -> Result<(), TwinError> {
        let old = self.known_customer(id)?;
        let mut new = old.clone();
        change(&mut new);
        new.id = id;
        let tags = std::mem::take(&mut new.tags);
        new.add_tags(&tags);
        self.refuse_taken(&new, Some(&old))?;
        let occasion = self.occasion(now);
        self.raise_tags(&occasion, &old, &new);
        self.update_customer(&occasion, new);
        Ok(())
    }

    /// Stores a new state of a customer with a new `updatedAt`, and raises customers/update.
    pub(super) fn update_customer(&mut self, occasion: &Occasion, mut new: Customer) {
        new.updated_at = whole_seconds(occasion.at);
        new.known_at = Some(new.updated_at);
        self.raise(occasion, "customers/update", |shop| customer::full(shop, &new));
        self.put_customer(new);
    }

    fn raise_tags(&mut self, occasion: &Occasion, old: &Customer, new: &Customer) {
        let missing = |from: &Customer, tags: &[String]| -> Vec<String> { from.clone().add_tags(tags) };
        for (topic, tags) in [
            ("customer.tags_added", missing(old, &new.tags)),
            ("customer.tags_removed", missing(new, &old.tags)),
        ] {
            if !tags.is_empty() {
                self.raise(occasion, topic, |_| notice::tags(new.id, &tags, occasion.at));
            }
        }
    }

    /// Raises customers/delete. Refused, as Shopify does, while the customer has orders.
    pub(crate) fn delete_customer(&mut self, id: u64, now: Timestamp) -> Result<(), TwinError> {
        self.known_customer(id)?;
        if self.orders_of.get(&id).is_some_and(|orders| !orders.is_empty()) {
            return Err(TwinError::conflict(format!(
                "customer {id} has orders; Shopify deletes only customers without"
            )));
        }
        let occasion = self.occasion(now);
        self.drop_customer(id);
        self.raise(&occasion, "customers/delete", |_| notice::customer_deleted(id));
        Ok(())
    }

    /// Moves everything of `lost` to `kept`. Raises customers/merge, customers/update and `customers/purchasing_summary`.
    pub(crate) fn merge_customers(&mut self, kept: u64, lost: u64, now: Timestamp) -> Result<(), TwinError> {
        if kept == lost {
            return Err(TwinError::invalid(format!("`kept` and `lost` are both {kept}; name two customers")));
        }
        let (survivor, leaving) = (self.known_customer(kept)?, self.known_customer(lost)?);
        let occasion = self.occasion(now);
        self.unite(survivor.clone(), &leaving);
        let job = self.chance.uuid();
        self.raise(&occasion, "customers/merge", |_| notice::merged(kept, lost, &job));
        let united = self.known_customer(kept)?;
        self.update_customer(&occasion, united);
        self.raise_summary(&occasion, kept);
        Ok(())
    }

    /// The state after a merge: orders, tags, claims and what was missing move over, the lost one is gone.
    pub(crate) fn unite(&mut self, mut kept: Customer, lost: &Customer) {
        for id in self.orders_of.get(&lost.id).cloned().unwrap_or_default() {
            if let Some(mut order) = self.orders.get(&id).map(|held| (**held).clone()) {
                order.customer = Some(kept.id);
                self.put_order(order);
            }
        }
        kept.add_tags(&lost.tags);
        kept.email = kept.email.or_else(|| lost.email.clone());
        kept.phone = kept.phone.or_else(|| lost.phone.clone());
        kept.address = kept.address.or_else(|| lost.address.clone());
        kept.claim = sum(kept.claim, lost.claim.clone());
        self.drop_customer(lost.id);
        self.put_customer(kept);
    }

    /// Raises `customers/purchasing_summary` with the figures as they are now.
    pub(super) fn raise_summary(&mut self, occasion: &Occasion, customer: u64) {
        if let Some(held) = self.customers.get(&customer).cloned() {
            self.raise(occasion, "customers/purchasing_summary", |shop| {
                notice::purchasing_summary(shop, &held, occasion.at)
            });
        }
    }

    /// The customer's state, or a refusal that names the id.
    pub(crate) fn known_customer(&self, id: u64) -> Result<Customer, TwinError> {
        let held = self.customers.get(&id).map(|held| (**held).clone());
        held.ok_or_else(|| {
            TwinError::not_found(format!("customer {id} is not in {}; create or take it first", self.domain))
        })
    }

    /// Two customers never share an e-mail address or a phone number; only what changed is looked up.
    fn refuse_taken(&self, new: &Customer, old: Option<&Customer>) -> Result<(), TwinError> {
        if old.is_some_and(|old| old.email == new.email && old.phone == new.phone) {
            return Ok(());
        }
        match self.reached.other(new) {
            Some((field, holder)) => {
                Err(TwinError::conflict(format!("`{field}` has already been taken by customer {holder}")))
            }
            None => Ok(()),
        }
    }
}

fn sum(one: Option<Claim>, other: Option<Claim>) -> Option<Claim> {
    let (Some(one), Some(other)) = (&one, &other) else { return one.or(other) };
    Some(Claim {
        as_of: one.as_of.max(other.as_of),
        orders: one.orders.zip(other.orders).map(|(one, other)| one.saturating_add(other)),
        spent: one.spent.zip(other.spent).map(|(one, other)| one + other),
        last_order: one.last_order.max(other.last_order),
    })
}
