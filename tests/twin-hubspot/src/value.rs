//! Is this value one that the property may hold? Takes what was sent, gives what is stored.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};

use crate::{email, property::Property, refusal::Problem};

const LONGEST_STRING: usize = 65_536;
const DAY_MS: i64 = 86_400_000;

/// The stored form of `raw`, or what is wrong with it. An empty string clears, whatever the type.
///
/// `held` is the value so far: a multi-checkbox value with a leading `;` is added to it.
pub(crate) fn stored(property: &Property, raw: &str, held: Option<&str>) -> Result<String, Problem> {
    if raw.is_empty() {
        return Ok(String::new());
    }
    if property.name == "email" {
        return email::normal(raw).ok_or_else(|| bad_email(raw));
    }
    match property.value_type.as_str() {
        "number" => number(property, raw),
        "datetime" => datetime(property, raw),
        "date" => date(property, raw),
        "bool" => boolean(property, raw),
        "enumeration" => enumeration(property, raw, held),
        _ => string(property, raw),
    }
}

/// A time in the form HubSpot shows: ISO-8601, UTC, three digits of milliseconds only when there are any.
pub(crate) fn shown_time(at_ms: i64) -> String {
    let shown = |at: Timestamp| if at_ms % 1_000 == 0 { at.to_string() } else { format!("{at:.3}") };
    Timestamp::from_millisecond(at_ms).map(shown).unwrap_or_default()
}

/// The milliseconds of a stored `date` or `datetime`.
pub(crate) fn stored_ms(value: &str) -> Option<i64> {
    let midnight = || format!("{value}T00:00:00Z").parse::<Timestamp>();
    value.parse::<Timestamp>().or_else(|_| midnight()).ok().map(Timestamp::as_millisecond)
}

/// Digits, at most one decimal point, a leading minus; no thousands separators, no exponent.
pub(crate) fn is_plain_number(raw: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = raw.strip_prefix('-').unwrap_or(raw);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    digits(whole) && digits(fraction)
}

/// The order of two stored values: numbers as numbers (exactly), everything else as text.
pub(crate) fn order(property: &Property, one: &str, other: &str) -> Ordering {
    if property.value_type == "number" {
        return as_number(one).cmp(&as_number(other));
    }
    if let ("datetime", Some(one), Some(other)) =
        (property.value_type.as_str(), stored_ms(one), stored_ms(other))
    {
        return one.cmp(&other);
    }
    one.cmp(other)
}

/// Millionths, which is enough for money and exact for ids.
fn as_number(raw: &str) -> i128 {
    let unsigned = raw.strip_prefix('-').unwrap_or(raw);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let millionths: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let size = format!("{whole}{millionths}").parse::<i128>().unwrap_or(i128::MAX);
    if raw.starts_with('-') { -size } else { size }
}

fn bad_email(raw: &str) -> Problem {
    Problem::new("email", "INVALID_EMAIL", format!("Email address {raw} is invalid"))
}

fn number(property: &Property, raw: &str) -> Result<String, Problem> {
    let words = || format!("{} was not a valid number", property.name);
    is_plain_number(raw)
        .then(|| raw.to_owned())
        .ok_or_else(|| Problem::new(&property.name, "INVALID_INTEGER", words()))
}

fn datetime(property: &Property, raw: &str) -> Result<String, Problem> {
    let in_utc = raw.ends_with('Z') || raw.ends_with("+00:00");
    let at = match raw.parse::<i64>() {
        Ok(ms) => Timestamp::from_millisecond(ms).ok(),
        Err(_) if in_utc => raw.parse::<Timestamp>().ok(),
        Err(_) => None,
    };
    let words = || {
        format!("{} was not a valid datetime (ISO-8601 in UTC, or milliseconds since 1970)", property.name)
    };
    at.map(|at| shown_time(at.as_millisecond()))
        .ok_or_else(|| Problem::new(&property.name, "INVALID_LONG", words()))
}

fn date(property: &Property, raw: &str) -> Result<String, Problem> {
    let day = match raw.parse::<i64>() {
        Ok(ms) if ms % DAY_MS == 0 => {
            shown_time(ms).split('T').next().and_then(|day| day.parse::<Date>().ok())
        }
        Err(_) if raw.len() == 10 => raw.parse::<Date>().ok(),
        Ok(_) | Err(_) => None,
    };
    let words = || {
        format!(
            "{} was not a valid date (YYYY-MM-DD, or milliseconds at exactly midnight UTC)",
            property.name
        )
    };
    day.map(|day| day.to_string()).ok_or_else(|| Problem::new(&property.name, "INVALID_DATE", words()))
}

