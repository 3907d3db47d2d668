//! Fields of `Order`, and what hangs on it.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    connection::{self, Names},
    customer::{address, guarded},
    node::Node,
    search,
};
use crate::{
    body::{line::total, refund::returned},
    gid::gid,
    order::{Line, Order, Refund},
    view::View,
};

const FINANCIAL: [&str; 8] = [
    "AUTHORIZED",
    "EXPIRED",
    "PAID",
    "PARTIALLY_PAID",
    "PARTIALLY_REFUNDED",
    "PENDING",
    "REFUNDED",
    "VOIDED",
];
const REASONS: [&str; 6] = ["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"];

pub(super) fn field(view: &View<'_>, order: &Order, name: &str, arguments: &Map<String, Value>) -> Node {
    let text = |text: &Option<String>| Node::of(json!(text));
    match name {
        "id" => Node::of(gid("Order", order.id)),
        "legacyResourceId" => Node::unsigned(order.id),
        "name" => Node::of(order.name.as_str()),
        "number" => Node::of(i32::try_from(order.number).unwrap_or(i32::MAX)),
        "test" => Node::of(order.test),
        "email" => guarded(view, "email", || text(&order.email)),
        "phone" => guarded(view, "phone", || text(&order.phone)),
        "note" => text(&order.note),
        "tags" => Node::of(order.tags.clone()),
        "sourceName" => Node::of(order.source_name.as_str()),
        "checkoutToken" => text(&order.checkout_token),
        "cartToken" => text(&order.cart_token),
        "discountCodes" => Node::of(order.discount_codes.clone()),
        "paymentGatewayNames" => Node::of(order.gateways.clone()),
        "currencyCode" | "presentmentCurrencyCode" => Node::of(order.currency.as_str()),
        "confirmed" => Node::of(!order.named_only),
        "taxExempt" | "taxesIncluded" => Node::of(false),
        "returnStatus" => Node::of("NO_RETURN"),
        "customer" | "purchasingEntity" => buyer(view, order),
        "lineItems" => connection::in_place(
            &LINES,
            order.lines.iter().map(|held| line(order, held)).collect(),
            arguments,
        ),
        "refunds" => refunds(order, arguments),
        "billingAddress" => address(view, order.billing_address.as_ref()),
        "shippingAddress" => address(view, order.shipping_address.as_ref()),
        _ if name.ends_with("Set") => Node::bag(amount(order, name), &order.currency),
        _ => standing(order, name),
    }
}

/// Dates and states.
fn standing(order: &Order, name: &str) -> Node {
    match name {
        "createdAt" => Node::time(order.created_at),
        "updatedAt" => Node::time(order.updated_at),
        "processedAt" => Node::time(order.processed_at),
        "cancelledAt" => Node::time_or_null(order.cancelled_at),
        "closedAt" => Node::time_or_null(order.closed_at),
        "closed" => Node::of(order.closed_at.is_some()),
        "cancelReason" => Node::word(order.cancel_reason.as_deref(), &REASONS),
        "displayFinancialStatus" => Node::word(order.financial.as_deref(), &FINANCIAL),
        "displayFulfillmentStatus" => Node::of(fulfilment(order)),
        "fullyPaid" => Node::of(order.outstanding().is_zero() && !order.received().is_zero()),
        "totalPrice" => Node::of(crate::money::rest(order.total, &order.currency)),
        _ => Node::NULL,
    }
}

fn amount(order: &Order, name: &str) -> Decimal {
    match name {
        "totalPriceSet" => order.total,
        "currentTotalPriceSet" => order.current_total(),
        "subtotalPriceSet" => order.subtotal(),
        "totalTaxSet" => order.tax,
        "totalDiscountsSet" => order.discounts,
        "totalShippingPriceSet" => order.shipping,
        "totalRefundedSet" => order.refunded(),
        "netPaymentSet" => order.spent(),
        "totalReceivedSet" => order.received(),
        "totalOutstandingSet" => order.outstanding(),
        _ => Decimal::ZERO,
    }
}

/// GraphQL says in one word what REST says with a word or none.
fn fulfilment(order: &Order) -> &'static str {
    match order.fulfilment.as_deref() {
        Some("fulfilled") => "FULFILLED",
        Some("partial") => "PARTIALLY_FULFILLED",
        Some("restocked") => "RESTOCKED",
        _ => "UNFULFILLED",
    }
}

fn buyer(view: &View<'_>, order: &Order) -> Node {
    order.customer.filter(|id| view.customer(*id).is_some()).map_or(Node::NULL, Node::Customer)
}

const LINES: Names = Names { connection: "LineItemConnection", edge: "LineItemEdge" };

fn line(order: &Order, held: &Line) -> Node {
    let bag = |amount| Node::bag(amount, &order.currency);
    let name = held
        .variant_title
        .as_ref()
        .map_or_else(|| held.title.clone(), |variant| format!("{} - {variant}", held.title));
    Node::Object(
        "LineItem",
        vec![
            ("id", Node::of(gid("LineItem", held.id))),
            ("name", Node::of(name)),
            ("title", Node::of(held.title.as_str())),
            ("variantTitle", Node::of(json!(held.variant_title))),
            ("sku", Node::of(json!(held.sku))),
            ("vendor", Node::of(json!(held.vendor))),
            ("quantity", Node::of(held.quantity)),
            ("currentQuantity", Node::of(held.quantity)),
            ("requiresShipping", Node::of(true)),
            ("taxable", Node::of(true)),
            ("originalUnitPriceSet", bag(held.price)),
            ("originalTotalSet", bag(held.price * Decimal::from(held.quantity))),
            ("discountedTotalSet", bag(total(held))),
            ("product", product(held)),
            ("variant", variant(held)),
        ],
    )
}

