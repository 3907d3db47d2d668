//! Orders in the control API.

use axum::{
    body::Bytes,
    extract::{Path, State},
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    control::{Answer, Of, id_answer, named},
    fields::Fields,
};
use crate::{
    actions::{NewLine, NewOrder},
    error::TwinError,
    twin::Twin,
};

const ORDER: [&str; 10] = [
    "customer_id",
    "email",
    "total",
    "name",
    "financial_status",
    "processed_at",
    "test",
    "tags",
    "source_name",
    "lines",
];

pub(super) async fn create_order(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    let fields = Fields::read(&body, &ORDER)?;
    let lines = fields.objects("lines")?.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let sum = lines.iter().map(|line| line.price * Decimal::from(line.quantity)).sum();
    let total = fields.amount("total")?.or(Some(sum).filter(|_| !lines.is_empty()));
    let order = NewOrder {
        customer: fields.id("customer_id", "Customer")?,
        email: fields.words("email")?,
        total: total
            .ok_or_else(|| TwinError::invalid("`total` is missing; send an amount like \"49.90\""))?,
        name: fields.words("name")?,
        lines,
        financial_status: fields.words("financial_status")?,
        processed_at: fields.time("processed_at")?,
        test: fields.flag("test")?.unwrap_or(false),
        tags: fields.list("tags")?.unwrap_or_default(),
        source_name: fields.words("source_name")?,
    };
    Ok(id_answer(twin.shop(&shop)?.create_order(order)?, "Order"))
}

fn line(value: Value) -> Result<NewLine, TwinError> {
    let fields = Fields::of(value, &["title", "quantity", "price", "sku"])?;
    let quantity = fields.whole("quantity")?.unwrap_or(1);
    Ok(NewLine {
        title: fields.words("title")?.unwrap_or_else(|| "Item".to_owned()),
        quantity: u64::try_from(quantity).map_err(|cause| {
            TwinError::invalid(format!("`quantity` is {quantity}; send zero or more")).because(cause)
        })?,
        price: fields
            .amount("price")?
            .ok_or_else(|| TwinError::invalid("`price` of a line is missing; send an amount"))?,
        sku: fields.words("sku")?,
    })
}

pub(super) async fn fulfil(State(twin): State<Twin>, Path((shop, id)): Of<(String, String)>) -> Answer {
    let id = named(&id, "Order")?;
    twin.shop(&shop)?.fulfil(id)?;
    Ok(id_answer(id, "Order"))
}

pub(super) async fn refund(
    State(twin): State<Twin>,
    Path((shop, id)): Of<(String, String)>,
    body: Bytes,
) -> Answer {
    let (id, fields) = (named(&id, "Order")?, Fields::read(&body, &["amount", "note"])?);
    let handle = twin.shop(&shop)?;
    let amount = match fields.amount("amount")? {
        Some(amount) => amount,
        None => handle.order(id)?.spent(),
    };
    Ok(id_answer(handle.refund(id, amount, fields.words("note")?)?, "Refund"))
}

pub(super) async fn cancel(
    State(twin): State<Twin>,
    Path((shop, id)): Of<(String, String)>,
    body: Bytes,
) -> Answer {
    let (id, fields) = (named(&id, "Order")?, Fields::read(&body, &["reason"])?);
    twin.shop(&shop)?.cancel(id, fields.words("reason")?)?;
    Ok(id_answer(id, "Order"))
}

pub(super) async fn delete_order(State(twin): State<Twin>, Path((shop, id)): Of<(String, String)>) -> Answer {
    let id = named(&id, "Order")?;
    twin.shop(&shop)?.delete_order(id)?;
    Ok(id_answer(id, "Order"))
}
