//! What a field takes: its shape in JSON first (a wrong one refuses the call), then its bounds (one row).

use serde_json::{Value, json};

use crate::{
    field::{Field, FieldKind as K},
    id, moment,
    refusal::Refusal,
    standard,
};

/// Refuses a value that no field of this kind could take; `text` is the body it stands in.
pub(crate) fn check_shape(field: &Field, value: &Value, text: &str) -> Result<(), Refusal> {
    let kind = match field.kind {
        _ if value.is_null() => return Ok(()),
        K::DateTime => ("datetime", is_text(value, |text| moment::sent(text).is_some() || text.is_empty())),
        K::Date => ("date", is_text(value, |text| is_day(text) || text.is_empty())),
        K::Boolean => ("boolean", value.is_boolean() || is_text(value, |text| boolean(text).is_some())),
        K::Int => ("int", number(value).is_some_and(|number| number.fract() == 0.0)),
        kind if kind.is_number() => ("double", number(value).is_some()),
        _ => ("string", value.is_string()),
    };
    let shown = value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\""));
    if kind.1 { Ok(()) } else { Err(Refusal::not_a(kind.0, token(value), &shown, column(text, value))) }
}

/// A day, or a moment of which the day is taken.
fn is_day(text: &str) -> bool {
    moment::day(text).is_some() || moment::sent(text).is_some()
}

fn is_text(value: &Value, fits: impl Fn(&str) -> bool) -> bool {
    value.as_str().is_some_and(fits)
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    let of_text = || value.as_str()?.trim().parse().ok();
    value.as_f64().or_else(of_text).filter(|number: &f64| number.is_finite())
}

/// Jackson's names of what it met.
fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(true) => "VALUE_TRUE",
        Value::Bool(false) => "VALUE_FALSE",
        Value::Number(number) if number.is_f64() => "VALUE_NUMBER_FLOAT",
        Value::Number(_) => "VALUE_NUMBER_INT",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn column(text: &str, value: &Value) -> usize {
    text.find(&value.to_string()).map_or(1, |at| at + 1)
}

/// The value as it is stored: trimmed, rounded, in UTC; an empty text is `null`.
///
/// # Errors
/// It is too long, too large, no address, no pick of the list, no id of the right object.
pub(crate) fn stored(field: &Field, value: &Value) -> Result<Value, Refusal> {
    match (field.kind, value) {
        (K::Boolean, Value::String(text)) => Ok(json!(boolean(text) == Some(true))),
        (K::Boolean, value) => Ok(json!(value == &Value::Bool(true))),
        (_, Value::Null) => Ok(Value::Null),
        (kind, value) if kind.is_number() => stored_number(field, value),
        (_, Value::String(text)) if text.trim().is_empty() => Ok(Value::Null),
        (_, Value::String(text)) => stored_text(field, text.trim()),
        (_, other) => Ok(other.clone()),
    }
}

fn stored_number(field: &Field, value: &Value) -> Result<Value, Refusal> {
    let Some(number) = number(value) else { return Ok(Value::Null) };
    let (all, behind) = field.digits;
    if number.abs() >= 10_f64.powi(i32::try_from(all.saturating_sub(behind)).unwrap_or(18)) {
        let words = format!("{}: value outside of valid range on numeric field: {number}", field.label);
        return Err(Refusal::of_fields("NUMBER_OUTSIDE_VALID_RANGE", words, &[&field.name]));
    }
    let places = usize::try_from(behind).unwrap_or(0);
    let rounded: f64 = format!("{number:.places$}").parse().unwrap_or(number);
    #[expect(clippy::cast_possible_truncation, reason = "eight digits at most, as the range says")]
    Ok(if field.kind == K::Int { json!(rounded as i64) } else { json!(rounded) })
}

fn stored_text(field: &Field, text: &str) -> Result<Value, Refusal> {
    match field.kind {
        K::DateTime => Ok(moment::sent(text).map_or(Value::Null, |at| json!(moment::shown(at)))),
        K::Date => Ok(day(text)),
        K::Reference => reference(field, text),
        K::Email if !is_address(text) => Err(no_address(field, text)),
        K::Email => within(field, &text.to_lowercase()),
        K::Picklist | K::MultiPicklist if field.restricted => picked(field, text),
        _ => within(field, text),
    }
}

fn day(text: &str) -> Value {
    let day = moment::day(text).or_else(|| moment::sent(text).map(moment::day_of));
    day.map_or(Value::Null, |day| json!(day.to_string()))
}

fn within(field: &Field, text: &str) -> Result<Value, Refusal> {
    let (name, most) = (&field.label, field.length);
    let words = || format!("{name}: data value too large: {text} (max length={most})");
    if text.chars().count() <= most {
        return Ok(json!(text));
    }
    Err(Refusal::of_fields("STRING_TOO_LONG", words(), &[&field.name]))
}

fn picked(field: &Field, text: &str) -> Result<Value, Refusal> {
    let known = |pick: &str| field.values.iter().any(|value| value.eq_ignore_ascii_case(pick.trim()));
    if text.split(';').all(known) {
        return Ok(json!(text));
    }
    let words = format!("{}: bad value for restricted picklist field: {text}", field.label);
    Err(Refusal::of_fields("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, &[&field.name]))
}

fn reference(field: &Field, text: &str) -> Result<Value, Refusal> {
    let words = || format!("{}: id value of incorrect type: {text}", field.label);
    let malformed = || Refusal::of_fields("MALFORMED_ID", words(), &[&field.name]);
    let id = id::normal(text).ok_or_else(malformed)?;
    let of = |object: &String| standard::prefix(object).is_some_and(|prefix| id.starts_with(prefix));
    if field.refers_to.iter().any(of) { Ok(json!(id)) } else { Err(malformed()) }
}

fn no_address(field: &Field, text: &str) -> Refusal {
    let words = format!("{}: invalid email address: {text}", field.label);
    Refusal::of_fields("INVALID_EMAIL_ADDRESS", words, &[&field.name])
}

/// Salesforce asks for a dot in the domain and for plain letters.
fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| c.is_ascii_graphic() && !"@,;:<>()[]\"\\".contains(c);
    let labels = || domain.split('.');
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let dots = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    !name.is_empty() && name.chars().all(plain) && dots && labels().count() > 1 && labels().all(is_label)
}
