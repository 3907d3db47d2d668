//! customers/create and customers/update: since API 2025-01 without spend, counts, tags and consents.

use serde_json::{Value, json};

use super::address;
use crate::{customer::Customer, gid::gid, shop::Shop};

pub(crate) fn full(shop: &Shop, customer: &Customer) -> Value {
    let mut fields = embedded(shop, customer);
    let addresses: Vec<Value> =
        customer.address.iter().map(|held| address::of_customer(held, customer)).collect();
    fields["addresses"] = addresses.into();
    fields
}

/// The customer as orders carry it: the same without the list of addresses.
pub(crate) fn embedded(shop: &Shop, customer: &Customer) -> Value {
    json!({
        "id": customer.id,
        "admin_graphql_api_id": gid("Customer", customer.id),
        "created_at": shop.local(customer.created_at),
        "updated_at": shop.local(customer.updated_at),
        "first_name": customer.first_name, "last_name": customer.last_name,
        "state": customer.state, "note": customer.note, "verified_email": customer.verified_email,
        "multipass_identifier": null, "tax_exempt": customer.tax_exempt, "tax_exemptions": [],
        "email": customer.email, "phone": customer.phone, "currency": shop.settings.currency,
        "default_address": customer.address.as_ref().map(|held| address::of_customer(held, customer)),
    })
}
