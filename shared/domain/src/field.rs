//! The fields that the shop owns, and how each may be written.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{MetafieldName, SignalName};

/// A field that may be written to a CRM. What the CRM owns (owner, lead status) has no variant here, so a write that
/// touches it cannot be built (S-014, S-093).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The unique key that ties the record to the shop's customer.
    CustomerKey,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Address.
    Email,
    /// Number.
    Phone,
    /// Where the lead came from.
    LeadSource,
    /// Spend over the whole life, in [`Field::Currency`].
    TotalSpent,
    /// Orders over the whole life.
    OrdersCount,
    /// Spend by order; empty where there is none.
    AverageOrderValue,
    /// The currency of the two amounts.
    Currency,
    /// All tags.
    Tags,
    /// Customer since.
    CustomerSince,
    /// The newest order's id.
    LastOrderId,
    /// The newest order's name.
    LastOrderName,
    /// When the newest order was placed.
    LastOrderAt,
    /// How often money went back.
    RefundCount,
    /// How much went back, in [`Field::Currency`].
    RefundedAmount,
    /// The companies that somebody buys for.
    Companies,
    /// How far somebody has come as a customer, in the merchant's words.
    LifecycleStage,
    /// Whether marketing by e-mail is agreed to.
    EmailConsent,
    /// Whether marketing by text message is agreed to.
    SmsConsent,
    /// The labels of the signals that are on.
    Signals,
    /// The segments that somebody is in, by the signals that are on.
    Segments,
    /// The points of the signals that are on, added up.
    Score,
    /// What somebody was invited to last.
    Invitation,
    /// The code of the discount that somebody was given last.
    DiscountCode,
    /// What a signal says that has a text.
    Signal(SignalName),
    /// One of the merchant's own, which the manifest names (S-214).
    Metafield(MetafieldName),
}

/// How a field may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The shop's word counts: what is written differs, it is written again.
    Always,
    /// Written when the shop changed it, so that a rep's own edit in between stays.
    WhenChanged,
    /// Written where the CRM has nothing, and then never again.
    SetOnce,
    /// Written where it is further along an order than what the CRM has: a later stage, a greater number, a later
    /// moment. Never back, and never cleared.
    ForwardOnly,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Always, Self::WhenChanged, Self::SetOnce, Self::ForwardOnly];

    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::WhenChanged => "when-changed",
            Self::SetOnce => "set-once",
            Self::ForwardOnly => "forward-only",
        }
    }
}

impl Field {
    /// Every field that is ours, in the order in which it is shown. Those that the manifest names come after them.
    pub const ALL: [Self; 26] = [
        Self::CustomerKey,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::LeadSource,
        Self::TotalSpent,
        Self::OrdersCount,
        Self::AverageOrderValue,
        Self::Currency,
        Self::Tags,
        Self::CustomerSince,
        Self::LastOrderId,
        Self::LastOrderName,
        Self::LastOrderAt,
        Self::RefundCount,
        Self::RefundedAmount,
        Self::Companies,
        Self::LifecycleStage,
        Self::EmailConsent,
        Self::SmsConsent,
        Self::Signals,
        Self::Segments,
        Self::Score,
        Self::Invitation,
        Self::DiscountCode,
    ];

    /// How it is written where nobody says otherwise.
    pub fn usual_policy(self) -> Policy {
        match self {
            Self::FirstName | Self::LastName | Self::Email | Self::Phone => Policy::WhenChanged,
            Self::LeadSource => Policy::SetOnce,
            Self::LifecycleStage => Policy::ForwardOnly,
            _ => Policy::Always,
        }
    }

    /// Whether of two of its values one is further along, so that [`Policy::ForwardOnly`] says something.
    pub fn has_order(self) -> bool {
        matches!(
            self,
            Self::TotalSpent
                | Self::OrdersCount
                | Self::AverageOrderValue
                | Self::CustomerSince
                | Self::LastOrderAt
                | Self::RefundCount
                | Self::RefundedAmount
                | Self::LifecycleStage
        )
    }

    /// Its name in logs, rows and reports: stable, ours, and in no vendor's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::CustomerKey => "customer_key",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::LeadSource => "lead_source",
            Self::TotalSpent => "total_spent",
            Self::OrdersCount => "orders_count",
            Self::AverageOrderValue => "average_order_value",
            Self::Currency => "currency",
            Self::Tags => "tags",
            Self::CustomerSince => "customer_since",
            Self::LastOrderId => "last_order_id",
            Self::LastOrderName => "last_order_name",
            Self::LastOrderAt => "last_order_at",
            Self::RefundCount => "refund_count",
            Self::RefundedAmount => "refunded_amount",
            Self::Companies => "companies",
            Self::LifecycleStage => "lifecycle_stage",
            Self::EmailConsent => "email_marketing_consent",
            Self::SmsConsent => "sms_marketing_consent",
            Self::Signals => "signals",
            Self::Segments => "segments",
            Self::Score => "score",
            Self::Invitation => "invitation",
            Self::DiscountCode => "discount_code",
            Self::Signal(name) => name.field_name(),
            Self::Metafield(name) => name.as_str(),
        }
    }

    /// The field of ours of that name.
    pub fn built_in(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The field of that name: ours, or else a signal's or the merchant's own, whether the manifest still speaks of it or
    /// not, so that what was remembered of it is not lost.
    pub fn from_name(name: &str) -> Option<Self> {
        let signal = || SignalName::of_field(name).map(Self::Signal);
        let metafield = || MetafieldName::parse(name).ok().map(Self::Metafield);
        Self::built_in(name).or_else(signal).or_else(metafield)
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing: the field is cleared.
    Empty,
    /// Words.
    Text(String),
    /// Several words, in order.
    List(Vec<String>),
    /// A number, exactly.
    Number(Decimal),
    /// A moment, UTC.
    Time(Timestamp),
}

impl Value {
    /// One spelling for each value, so that two of them can be compared and hashed: `10.0` is `10.00`.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => format!("t{text}"),
            Self::List(list) => format!("l{}", list.join("\u{1f}")),
            Self::Number(number) => format!("n{}", number.normalize()),
            Self::Time(time) => format!("@{}", time.as_millisecond()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_name_and_is_found_by_it() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(field));
        }
        assert_eq!(Field::from_name("hubspot_owner_id"), None);
    }

    #[test]
    fn s_214_a_metafield_is_found_by_its_name_and_is_none_of_ours() {
        let tier = Field::from_name("loyalty_tier").unwrap();
        assert_eq!(Some(tier), MetafieldName::parse("loyalty_tier").ok().map(Field::Metafield));
        assert_eq!((tier.name(), tier.usual_policy()), ("loyalty_tier", Policy::Always));
        assert_eq!(Field::built_in("loyalty_tier"), None);
        assert!(!tier.has_order() && Field::ALL.into_iter().all(|field| field < tier));
    }

    #[test]
    fn s_014_and_s_093_owner_and_lead_status_are_no_fields() {
        let names: Vec<_> = Field::ALL.iter().map(|f| f.name()).collect();
        assert!(names.iter().all(|name| !name.contains("owner") && !name.contains("lead_status")));
    }
}
