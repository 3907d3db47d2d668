//! Discounts by code: `discountCodeBasicCreate` and what is read of them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    connection::{self, Names},
    discount_input::{self, Problem},
    node::Node,
};
use crate::{discount::Discount, gid::gid, shop::Shop, view::View};

const CODES: Names = Names { connection: "DiscountRedeemCodeConnection", edge: "DiscountRedeemCodeEdge" };

/// Makes the discount, or says all that is wrong with it: the payload of `discountCodeBasicCreate`.
pub(super) fn create(shop: &mut Shop, given: &Map<String, Value>, now: Timestamp) -> Node {
    if !shop.allows("write_discounts") {
        return denied("discountCodeBasicCreate", "write_discounts");
    }
    let made = discount_input::read(shop, &given["basicCodeDiscount"]);
    let made = made.map(|wanted| shop.create_discount(wanted, now));
    let (made, problems) = match made {
        Ok(id) => (shop.discounts.get(&id).map_or(Node::NULL, node), Vec::new()),
        Err(problems) => (Node::NULL, problems.iter().map(user_error).collect()),
    };
    Node::Object(
        "DiscountCodeBasicCreatePayload",
        vec![("codeDiscountNode", made), ("userErrors", Node::List(problems))],
    )
}

fn user_error(problem: &Problem) -> Node {
    let path: Vec<&str> = std::iter::once("basicCodeDiscount").chain(problem.field.iter().copied()).collect();
    Node::Object(
        "DiscountUserError",
        vec![
            ("code", Node::of(problem.code)),
            ("extraInfo", Node::NULL),
            ("field", Node::of(json!(path))),
            ("message", Node::of(problem.words)),
        ],
    )
}

/// The discount that a code opens, or null.
pub(super) fn by_code(view: &View<'_>, code: &str) -> Node {
    if !view.shop.allows("read_discounts") {
        return denied("codeDiscountNodeByCode", "read_discounts");
    }
    let found = view.discounts().find(|held| held.code.eq_ignore_ascii_case(code));
    found.map_or(Node::NULL, node)
}

/// The discount of an id, or null.
pub(super) fn by_id(view: &View<'_>, id: u64) -> Node {
    if !view.shop.allows("read_discounts") {
        return denied("node", "read_discounts");
    }
    view.discounts().find(|held| held.id == id).map_or(Node::NULL, node)
}

fn denied(field: &str, scope: &str) -> Node {
    let words = format!("Access denied for {field} field. Required access: `{scope}` access scope.");
    Node::Failed(words, "ACCESS_DENIED")
}

fn node(held: &Discount) -> Node {
    let id = Node::of(gid("DiscountCodeNode", held.id));
    Node::Object("DiscountCodeNode", vec![("id", id), ("codeDiscount", basic(held))])
}

fn basic(held: &Discount) -> Node {
    Node::Object(
        "DiscountCodeBasic",
        vec![
            ("appliesOncePerCustomer", Node::of(held.once_per_customer)),
            ("asyncUsageCount", Node::of(0)),
            ("codes", codes(held)),
            ("context", context(held)),
            ("createdAt", Node::time(held.created_at)),
            ("customerGets", gets(held)),
            ("endsAt", Node::time_or_null(held.ends_at)),
            ("startsAt", Node::time(held.starts_at)),
            ("title", Node::of(held.title.as_str())),
            ("updatedAt", Node::time(held.created_at)),
            ("usageLimit", Node::of(json!(held.usage_limit))),
        ],
    )
}

/// A discount made here has one code; nothing was bought with it.
fn codes(held: &Discount) -> Node {
    let code = Node::Object(
        "DiscountRedeemCode",
        vec![
            ("asyncUsageCount", Node::of(0)),
            ("code", Node::of(held.code.as_str())),
            ("id", Node::of(gid("DiscountRedeemCode", held.id))),
        ],
    );
    connection::in_place(&CODES, vec![code], &Map::new())
}

fn context(held: &Discount) -> Node {
    match &held.customers {
        None => Node::Object("DiscountBuyerSelectionAll", vec![("all", Node::of("ALL"))]),
        Some(ids) => {
            let customers = ids.iter().map(|id| Node::Customer(*id)).collect();
            Node::Object("DiscountCustomers", vec![("customers", Node::List(customers))])
        }
    }
}

fn gets(held: &Discount) -> Node {
    let items = Node::Object("AllDiscountItems", vec![("allItems", Node::of(true))]);
    let value = Node::Object("DiscountPercentage", vec![("percentage", Node::of(held.percentage))]);
    Node::Object("DiscountCustomerGets", vec![("items", items), ("value", value)])
}
