//! Customers in the control API.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use serde_json::json;

use super::{
    control::{Answer, Of, id_answer, named},
    fields::Fields,
};
use crate::{customer::Customer, error::TwinError, twin::Twin};

const CUSTOMER: [&str; 9] =
    ["first_name", "last_name", "email", "phone", "verified_email", "tags", "note", "state", "locale"];

pub(super) async fn create_customer(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    let change = customer_change(&Fields::read(&body, &CUSTOMER)?)?;
    Ok(id_answer(twin.shop(&shop)?.create_customer(change)?, "Customer"))
}

pub(super) async fn change_customer(
    State(twin): State<Twin>,
    Path((shop, id)): Of<(String, String)>,
    body: Bytes,
) -> Answer {
    let change = customer_change(&Fields::read(&body, &CUSTOMER)?)?;
    let id = named(&id, "Customer")?;
    twin.shop(&shop)?.change_customer(id, change)?;
    Ok(id_answer(id, "Customer"))
}

/// What a body changes about a customer.
fn customer_change(fields: &Fields) -> Result<impl FnOnce(&mut Customer) + use<>, TwinError> {
    let (first_name, last_name) = (fields.text("first_name")?, fields.text("last_name")?);
    let (email, phone, note) = (fields.text("email")?, fields.text("phone")?, fields.text("note")?);
    let (verified_email, tags) = (fields.flag("verified_email")?, fields.list("tags")?);
    let (state, locale) = (fields.words("state")?, fields.words("locale")?);
    Ok(move |customer: &mut Customer| {
        put(&mut customer.first_name, first_name);
        put(&mut customer.last_name, last_name);
        put(&mut customer.email, email);
        put(&mut customer.phone, phone);
        put(&mut customer.note, note);
        put(&mut customer.verified_email, verified_email);
        put(&mut customer.tags, tags);
        put(&mut customer.state, state);
        put(&mut customer.locale, locale);
    })
}

fn put<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

pub(super) async fn customer(State(twin): State<Twin>, Path((shop, id)): Of<(String, String)>) -> Answer {
    let (handle, id) = (twin.shop(&shop)?, named(&id, "Customer")?);
    let (held, figures) = (handle.customer(id)?, handle.figures(id)?);
    Ok(Json(json!({
        "id": id, "first_name": held.first_name, "last_name": held.last_name, "email": held.email, "phone": held.phone,
        "tags": held.tags, "updated_at": held.updated_at.to_string(), "orders": figures.orders,
        "spent": figures.spent.to_string(), "last_order": figures.last_order,
    })))
}

pub(super) async fn delete_customer(
    State(twin): State<Twin>,
    Path((shop, id)): Of<(String, String)>,
) -> Answer {
    let id = named(&id, "Customer")?;
    twin.shop(&shop)?.delete_customer(id)?;
    Ok(id_answer(id, "Customer"))
}

/// The customer in the path survives.
pub(super) async fn merge(
    State(twin): State<Twin>,
    Path((shop, id)): Of<(String, String)>,
    body: Bytes,
) -> Answer {
    let kept = named(&id, "Customer")?;
    let lost = Fields::read(&body, &["lost"])?.id("lost", "Customer")?;
    let lost =
        lost.ok_or_else(|| TwinError::invalid("`lost` is missing; send the id of the customer that goes"))?;
    twin.shop(&shop)?.merge_customers(kept, lost)?;
    Ok(id_answer(kept, "Customer"))
}
