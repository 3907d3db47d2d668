//! How far somebody has come as a customer.

use serde::Serialize;

/// A stage, and from which number of orders on it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The stage, one of [`Lifecycle::order`].
    pub stage: String,
    /// From so many orders on.
    pub from_orders: u64,
}

/// The stages, and when the shop's facts reach one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lifecycle {
    /// Every stage that a contact may have, the first one first. Those that only people set are among them, so that it
    /// is known on which side of them the shop's own lie.
    pub order: Vec<String>,
    /// The stages that the shop's facts reach, by rising numbers of orders.
    pub reached: Vec<Reached>,
}

impl Lifecycle {
    /// The stage of somebody with so many orders; none where the first one is not reached.
    pub fn stage(&self, orders: u64) -> Option<&str> {
        let reached = self.reached.iter().filter(|reached| reached.from_orders <= orders);
        reached.max_by_key(|reached| reached.from_orders).map(|reached| reached.stage.as_str())
    }

    /// Its place in the order; none for a stage that the order does not know.
    pub fn rank(&self, stage: &str) -> Option<usize> {
        self.order.iter().position(|known| known == stage)
    }
}

/// A lead until the first order, then a customer, from the tenth order on somebody who brings others.
impl Default for Lifecycle {
    fn default() -> Self {
        let order = [
            "subscriber",
            "lead",
            "marketingqualifiedlead",
            "salesqualifiedlead",
            "opportunity",
            "customer",
            "evangelist",
        ];
        let reached = [("lead", 0), ("customer", 1), ("evangelist", 10)];
        let reached = reached.map(|(stage, from_orders)| Reached { stage: stage.to_owned(), from_orders });
        Self { order: order.map(str::to_owned).into(), reached: reached.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_044_the_number_of_orders_says_the_stage() {
        let lifecycle = Lifecycle::default();
        for (orders, stage) in
            [(0, "lead"), (1, "customer"), (9, "customer"), (10, "evangelist"), (99, "evangelist")]
        {
            assert_eq!(lifecycle.stage(orders), Some(stage), "{orders} orders");
        }
    }

    #[test]
    fn before_the_first_stage_there_is_none() {
        let mut lifecycle = Lifecycle::default();
        lifecycle.reached.remove(0);
        assert_eq!(lifecycle.stage(0), None);
    }
}
