//! `DiscountCodeBasicInput`: a discount, or all that is wrong with it.

use jiff::Timestamp;
use serde_json::Value;

use crate::{discount::Discount, gid, shop::Shop};

/// Titles and codes are at most this long (help.shopify.com, discount codes).
const LONGEST: usize = 255;

/// One thing that is wrong: where below `basicCodeDiscount`, which code of `DiscountErrorCode`, and words.
pub(super) struct Problem {
    pub(super) field: &'static [&'static str],
    pub(super) code: &'static str,
    pub(super) words: &'static str,
}

/// Reads the input. The id and the date are given by whoever keeps it.
pub(super) fn read(shop: &Shop, input: &Value) -> Result<Discount, Vec<Problem>> {
    let mut problems = Vec::new();
    let code = sorted(code(shop, input), &mut problems);
    let title = sorted(text(input, "title", &["title"]), &mut problems);
    let percentage = sorted(percentage(&input["customerGets"]), &mut problems);
    let customers = sorted(customers(shop, &input["context"]), &mut problems);
    let dates = sorted(dates(input), &mut problems);
    let usage_limit = sorted(usage_limit(input), &mut problems);
    let all = (code, title, percentage, customers, dates, usage_limit);
    let (Some(code), Some(title), Some(percentage), Some(customers), Some(dates), Some(usage_limit)) = all
    else {
        return Err(problems);
    };
    let (starts_at, ends_at) = dates;
    let once_per_customer = input["appliesOncePerCustomer"].as_bool().unwrap_or_default();
    let created_at = starts_at;
    Ok(Discount {
        id: 0,
        code,
        title,
        percentage,
        customers,
        starts_at,
        ends_at,
        usage_limit,
        once_per_customer,
        created_at,
    })
}

fn sorted<T>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

fn wrong<T>(field: &'static [&'static str], code: &'static str, words: &'static str) -> Result<T, Problem> {
    Err(Problem { field, code, words })
}

fn text(input: &Value, name: &str, field: &'static [&'static str]) -> Result<String, Problem> {
    match input[name].as_str().map(str::trim) {
        None | Some("") => wrong(field, "BLANK", "It can't be blank"),
        Some(long) if long.chars().count() > LONGEST => {
            wrong(field, "TOO_LONG", "It is too long (maximum is 255 characters)")
        }
        Some(text) => Ok(text.to_owned()),
    }
}

fn code(shop: &Shop, input: &Value) -> Result<String, Problem> {
    let code = text(input, "code", &["code"])?;
    if shop.discounts.values().any(|held| held.code.eq_ignore_ascii_case(&code)) {
        return wrong(&["code"], "TAKEN", "Code must be unique. Please try a different code.");
    }
    Ok(code)
}

/// Of what is taken off only a share, and of all items.
fn percentage(gets: &Value) -> Result<f64, Problem> {
    if gets["items"]["all"].as_bool() != Some(true) {
        return wrong(
            &["customerGets", "items"],
            "MISSING_ARGUMENT",
            "Items in 'customer get' must be defined",
        );
    }
    match gets["value"]["percentage"].as_f64() {
        Some(share) if (0.0..=1.0).contains(&share) => Ok(share),
        Some(_) => wrong(
            &["customerGets", "value", "percentage"],
            "VALUE_OUTSIDE_RANGE",
            "Value must be between 0.0 and 1.0",
        ),
        None => wrong(&["customerGets", "value"], "MISSING_ARGUMENT", "Value must be defined"),
    }
}

fn customers(shop: &Shop, context: &Value) -> Result<Option<Vec<u64>>, Problem> {
    const ADD: &[&str] = &["context", "customers", "add"];
    if !context["all"].is_null() {
        return Ok(None);
    }
    let ids = context["customers"]["add"].as_array().map(Vec::as_slice).unwrap_or_default();
    if ids.is_empty() {
        return wrong(&["context"], "MISSING_ARGUMENT", "A context must be defined");
    }
    let known = |id: &Value| match gid::parse(id.as_str()?) {
        Some(("Customer", id)) => shop.customers.contains_key(&id).then_some(id),
        _ => None,
    };
    let found: Option<Vec<u64>> = ids.iter().map(known).collect();
    found.map_or_else(|| wrong(ADD, "INVALID", "Customers must exist"), |found| Ok(Some(found)))
}

fn dates(input: &Value) -> Result<(Timestamp, Option<Timestamp>), Problem> {
    let date = |name: &str| input[name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let Some(starts_at) = date("startsAt") else {
        return wrong(&["startsAt"], "BLANK", "Starts at can't be blank");
    };
    let ends_at = date("endsAt");
    if ends_at.is_none() && !input["endsAt"].is_null() {
        return wrong(&["endsAt"], "INVALID", "Ends at is no date");
    }
    if ends_at.is_some_and(|ends_at| ends_at <= starts_at) {
        return wrong(&["endsAt"], "END_DATE_BEFORE_START_DATE", "Ends at needs to be after starts_at");
    }
    Ok((starts_at, ends_at))
}

fn usage_limit(input: &Value) -> Result<Option<u64>, Problem> {
    match input["usageLimit"].as_i64() {
        None => Ok(None),
        Some(limit) => match u64::try_from(limit) {
            Ok(limit) if limit > 0 => Ok(Some(limit)),
            _ => wrong(&["usageLimit"], "GREATER_THAN", "Usage limit must be greater than 0"),
        },
    }
}
