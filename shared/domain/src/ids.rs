//! Who and what: each kind of id is a type of its own, so that one cannot stand where another is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that is not the id it claims to be: names the kind, the value's shape and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    kind: &'static str,
    shape: String,
    mend: &'static str,
}

impl InvalidId {
    fn new(kind: &'static str, value: &str, mend: &'static str) -> Self {
        Self { kind, shape: format!("{} characters", value.chars().count()), mend }
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {} ({}): {}", self.kind, self.shape, self.mend)
    }
}

impl std::error::Error for InvalidId {}

/// A shop, by its permanent `*.myshopify.com` domain, in lower case.
///
/// Shopify names the shop of a delivery this way whatever its public domain is
/// (shopify.dev/docs/apps/build/webhooks/delivery-structure).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShopDomain(String);

impl ShopDomain {
    /// Reads a shop's domain; case does not matter.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let domain = text.trim().to_ascii_lowercase();
        let handle = domain.strip_suffix(".myshopify.com").unwrap_or_default();
        let fits = (1..=100).contains(&handle.len())
            && !handle.starts_with('-')
            && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits { Ok(Self(domain)) } else { Err(InvalidId::new("shop domain", text, Self::MEND)) }
    }

    const MEND: &'static str = "use the permanent domain, such as example.myshopify.com";

    /// The domain, such as `example.myshopify.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ShopDomain {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<ShopDomain> for String {
    fn from(shop: ShopDomain) -> Self {
        shop.0
    }
}

impl fmt::Display for ShopDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The id as Shopify's numeric `id`; it may exceed 2^53.
            pub fn new(id: u64) -> Self {
                Self(id)
            }

            /// Reads `123` or a global id such as `gid://shopify/Kind/123`.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let prefix = concat!("gid://shopify/", $kind, "/");
                let digits = text.strip_prefix(prefix).unwrap_or(text);
                let digits = digits.split('?').next().unwrap_or_default();
                digits.parse().map(Self).map_err(|_| {
                    InvalidId::new(concat!($kind, " id"), text, concat!("use digits or gid://shopify/", $kind, "/<digits>"))
                })
            }

            /// The numeric id.
            pub fn get(self) -> u64 {
                self.0
            }

            /// The global id that the Admin GraphQL API takes.
            pub fn gid(self) -> String {
                format!(concat!("gid://shopify/", $kind, "/{}"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

numeric_id!(
    /// A shop's customer.
    CustomerId,
    "Customer"
);
numeric_id!(
    /// A shop's order.
    OrderId,
    "Order"
);
numeric_id!(
    /// A refund of an order.
    RefundId,
    "Refund"
);

numeric_id!(
    /// A company that buys from a shop (B2B).
    CompanyId,
    "Company"
);

/// A customer of one shop: the shop is part of the key, so two shops' customers never collide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey {
    /// Whose customer.
    pub shop: ShopDomain,
    /// Which customer.
    pub customer: CustomerId,
}

impl fmt::Display for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.shop, self.customer)
    }
}

/// The unique key by which a CRM record can be found again: the id of the customer, the company, the order or the
/// refund that it is made from, behind the shop's prefix where several shops share one CRM account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalKey(String);

impl ExternalKey {
    /// The key of `customer`; `prefix` is the shop's own where several shops share the CRM account, else empty.
    pub fn new(prefix: &str, customer: CustomerId) -> Self {
        Self(format!("{prefix}{customer}"))
    }

    /// The key of an order's deal; `prefix` is as for a customer.
    pub fn of_order(prefix: &str, order: OrderId) -> Self {
        Self(format!("{prefix}{order}"))
    }

    /// The key of a refund's note; `prefix` is as for a customer.
    pub fn of_refund(prefix: &str, refund: RefundId) -> Self {
        Self(format!("{prefix}{refund}"))
    }

    /// The key of a company; `prefix` is as for a customer.
    pub fn of_company(prefix: &str, company: CompanyId) -> Self {
        Self(format!("{prefix}{company}"))
    }

    /// A key as it was read back from a CRM.
    pub fn from_crm(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The key as it is stored in the CRM.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A CRM's own id of a record. A string in every CRM we know, opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// The id as the CRM gave it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as the CRM gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_above_two_to_the_53_stay_exact() {
        let id = CustomerId::parse("gid://shopify/Customer/820982911946154508").unwrap();
        assert_eq!(id.get(), 820_982_911_946_154_508);
        assert_eq!(CustomerId::parse("820982911946154508").unwrap(), id);
        assert_eq!(id.gid(), "gid://shopify/Customer/820982911946154508");
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        for text in ["gid://shopify/Order/1", "", "-1", "1.0", "abc", "99999999999999999999999"] {
            assert!(CustomerId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_shop_is_its_permanent_domain_in_any_case() {
        assert_eq!(ShopDomain::parse(" Demo-1.MyShopify.com ").unwrap().as_str(), "demo-1.myshopify.com");
        for text in
            ["", "demo", "demo.example.com", ".myshopify.com", "a b.myshopify.com", "x#y.myshopify.com"]
        {
            let refused = ShopDomain::parse(text).unwrap_err().to_string();
            assert!(refused.contains("example.myshopify.com"), "{refused}");
        }
    }

    #[test]
    fn an_error_tells_the_shape_and_never_the_value() {
        let refused = CustomerId::parse("ada@example.com").unwrap_err().to_string();
        assert!(refused.contains("15 characters") && !refused.contains("ada"), "{refused}");
    }
}