fn boolean(property: &Property, raw: &str) -> Result<String, Problem> {
    let words = || format!("{} was not a valid boolean", property.name);
    matches!(raw, "true" | "false")
        .then(|| raw.to_owned())
        .ok_or_else(|| Problem::new(&property.name, "INVALID_BOOLEAN", words()))
}

fn string(property: &Property, raw: &str) -> Result<String, Problem> {
    let words = || format!("{} is longer than {LONGEST_STRING} characters", property.name);
    (raw.chars().count() <= LONGEST_STRING)
        .then(|| raw.to_owned())
        .ok_or_else(|| Problem::new(&property.name, "INVALID_STRING_LENGTH", words()))
}

fn enumeration(property: &Property, raw: &str, held: Option<&str>) -> Result<String, Problem> {
    let several = property.field_type == "checkbox";
    let picked: Vec<&str> =
        if several { raw.split(';').filter(|one| !one.is_empty()).collect() } else { vec![raw] };
    match picked.iter().find(|one| !property.options.iter().any(|option| option == *one)) {
        Some(unknown) => Err(bad_option(property, unknown)),
        None if several && raw.starts_with(';') => Ok(joined(held.unwrap_or_default(), &picked)),
        None => Ok(picked.join(";")),
    }
}

fn bad_option(property: &Property, raw: &str) -> Problem {
    let allowed = property.options.join(", ");
    let words = format!("{raw} was not one of the allowed options: [{allowed}]");
    Problem::new(&property.name, "INVALID_OPTION", words)
}

fn joined(held: &str, picked: &[&str]) -> String {
    let mut all: Vec<&str> = held.split(';').filter(|one| !one.is_empty()).collect();
    for one in picked {
        if !all.contains(one) {
            all.push(one);
        }
    }
    all.join(";")
}

#[cfg(test)]
mod tests {
    use super::stored;
    use crate::property::Property;

    fn taken(value_type: &str, field_type: &str, raw: &str) -> Result<String, &'static str> {
        let mut property = Property::new("p", value_type, field_type);
        property.options = vec!["red".into(), "blue".into()];
        stored(&property, raw, Some("red")).map_err(|problem| problem.code)
    }

    #[test]
    fn each_type_takes_what_hubspot_takes_and_stores_what_hubspot_shows() {
        let table = [
            ("number", "number", "49.90", Ok("49.90")),
            ("number", "number", "-3", Ok("-3")),
            ("number", "number", "1,234.50", Err("INVALID_INTEGER")),
            ("number", "number", "1e3", Err("INVALID_INTEGER")),
            ("number", "number", "1.2.3", Err("INVALID_INTEGER")),
            ("number", "number", "$5", Err("INVALID_INTEGER")),
            ("number", "number", "--5.0", Err("INVALID_INTEGER")),
            ("datetime", "date", "2026-11-24T01:00:00Z", Ok("2026-11-24T01:00:00Z")),
            ("datetime", "date", "2026-11-24T01:00:00.250Z", Ok("2026-11-24T01:00:00.250Z")),
            ("datetime", "date", "0", Ok("1970-01-01T00:00:00Z")),
            ("datetime", "date", "2026-11-24T01:00:00+02:00", Err("INVALID_LONG")),
            ("datetime", "date", "24.11.2026", Err("INVALID_LONG")),
            ("date", "date", "2026-11-24", Ok("2026-11-24")),
            ("date", "date", "86400000", Ok("1970-01-02")),
            ("date", "date", "86400001", Err("INVALID_DATE")),
            ("date", "date", "2026-13-01", Err("INVALID_DATE")),
            ("bool", "booleancheckbox", "true", Ok("true")),
            ("bool", "booleancheckbox", "yes", Err("INVALID_BOOLEAN")),
            ("enumeration", "select", "blue", Ok("blue")),
            ("enumeration", "select", "Blue", Err("INVALID_OPTION")),
            ("enumeration", "checkbox", ";blue", Ok("red;blue")),
            ("enumeration", "checkbox", "blue", Ok("blue")),
            ("enumeration", "checkbox", "blue;green", Err("INVALID_OPTION")),
            ("string", "text", "", Ok("")),
            ("number", "number", "", Ok("")),
        ];
        for (value_type, field_type, raw, expected) in table {
            let expected = expected.map(str::to_owned);
            assert_eq!(taken(value_type, field_type, raw), expected, "{value_type} {raw:?}");
        }
    }

    #[test]
    fn a_string_may_have_65536_characters_and_not_one_more() {
        assert!(taken("string", "text", &"ü".repeat(65_536)).is_ok());
        assert_eq!(taken("string", "text", &"ü".repeat(65_537)), Err("INVALID_STRING_LENGTH"));
    }
}
