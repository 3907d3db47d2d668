//! What a merchant wants to be done when a signal goes on, as it is written down.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{ActionName, Priority, SignalName};

/// How often an action is done for one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Once {
    /// Each time that the signal goes on.
    #[default]
    EachTime,
    /// Once in a customer's life.
    Ever,
    /// Once for the newest order: for somebody who falls silent after it, once per silence.
    PerOrder,
}

impl Once {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::EachTime, Self::Ever, Self::PerOrder];

    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::EachTime => "each-time",
            Self::Ever => "ever",
            Self::PerOrder => "per-order",
        }
    }
}

/// One action, as the manifest has it. Texts may have facts in braces, which the room `signals` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRule {
    /// The signal that it is done for.
    pub on: SignalName,
    /// What happened before is not acted on, UTC.
    pub live_since: Timestamp,
    /// How often.
    pub once: Once,
    /// What is done.
    pub act: Act,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A task in the CRM.
    Task {
        /// On one line.
        subject: String,
        /// Line by line.
        lines: Vec<String>,
        /// How soon.
        priority: Priority,
        /// Until when, from now on.
        due_in_hours: u32,
    },
    /// A note on the contact.
    Note {
        /// Line by line.
        lines: Vec<String>,
    },
    /// A message to people in a chat.
    Message {
        /// The channel's name in the secret.
        channel: String,
        /// On one line.
        title: String,
        /// Line by line.
        lines: Vec<String>,
    },
    /// A name in the contact's segments, while the signal is on.
    Segment {
        /// The name.
        name: String,
    },
    /// Points in the contact's score, while the signal is on.
    Score {
        /// How many; fewer than none are taken off.
        points: i32,
    },
    /// A discount code for the customer alone, in the shop.
    Discount {
        /// What its code begins with.
        prefix: String,
        /// How many hundredths are taken off.
        percent: Decimal,
        /// For how long it can be used.
        valid_days: u32,
    },
    /// A word in the contact's field of invitations.
    Invitation {
        /// What the customer is invited to.
        to: String,
    },
    /// A deal that is no order's.
    Deal {
        /// What people read.
        name: String,
        /// The stage, in the CRM's words.
        stage: String,
    },
}

impl Act {
    /// Whether it reaches the customer, and so needs their consent to marketing.
    pub fn reaches_customer(&self) -> bool {
        matches!(self, Self::Discount { .. } | Self::Invitation { .. })
    }

    /// Whether it stands as long as the signal is on, and is not done at one moment.
    pub fn stands(&self) -> bool {
        matches!(self, Self::Segment { .. } | Self::Score { .. })
    }
}

/// At the beginning of 2026: before anybody had this.
const EVER_SINCE: i64 = 1_767_225_600;

impl ActionRule {
    fn usual_of(on: &str, once: Once, act: Act) -> Option<Self> {
        let live_since = Timestamp::from_second(EVER_SINCE).ok()?;
        Some(Self { on: SignalName::parse(on).ok()?, live_since, once, act })
    }

    /// The actions that are there where nobody says otherwise.
    pub fn usual() -> BTreeMap<ActionName, Self> {
        let (each, silence) = (Once::EachTime, Once::PerOrder);
        let usual = [
            ("greet_vip", "vip_buyer", each, task(Priority::High, 24, "Call a new VIP", VIP)),
            ("high_value_segment", "vip_buyer", each, Act::Segment { name: "High Value".into() }),
            ("vip_score", "vip_buyer", each, Act::Score { points: 25 }),
            ("invite_to_loyalty", "repeat_purchaser", Once::Ever, Act::Invitation { to: "loyalty".into() }),
            (
                "welcome",
                "first_purchase",
                Once::Ever,
                task(Priority::Medium, 72, "Follow up a first purchase", FIRST),
            ),
            (
                "review_refunds",
                "refund_risk",
                each,
                task(Priority::High, 24, "Review an account with refunds", BACK),
            ),
            ("refund_score", "refund_risk", each, Act::Score { points: -25 }),
            ("win_back", "winback", silence, task(Priority::Medium, 168, "Win a customer back", SILENT)),
            (
                "recover_checkout",
                "recovery_lead",
                each,
                task(Priority::High, 24, "Recover an abandoned checkout", CHECKOUT),
            ),
            ("high_aov_segment", "high_aov", each, Act::Segment { name: "High AOV".into() }),
            ("tell_of_high_value", "high_value_order", each, message(ORDER)),
        ];
        let rule = |(name, on, once, act): (&str, &str, Once, Act)| {
            Some((ActionName::parse(name)?, Self::usual_of(on, once, act)?))
        };
        usual.into_iter().filter_map(rule).collect()
    }
}

const VIP: &str =
    "Lifetime value: {customer.total_spent} {customer.currency} in {customer.orders_count} orders.";
const FIRST: &str =
    "Spent {customer.total_spent} {customer.currency}. Did everything arrive, and does it fit?";
const BACK: &str = "Money went back {customer.refund_count} times: {customer.refunded_amount} {customer.currency}. Ask what \
                    went wrong before offering anything.";
const SILENT: &str =
    "No order for {customer.days_since_last_order} days; {customer.orders_count} before that.";
const CHECKOUT: &str = "A checkout was left and nothing was ordered since.";
const ORDER: &str = "Order {order.name}: {order.total} {order.currency}, {order.payment}.";

fn task(priority: Priority, due_in_hours: u32, subject: &str, line: &str) -> Act {
    Act::Task { subject: subject.to_owned(), lines: vec![line.to_owned()], priority, due_in_hours }
}

fn message(line: &str) -> Act {
    let (channel, title) = ("sales".to_owned(), "High-value order".to_owned());
    Act::Message { channel, title, lines: vec![line.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SignalRule;

    #[test]
    fn s_113_each_usual_action_has_its_signal_and_each_usual_signal_its_action() {
        let (signals, actions) = (SignalRule::usual(), ActionRule::usual());
        assert_eq!(actions.len(), 11);
        assert!(actions.values().all(|action| signals.contains_key(&action.on)));
        for signal in signals.keys() {
            assert!(actions.values().any(|action| action.on == *signal), "{signal:?} leads to nothing");
        }
    }

    #[test]
    fn f_26_what_reaches_a_customer_is_known() {
        let reaching = ActionRule::usual().into_values().filter(|rule| rule.act.reaches_customer()).count();
        assert_eq!(reaching, 1);
    }
}
