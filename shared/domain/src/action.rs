//! What is done once because a signal went on: decided by the one who writes the contact, carried out by somebody else.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    CustomerId, CustomerKey, ExternalKey, Field, Fingerprint, FingerprintKey, Money, OrderId, Priority,
    RecordId, ShopDomain, Value,
};

/// The name of an action, such as `call_new_vip`: small letters, digits and `_`, a letter first, at most 50.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionName(String);

impl ActionName {
    const LONGEST: usize = 50;

    /// Reads a name; none where it has another shape.
    pub fn parse(text: &str) -> Option<Self> {
        let begins = text.starts_with(|letter: char| letter.is_ascii_lowercase());
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_right = begins && text.len() <= Self::LONGEST && text.bytes().all(is_name);
        is_right.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an action is done once for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A customer's whole life.
    Ever,
    /// The n-th time that the signal went on.
    Time(u32),
    /// One order: the one that is spoken of, or the one after which somebody fell silent.
    Order(OrderId),
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ever => f.write_str("ever"),
            Self::Time(time) => write!(f, "time-{time}"),
            Self::Order(order) => write!(f, "order-{order}"),
        }
    }
}

/// What makes an action one and the same, however often it is decided on: which action, whose, and what it is done once
/// for. Without personal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionKey(String);

impl ActionKey {
    /// Of this action for this customer.
    pub fn new(action: &ActionName, customer: &CustomerKey, period: Period) -> Self {
        Self(format!("{}#{customer}#{period}", action.as_str()))
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the action.
    pub fn action(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }

    /// A discount code for it: always the same one, and nobody guesses it who has not the key of the hashes.
    pub fn code(&self, prefix: &str, key: &FingerprintKey) -> String {
        let print = Fingerprint::of(key, Field::DiscountCode, &Value::Text(self.0.clone()));
        let letters = print.as_str().to_uppercase();
        format!("{prefix}-{}", letters.get(..10).unwrap_or(&letters))
    }
}

impl fmt::Display for ActionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Deed {
    /// A task for whoever owns the contact.
    Task {
        /// What it is about, on one line.
        subject: String,
        /// Line by line, as plain text.
        lines: Vec<String>,
        /// Until when, UTC.
        due_at: Timestamp,
        /// How soon.
        priority: Priority,
    },
    /// A note on the contact.
    Note {
        /// Line by line, as plain text.
        lines: Vec<String>,
    },
    /// A message to people in a chat.
    Message {
        /// Which channel, by the name that the secret has for it.
        channel: String,
        /// What it is about, on one line.
        title: String,
        /// Line by line, as plain text.
        lines: Vec<String>,
    },
    /// A discount in the shop, for this customer alone and for one order.
    Discount {
        /// What the customer enters.
        code: String,
        /// What the shop's team reads.
        title: String,
        /// How many hundredths are taken off, more than 0 and at most 100.
        percent: Decimal,
        /// Until when it can be used, UTC.
        ends_at: Timestamp,
    },
    /// A word in the contact's field of invitations, which the CRM's own campaigns act on.
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
        /// The CRM's pipeline that the stage is of, where one is named.
        pipeline: Option<String>,
        /// What it may be worth.
        amount: Money,
    },
}

impl Deed {
    /// What kind it is, for logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Task { .. } => "task",
            Self::Note { .. } => "note",
            Self::Message { .. } => "message",
            Self::Discount { .. } => "discount",
            Self::Invitation { .. } => "invitation",
            Self::Deal { .. } => "deal",
        }
    }
}

/// An action that was decided on. It may be decided on and sent again: its key says that it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// What makes it one and the same.
    pub key: ActionKey,
    /// Which action.
    pub action: ActionName,
    /// Whose customer.
    pub shop: ShopDomain,
    /// Which.
    pub customer: CustomerId,
    /// The CRM's record of the customer, as it was when this was decided.
    pub record: RecordId,
    /// The order that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// When it was decided, UTC.
    pub fired_at: Timestamp,
    /// What is to be done.
    pub deed: Deed,
}

impl Firing {
    /// The customer.
    pub fn customer_key(&self) -> CustomerKey {
        CustomerKey { shop: self.shop.clone(), customer: self.customer }
    }
}

/// What travels on the queue of actions. The version is in the name, because the queue outlives the deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionMessage {
    /// The first version.
    V1(Firing),
}

impl ExternalKey {
    /// The key of what an action makes in the CRM. It names the shop, so it needs no prefix.
    pub fn of_action(key: &ActionKey) -> Self {
        Self::from_crm(key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(period: Period) -> ActionKey {
        let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
        let customer = CustomerKey { shop, customer: CustomerId::new(7) };
        ActionKey::new(&ActionName::parse("call_new_vip").unwrap(), &customer, period)
    }

    #[test]
    fn f_11_an_action_is_the_same_by_its_name_its_customer_and_what_it_is_done_once_for() {
        let keys = [Period::Ever, Period::Time(1), Period::Time(2), Period::Order(OrderId::new(1))].map(key);
        let all = std::collections::BTreeSet::from(keys.clone());
        assert_eq!(all.len(), keys.len());
        assert!(keys[0].as_str().contains("call_new_vip") && keys[0].as_str().contains("demo.myshopify.com"));
    }

    #[test]
    fn an_action_comes_back_as_it_went() {
        let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let task = Deed::Task { subject: "Call".into(), lines: vec![], due_at: at, priority: Priority::High };
        let firing = Firing {
            key: key(Period::Time(1)),
            action: ActionName::parse("call_new_vip").unwrap(),
            shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
            customer: CustomerId::new(u64::MAX),
            record: RecordId::new("55"),
            order: None,
            fired_at: at,
            deed: task,
        };
        let sent = ActionMessage::V1(firing);
        let text = serde_json::to_string(&sent).unwrap();
        assert!(text.starts_with(r#"{"v1":{"#), "{text}");
        assert_eq!(serde_json::from_str::<ActionMessage>(&text).unwrap(), sent);
    }

    #[test]
    fn a_name_has_one_shape() {
        for text in ["", "_vip", "2nd", "Vip", "vip buyer", &"x".repeat(51)] {
            assert_eq!(ActionName::parse(text), None, "{text}");
        }
    }
}
