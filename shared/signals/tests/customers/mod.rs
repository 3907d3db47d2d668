//! Somebody to ask about.

use domain::{
    Consent, Customer, CustomerId, CustomerKey, Money, OrderId, OrderSummary, Place, Seen, ShopDomain,
};
use jiff::Timestamp;

/// Ninety-one days after Ada's last order, to the second.
pub(crate) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a moment")
}

/// Three orders, two tags, an address and no number; whether money went back was not read.
pub(crate) fn ada() -> Customer {
    let at = |text: &str| -> Timestamp { text.parse().expect("a moment") };
    let (id, processed_at) = (OrderId::new(11), at("2026-08-21T10:00:00Z"));
    Customer {
        key: CustomerKey {
            shop: ShopDomain::parse("demo.myshopify.com").expect("a shop"),
            customer: CustomerId::new(7),
        },
        created_at: at("2025-11-20T10:00:00Z"),
        updated_at: at("2026-11-20T09:00:00Z"),
        first_name: Seen::Known(Some("Ada".into())),
        last_name: Seen::Known(None),
        email: Seen::Withheld,
        phone: Seen::Known(None),
        place: Place::default(),
        tags: vec!["vip".into(), "b2b".into()],
        orders_count: 3,
        amount_spent: Money::parse("149.70", "USD").expect("money"),
        last_order: Some(OrderSummary { id, name: "#1003".into(), processed_at }),
        refunds: None,
        companies: None,
        email_consent: Seen::Known(Some(Consent::Subscribed)),
        sms_consent: Seen::Known(None),
        metafields: [].into(),
    }
}
