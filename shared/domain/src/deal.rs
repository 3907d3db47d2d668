//! What a deal should say. Pure.

use jiff::Timestamp;

use crate::order_rules::CANCELLED;
use crate::{ExternalKey, Money, Order, OrderId, OrderRules, OrdersMode, UnmappedStatus};

/// What a CRM's deal should say of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// The unique key that it is found by.
    pub key: ExternalKey,
    /// The stage, in the CRM's words.
    pub stage: String,
    /// The CRM's pipeline that the stage is of, where one is named.
    pub pipeline: Option<String>,
    /// The rest; none where the order is not there to be asked, and the deal keeps what it says.
    pub facts: Option<DealFacts>,
    /// Whether it is made where there is none. Otherwise only one that is there is changed.
    pub is_wanted: bool,
}

/// What a deal says beside its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealFacts {
    /// The shop's name for the order, such as `#1001`.
    pub name: String,
    /// What the order is worth now, in the shop's currency.
    pub amount: Money,
    /// The day it counts for, UTC: when the order was cancelled, or else placed, so that a report by day gives the shop's
    /// sums.
    pub closed_at: Timestamp,
}

/// The deal of an order; none where it gets none by these rules. `prefix` is the shop's own where several shops share
/// the CRM account, else empty.
///
/// An order that is not of high value, where only those count, changes a deal that is there: it was of high value once. A
/// test is no order (S-039).
pub fn desired_deal(order: &Order, prefix: &str, rules: &OrderRules) -> Result<Option<Deal>, UnmappedStatus> {
    if rules.mode == OrdersMode::Aggregate || order.is_test {
        return Ok(None);
    }
    let financial = if order.cancelled_at.is_some() { CANCELLED } else { order.paid() };
    let stage = rules.stages.stage(financial, &order.fulfilment)?.to_owned();
    let is_wanted = rules.mode == OrdersMode::Deals || rules.is_high_value(&order.total) == Some(true);
    let facts = DealFacts {
        name: order.name.clone(),
        amount: order.total,
        closed_at: order.cancelled_at.unwrap_or(order.processed_at),
    };
    let (key, pipeline) = (ExternalKey::of_order(prefix, order.id), rules.pipeline.clone());
    Ok(Some(Deal { key, stage, pipeline, facts: Some(facts), is_wanted }))
}

/// The deal of an order that is not in the shop any more: one that is there is lost, and never deleted.
pub fn lost_deal(order: OrderId, prefix: &str, rules: &OrderRules) -> Result<Option<Deal>, UnmappedStatus> {
    if rules.mode == OrdersMode::Aggregate {
        return Ok(None);
    }
    let stage = rules.stages.stage(CANCELLED, "deleted")?.to_owned();
    let (key, pipeline) = (ExternalKey::of_order(prefix, order), rules.pipeline.clone());
    Ok(Some(Deal { key, stage, pipeline, facts: None, is_wanted: false }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StageTable;

    fn order(total: &str) -> Order {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        Order {
            id: OrderId::new(11),
            name: "#1001".into(),
            updated_at: at,
            processed_at: at,
            cancelled_at: None,
            is_test: false,
            total: Money::parse(total, "USD").unwrap(),
            financial: Some("PAID".into()),
            fulfilment: "UNFULFILLED".into(),
            refunds: vec![],
        }
    }

    fn rules(mode: OrdersMode) -> OrderRules {
        OrderRules { mode, ..OrderRules::default() }
    }

    #[test]
    fn s_031_by_default_no_order_becomes_a_deal() {
        let rules = OrderRules::default();
        assert_eq!(desired_deal(&order("900"), "", &rules), Ok(None));
        assert_eq!(lost_deal(OrderId::new(11), "", &rules), Ok(None));
    }

    #[test]
    fn s_038_a_deal_has_the_orders_name_amount_stage_and_day() {
        let order = order("49.90");
        let deal = desired_deal(&order, "a-", &rules(OrdersMode::Deals)).unwrap().unwrap();
        assert_eq!((deal.key.as_str(), deal.stage.as_str(), deal.is_wanted), ("a-11", "won", true));
        let facts = DealFacts { name: "#1001".into(), amount: order.total, closed_at: order.processed_at };
        assert_eq!(deal.facts, Some(facts));
    }

    #[test]
    fn s_119_only_what_is_above_the_threshold_is_made_and_the_rest_only_changed() {
        let rules = rules(OrdersMode::HighValue);
        let wanted = |total| desired_deal(&order(total), "", &rules).unwrap().unwrap().is_wanted;
        assert_eq!(["499.99", "500.00", "500.01"].map(wanted), [false, false, true]);
        let dollars = OrderRules { high_value: "500 EUR".parse().unwrap(), ..rules.clone() };
        assert!(!desired_deal(&order("900"), "", &dollars).unwrap().unwrap().is_wanted, "another currency");
    }

    #[test]
    fn what_was_cancelled_or_deleted_is_lost_however_it_was_paid() {
        let rules = OrderRules { pipeline: Some("shop".into()), ..rules(OrdersMode::Deals) };
        let at = "2026-11-21T10:00:00Z".parse().unwrap();
        let cancelled = Order { cancelled_at: Some(at), ..order("49.90") };
        let deal = desired_deal(&cancelled, "", &rules).unwrap().unwrap();
        assert_eq!((deal.stage.as_str(), deal.facts.unwrap().closed_at), ("lost", at));
        let deleted = lost_deal(OrderId::new(11), "", &rules).unwrap().unwrap();
        let said = (deleted.stage.as_str(), deleted.facts, deleted.is_wanted, deleted.pipeline.as_deref());
        assert_eq!(said, ("lost", None, false, Some("shop")));
    }

    #[test]
    fn s_039_a_test_is_no_order() {
        let test = Order { is_test: true, ..order("49.90") };
        assert_eq!(desired_deal(&test, "", &rules(OrdersMode::Deals)), Ok(None));
    }

    #[test]
    fn s_202_a_status_that_the_table_does_not_know_is_named() {
        let mut stages = StageTable::default();
        stages.set("paid", "won");
        let rules = OrderRules { stages, ..rules(OrdersMode::Deals) };
        let pending = Order { financial: None, ..order("1") };
        assert_eq!(desired_deal(&pending, "", &rules).unwrap_err().financial, "none");
        let cancelled = Order { cancelled_at: Some(pending.updated_at), ..order("1") };
        let told = desired_deal(&cancelled, "", &rules).unwrap_err().to_string();
        assert!(told.contains("`cancelled/unfulfilled`"), "{told}");
        assert!(lost_deal(OrderId::new(1), "", &rules).is_err());
    }
}