fn product(held: &Line) -> Node {
    held.product_id.map_or(Node::NULL, |id| {
        Node::Object(
            "Product",
            vec![
                ("id", Node::of(gid("Product", id))),
                ("legacyResourceId", Node::unsigned(id)),
                ("title", Node::of(held.title.as_str())),
            ],
        )
    })
}

fn variant(held: &Line) -> Node {
    held.variant_id.map_or(Node::NULL, |id| {
        Node::Object(
            "ProductVariant",
            vec![
                ("id", Node::of(gid("ProductVariant", id))),
                ("legacyResourceId", Node::unsigned(id)),
                ("sku", Node::of(json!(held.sku))),
                ("title", Node::of(held.variant_title.as_deref().unwrap_or("Default Title"))),
            ],
        )
    })
}

fn refunds(order: &Order, arguments: &Map<String, Value>) -> Node {
    let first = arguments.get("first").and_then(Value::as_u64).and_then(|first| usize::try_from(first).ok());
    Node::List(
        order.refunds.iter().take(first.unwrap_or(usize::MAX)).map(|held| refund(order, held)).collect(),
    )
}

fn refund(order: &Order, held: &Refund) -> Node {
    let transactions = Names { connection: "OrderTransactionConnection", edge: "OrderTransactionEdge" };
    Node::Object(
        "Refund",
        vec![
            ("id", Node::of(gid("Refund", held.id))),
            ("legacyResourceId", Node::unsigned(held.id)),
            ("createdAt", Node::time(held.created_at)),
            ("processedAt", Node::time(held.created_at)),
            ("updatedAt", Node::time(held.created_at)),
            ("note", Node::of(json!(held.note))),
            ("order", Node::Order(order.id)),
            ("totalRefundedSet", Node::bag(held.amount, &order.currency)),
            ("refundLineItems", refunded_lines(order, held)),
            (
                "transactions",
                connection::in_place(&transactions, vec![transaction(order, held)], &Map::new()),
            ),
        ],
    )
}

fn refunded_lines(order: &Order, held: &Refund) -> Node {
    let names = Names { connection: "RefundLineItemConnection", edge: "RefundLineItemEdge" };
    let lines = returned(order, held).map(|back| refunded_line(order, held, back)).collect();
    connection::in_place(&names, lines, &Map::new())
}

fn refunded_line(order: &Order, held: &Refund, back: &Line) -> Node {
    Node::Object(
        "RefundLineItem",
        vec![
            ("id", Node::of(gid("RefundLineItem", held.id ^ back.id))),
            ("lineItem", line(order, back)),
            ("quantity", Node::of(back.quantity)),
            ("restockType", Node::of("NO_RESTOCK")),
            ("restocked", Node::of(false)),
            ("subtotalSet", Node::bag(total(back), &order.currency)),
        ],
    )
}

fn transaction(order: &Order, held: &Refund) -> Node {
    Node::Object(
        "OrderTransaction",
        vec![
            ("id", Node::of(gid("OrderTransaction", held.transaction_id))),
            ("kind", Node::of("REFUND")),
            ("status", Node::of("SUCCESS")),
            ("gateway", Node::of(held.gateway.as_str())),
            ("test", Node::of(order.test)),
            ("createdAt", Node::time(held.created_at)),
            ("processedAt", Node::time(held.created_at)),
            ("amountSet", Node::bag(held.amount, &order.currency)),
        ],
    )
}

const PAGE: Names = Names { connection: "OrderConnection", edge: "OrderEdge" };

/// `orders(...)`, of the shop or of a customer: filtered, sorted, cut.
pub(super) fn page(orders: &[&Order], arguments: &Map<String, Value>) -> Node {
    let wanted = search::Query::of(arguments);
    let sort = arguments.get("sortKey").and_then(Value::as_str).unwrap_or("ID");
    let found = orders.iter().filter(|order| wanted.matches(&|name| search::of_order(order, name)));
    let entries = found.map(|order| connection::Entry {
        key: key(order, sort),
        id: order.id,
        node: Node::Order(order.id),
    });
    connection::page(&PAGE, entries.collect(), arguments)
}

fn key(order: &Order, sort: &str) -> connection::Key {
    let cents =
        |amount: Decimal| connection::Key::Number((amount * Decimal::from(10_000)).trunc().mantissa());
    match sort {
        "CREATED_AT" => connection::Key::Number(order.created_at.as_second().into()),
        "UPDATED_AT" => connection::Key::Number(order.updated_at.as_second().into()),
        "PROCESSED_AT" => connection::Key::Number(order.processed_at.as_second().into()),
        "ORDER_NUMBER" => connection::Key::Number(order.number.into()),
        "TOTAL_PRICE" => cents(order.total),
        "CURRENT_TOTAL_PRICE" => cents(order.current_total()),
        "FINANCIAL_STATUS" => connection::Key::Text(order.financial.clone().unwrap_or_default()),
        "FULFILLMENT_STATUS" => connection::Key::Text(fulfilment(order).to_owned()),
        _ => connection::Key::Number(order.id.into()),
    }
}
