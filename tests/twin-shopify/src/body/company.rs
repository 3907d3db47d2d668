//! Bodies about companies: no numeric id, and a contact names its customer by a global id.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{company::Company, gid::gid, shop::Shop};

/// companies/create, companies/update and companies/delete.
pub(crate) fn full(shop: &Shop, company: &Company) -> Value {
    json!({
        "name": company.name, "note": null, "external_id": null, "main_contact_admin_graphql_api_id": null,
        "created_at": shop.local(company.created_at), "updated_at": shop.local(company.updated_at),
        "customer_since": shop.local(company.created_at), "admin_graphql_api_id": gid("Company", company.id),
    })
}

/// `company_contacts/create`.
pub(crate) fn contact(shop: &Shop, id: u64, customer: u64, company: &Company, now: Timestamp) -> Value {
    json!({
        "admin_graphql_api_id": gid("CompanyContact", id), "title": null, "locale": "en",
        "customer_admin_graphql_api_id": gid("Customer", customer),
        "created_at": shop.local(now), "updated_at": shop.local(now), "company": full(shop, company),
    })
}
