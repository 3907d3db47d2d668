//! One pass over a payload that keeps the ids and versions and skips the rest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::loose::Loose;

/// The keys that are looked for, wherever a topic puts them. Nothing here describes a person but the address, which only
/// an erasure or a data request without an id keeps: Shopify offers no way to read it back.
#[derive(Debug, Default)]
pub(super) struct Probe<'de> {
    pub(super) id: Loose<'de>,
    pub(super) gid: Loose<'de>,
    pub(super) updated_at: Loose<'de>,
    pub(super) created_at: Loose<'de>,
    pub(super) completed_at: Loose<'de>,
    pub(super) order_id: Loose<'de>,
    pub(super) customer_id: Loose<'de>,
    pub(super) kept_id: Loose<'de>,
    pub(super) deleted_id: Loose<'de>,
    pub(super) status: Loose<'de>,
    pub(super) token: Loose<'de>,
    pub(super) cart_token: Loose<'de>,
    pub(super) checkout_token: Loose<'de>,
    pub(super) shop_id: Loose<'de>,
    pub(super) email: Loose<'de>,
    pub(super) customer: Option<Box<Probe<'de>>>,
    pub(super) data_request: Option<Box<Probe<'de>>>,
    pub(super) order_edit: Option<Box<Probe<'de>>>,
    pub(super) is_object: bool,
}

impl<'de> Probe<'de> {
    fn slot(&mut self, key: &str) -> Option<&mut Loose<'de>> {
        Some(match key {
            "id" => &mut self.id,
            "admin_graphql_api_id" => &mut self.gid,
            "updated_at" => &mut self.updated_at,
            "created_at" => &mut self.created_at,
            "completed_at" => &mut self.completed_at,
            "order_id" => &mut self.order_id,
            "customerId" | "customer_id" | "customer_admin_graphql_api_id" => &mut self.customer_id,
            "admin_graphql_api_customer_kept_id" => &mut self.kept_id,
            "admin_graphql_api_customer_deleted_id" => &mut self.deleted_id,
            "status" => &mut self.status,
            "token" => &mut self.token,
            "cart_token" => &mut self.cart_token,
            "checkout_token" => &mut self.checkout_token,
            "shop_id" => &mut self.shop_id,
            "email" => &mut self.email,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Probe<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ProbeVisitor)
    }
}

struct ProbeVisitor;

impl<'de> Visitor<'de> for ProbeVisitor {
    type Value = Probe<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut probe = Probe { is_object: true, ..Probe::default() };
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            match key.as_ref() {
                "customer" => probe.customer = Some(map.next_value()?),
                "data_request" => probe.data_request = Some(map.next_value()?),
                "order_edit" => probe.order_edit = Some(map.next_value()?),
                other => match probe.slot(other) {
                    Some(slot) => *slot = map.next_value()?,
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
            }
        }
        Ok(probe)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Probe::default())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Probe::default())
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(KeyVisitor)
    }
}
