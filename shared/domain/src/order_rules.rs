//! What becomes of an order in the CRM.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Money, Threshold};

/// Which orders become deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrdersMode {
    /// None: the contact carries the totals (S-031).
    #[default]
    Aggregate,
    /// Each (S-033).
    Deals,
    /// Those above [`OrderRules::high_value`].
    HighValue,
}

impl OrdersMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Aggregate, Self::Deals, Self::HighValue];

    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::Deals => "deals",
            Self::HighValue => "high-value",
        }
    }
}

/// The payment's status of an order that was cancelled or deleted. Shopify has no such status, so it means nothing else.
pub(crate) const CANCELLED: &str = "cancelled";

/// From an order's statuses to the stage of its deal.
///
/// The statuses are the shop's words in lower case: `paid`, or `paid/fulfilled` where the stage depends on the
/// fulfilment too. The longer one counts first. An order that was cancelled or deleted is `cancelled`, however it was paid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageTable(BTreeMap<String, String>);

impl StageTable {
    /// Adds one, or puts it in the place of the one that was there.
    pub fn set(&mut self, status: &str, stage: &str) {
        self.0.insert(status.to_lowercase(), stage.to_owned());
    }

    /// Each status with its stage, in the order of the statuses.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(status, stage)| (status.as_str(), stage.as_str()))
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The stage of an order with these statuses, in any letter case.
    pub fn stage(&self, financial: &str, fulfilment: &str) -> Result<&str, UnmappedStatus> {
        let (financial, fulfilment) = (financial.to_lowercase(), fulfilment.to_lowercase());
        let both = format!("{financial}/{fulfilment}");
        let stage = self.0.get(&both).or_else(|| self.0.get(&financial));
        stage.map(String::as_str).ok_or(UnmappedStatus { financial, fulfilment })
    }
}

/// Statuses that the table does not know (S-202).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedStatus {
    /// Of the payment.
    pub financial: String,
    /// Of the goods.
    pub fulfilment: String,
}

impl fmt::Display for UnmappedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { financial, fulfilment } = self;
        write!(
            f,
            "the order's status `{financial}/{fulfilment}` has no deal stage: add \"{financial}\" or \
             \"{financial}/{fulfilment}\" to [orders.stages]"
        )
    }
}

impl std::error::Error for UnmappedStatus {}

/// What becomes of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRules {
    /// Which become deals.
    pub mode: OrdersMode,
    /// An order strictly above it is of high value (S-119).
    pub high_value: Threshold,
    /// The stage of a deal.
    pub stages: StageTable,
    /// The CRM's pipeline that the stages are of; none for its only or usual one.
    pub pipeline: Option<String>,
    /// Whether each refund becomes a note on the contact (S-040), in every mode.
    pub refund_notes: bool,
}

impl OrderRules {
    /// Whether the order is of high value; none where its currency is not the threshold's, so that it cannot be told.
    pub fn is_high_value(&self, total: &Money) -> Option<bool> {
        self.high_value.is_exceeded_by(total)
    }

    /// The stages that a cancelled or deleted order's deal has: a deal in one of them counts for nothing.
    pub fn lost_stages(&self) -> BTreeSet<&str> {
        let is_lost = |status: &str| status.split('/').next() == Some(CANCELLED);
        self.stages.iter().filter(|(status, _)| is_lost(status)).map(|(_, stage)| stage).collect()
    }

    /// The statuses of payments, in lower case, with which an order's deal is in such a stage however far its goods are.
    pub fn lost_payments(&self) -> BTreeSet<&str> {
        let lost = self.lost_stages();
        let payment = |status: &str| !status.contains('/') && status != CANCELLED;
        let always = |payment: &str| {
            let own = |status: &str| status.strip_prefix(payment).is_some_and(|rest| rest.starts_with('/'));
            self.stages.iter().all(|(status, stage)| !own(status) || lost.contains(stage))
        };
        let all = self.stages.iter().filter(|(status, stage)| payment(status) && lost.contains(stage));
        all.map(|(status, _)| status).filter(|status| always(status)).collect()
    }

    /// Whether the deal of an order that was not cancelled is in such a stage. One whose status has no stage is not lost.
    pub fn is_lost(&self, financial: &str, fulfilment: &str) -> bool {
        let stage = self.stages.stage(financial, fulfilment);
        stage.is_ok_and(|stage| self.lost_stages().contains(stage))
    }
}

impl Default for OrderRules {
    fn default() -> Self {
        let stages = [
            ("pending", "open"),
            ("authorized", "open"),
            ("partially_paid", "open"),
            ("paid", "won"),
            ("partially_refunded", "won"),
            ("refunded", "lost"),
            ("voided", "lost"),
            ("expired", "lost"),
            (CANCELLED, "lost"),
        ];
        let stages = stages.map(|(status, stage)| (status.to_owned(), stage.to_owned()));
        let high_value = Threshold { amount: 500.into(), currency: None };
        Self {
            mode: OrdersMode::default(),
            high_value,
            stages: StageTable(stages.into()),
            pipeline: None,
            refund_notes: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_038_the_longer_status_counts_first() {
        let mut stages = OrderRules::default().stages;
        stages.set("PAID/FULFILLED", "delivered");
        assert_eq!(stages.stage("PAID", "UNFULFILLED"), Ok("won"));
        assert_eq!(stages.stage("PAID", "FULFILLED"), Ok("delivered"));
        assert_eq!(stages.stage("REFUNDED", "FULFILLED"), Ok("lost"));
    }

    #[test]
    fn s_202_a_status_that_is_new_is_an_error_that_names_it() {
        let error = OrderRules::default().stages.stage("ON_THE_MOON", "FULFILLED").unwrap_err();
        assert!(error.to_string().contains("`on_the_moon/fulfilled`"), "{error}");
        assert!(error.to_string().contains("[orders.stages]"), "{error}");
    }

    #[test]
    fn s_194_what_is_lost_is_told_by_the_stages_and_by_the_payments_that_always_lead_there() {
        let mut rules = OrderRules::default();
        assert_eq!(rules.lost_stages(), ["lost"].into());
        assert_eq!(rules.lost_payments(), ["expired", "refunded", "voided"].into());
        rules.stages.set("refunded/fulfilled", "returned");
        rules.stages.set("cancelled/fulfilled", "stopped");
        rules.stages.set("paid/restocked", "lost");
        assert_eq!(rules.lost_stages(), ["lost", "stopped"].into());
        assert_eq!(rules.lost_payments(), ["expired", "voided"].into());
        let lost =
            [("REFUNDED", "UNFULFILLED"), ("REFUNDED", "FULFILLED"), ("PAID", "RESTOCKED"), ("NEW", "")];
        assert_eq!(lost.map(|(paid, sent)| rules.is_lost(paid, sent)), [true, false, true, false]);
    }

    #[test]
    fn s_119_exactly_five_hundred_is_not_above_five_hundred() {
        let rules = OrderRules::default();
        let of = |amount: &str| rules.is_high_value(&Money::parse(amount, "EUR").unwrap());
        assert_eq!((of("500.00"), of("500.01")), (Some(false), Some(true)));
    }
}
