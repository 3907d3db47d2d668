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

/// What an event of our own begins with. Shopify has no such topic.
const OURS: &str = "counterfoil/";
/// What stands before a topic of ours that somebody else says: it is nobody's then.
const CLAIMED: &str = "claimed:";

/// A webhook topic as Shopify writes it, such as `orders/create` or `customer.tags_added`; or one of ours, such as
/// `counterfoil/due`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(String);

impl Topic {
    /// A topic that somebody outside says. Any text is one; what is too long is cut, so that a header cannot fill a queue.
    /// Who says one of ours says nothing: it becomes a topic that is unknown. Ours are made by the constructors below, and
    /// read from our own queue.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let claimed = if text.starts_with(OURS) { CLAIMED } else { "" };
        Self(claimed.chars().chain(text.chars()).take(Self::MAX_CHARS).collect())
    }

    const MAX_CHARS: usize = 100;

    /// Ours: the time has come to look at a customer again, although nothing happened.
    pub fn due() -> Self {
        Self(format!("{OURS}due"))
    }

    /// Ours: a checkout lies there, and nobody goes on with it.
    pub fn abandoned() -> Self {
        Self(format!("{OURS}abandoned"))
    }

    /// Ours: a customer is to be set right.
    pub fn repair() -> Self {
        Self(format!("{OURS}repair"))
    }

    /// The topic as Shopify or we write it; empty where the header was missing.
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
            | "counterfoil/due"
            | "counterfoil/repair" => Concern::Customer,
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
            "checkouts/create" | "checkouts/update" | "checkouts/delete" | "counterfoil/abandoned" => {
                Concern::Checkout
            }
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
    fn our_own_topics_name_a_customer_or_a_checkout_and_come_back_as_they_went() {
        let table = [
            (Topic::due(), "counterfoil/due", Concern::Customer),
            (Topic::repair(), "counterfoil/repair", Concern::Customer),
            (Topic::abandoned(), "counterfoil/abandoned", Concern::Checkout),
        ];
        for (topic, text, concern) in table {
            assert_eq!((topic.as_str(), topic.concern()), (text, concern));
            let sent = serde_json::to_string(&topic).unwrap();
            assert_eq!(serde_json::from_str::<Topic>(&sent).unwrap(), topic);
        }
    }

    #[test]
    fn who_says_a_topic_of_ours_says_one_that_is_unknown() {
        for text in ["counterfoil/due", " counterfoil/repair\n", "counterfoil/abandoned", "counterfoil/later"]
        {
            let topic = Topic::new(text);
            assert_eq!(topic.concern(), Concern::Unknown, "{text}");
            assert_eq!(topic.as_str(), format!("claimed:{}", text.trim()));
        }
        assert_eq!(Topic::new("claimed:counterfoil/due").concern(), Concern::Unknown);
    }

    #[test]
    fn a_topic_nobody_knows_is_kept_as_unknown() {
        for topic in ["", "products/create", "Orders/Create"] {
            assert_eq!(Topic::new(topic).concern(), Concern::Unknown, "{topic}");
        }
        assert_eq!(Topic::new(&"x".repeat(5000)).as_str().len(), 100);
    }
}
