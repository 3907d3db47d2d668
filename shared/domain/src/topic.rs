//! What a delivery is about, and what that means to us.

use serde::{Deserialize, Serialize};

/// What a topic's payload names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// A customer, by its own `id`.
    Customer,
    /// A customer, named by another object (`customer_id`, `customerId`).
    CustomerOf,
    /// An order, by its own `id`, with its customer inside where there is one.
    Order,
    /// An order, named by another object (`order_id`): its refund, its edit.
    OrderOf,
    /// A company, by its `admin_graphql_api_id`.
    Company,
    /// Two customers who became one.
    Merge,
    /// A checkout, by its `token`.
    Checkout,
    /// A person who wants to be forgotten, by id or only by address.
    Erasure,
    /// A person who wants to know what is held of them, by id or only by address.
    DataRequest,
    /// The shop took the app away; its access is dead, and its data is to be erased two days later.
    ShopLeft,
    /// The shop's data is to be erased.
    ShopErased,
    /// A bulk operation came to an end, well or not.
    BulkFinished,
    /// The app may read or write other things than before.
    ScopesChanged,
    /// A topic nobody here has heard of; it is kept, parked.
    Unknown,
}

/// A webhook topic as Shopify writes it, such as `orders/create` or `customer.tags_added`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(String);

impl Topic {
    /// Any text is a topic; what is too long to be one is cut, so that a header cannot fill a queue.
    pub fn new(text: &str) -> Self {
        Self(text.trim().chars().take(Self::MAX_CHARS).collect())
    }

    const MAX_CHARS: usize = 100;

    /// Ours and not Shopify's: a customer who was found to differ, or is to be synced again.
    pub const REPAIR: &str = "counterfoil/repair";

    /// Whether it asks that the CRM's record be looked at too, and not only what is remembered of it.
    pub fn looks_at_the_record(&self) -> bool {
        self.0 == Self::REPAIR
    }

    /// The topic as Shopify writes it; empty where the header was missing.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its payload names (shopify.dev/docs/api/webhooks).
    pub fn concern(&self) -> Concern {
        match self.0.as_str() {
            "customers/create"
            | "customers/update"
            | "customers/enable"
            | "customers/disable"
            | "customers/delete"
            | "customers_marketing_consent/update"
            | Self::REPAIR => Concern::Customer,
            "customers/purchasing_summary"
            | "customer.tags_added"
            | "customer.tags_removed"
            | "customers_email_marketing_consent/update"
            | "customers_whats_app_marketing_consent/update"
            | "company_contacts/create"
            | "company_contacts/update"
            | "company_contacts/delete" => Concern::CustomerOf,
            "orders/create"
            | "orders/updated"
            | "orders/fulfilled"
            | "orders/paid"
            | "orders/cancelled"
            | "orders/delete"
            | "orders/partially_fulfilled" => Concern::Order,
            "refunds/create" | "orders/edited" => Concern::OrderOf,
            "customers/merge" => Concern::Merge,
            "checkouts/create" | "checkouts/update" | "checkouts/delete" => Concern::Checkout,
            "customers/redact" => Concern::Erasure,
            "customers/data_request" => Concern::DataRequest,
            "companies/create" | "companies/update" | "companies/delete" => Concern::Company,
            of_the_app => about_the_app(of_the_app),
        }
    }
}

/// What concerns nobody of the shop's customers, but the shop, the app or its work.
fn about_the_app(topic: &str) -> Concern {
    match topic {
        "app/uninstalled" => Concern::ShopLeft,
        "shop/redact" => Concern::ShopErased,
        "bulk_operations/finish" => Concern::BulkFinished,
        "app/scopes_update" => Concern::ScopesChanged,
        _ => Concern::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_067_to_s_072_the_six_topics_name_a_customer_or_an_order() {
        for topic in ["customers/create", "customers/update"] {
            assert_eq!(Topic::new(topic).concern(), Concern::Customer);
        }
        for topic in ["orders/create", "orders/updated", "orders/fulfilled"] {
            assert_eq!(Topic::new(topic).concern(), Concern::Order);
        }
        assert_eq!(Topic::new("refunds/create").concern(), Concern::OrderOf);
    }

    #[test]
    fn each_topic_that_is_more_than_a_change_has_its_own_concern() {
        let table = [
            ("orders/edited", Concern::OrderOf),
            ("customers/merge", Concern::Merge),
            ("checkouts/create", Concern::Checkout),
            ("checkouts/update", Concern::Checkout),
            ("checkouts/delete", Concern::Checkout),
            ("customers/redact", Concern::Erasure),
            ("customers/data_request", Concern::DataRequest),
            ("app/uninstalled", Concern::ShopLeft),
            ("shop/redact", Concern::ShopErased),
            ("bulk_operations/finish", Concern::BulkFinished),
            ("app/scopes_update", Concern::ScopesChanged),
            ("companies/update", Concern::Company),
            ("company_contacts/create", Concern::CustomerOf),
        ];
        for (topic, concern) in table {
            assert_eq!(Topic::new(topic).concern(), concern, "{topic}");
        }
    }

    #[test]
    fn a_topic_nobody_knows_is_kept_as_unknown() {
        for topic in ["", "products/create", "Orders/Create"] {
            assert_eq!(Topic::new(topic).concern(), Concern::Unknown, "{topic}");
        }
        assert_eq!(Topic::new(&"x".repeat(5000)).as_str().len(), 100);
    }
}
