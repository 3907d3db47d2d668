//! A row, what it weighs, and how its values compare.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// Attributes by name, each in DynamoDB's JSON: `{"S": "text"}`.
pub(super) type Row = Map<String, Value>;

const UNIT_BYTES: usize = 1024;
/// What a list or a map weighs beside what is in it, and each of its elements (Developer Guide, "`DynamoDB` item sizes").
const CONTAINER_BYTES: usize = 3;
const ELEMENT_BYTES: usize = 1;

/// What one write of a row costs: a unit for each begun KB of the larger of what was there and what is.
pub(super) fn write_units(before: Option<&Row>, after: Option<&Row>) -> u64 {
    let bytes = before.map_or(0, weight).max(after.map_or(0, weight));
    u64::try_from(bytes.div_ceil(UNIT_BYTES).max(1)).unwrap_or(u64::MAX)
}

/// The attributes that put a row into the index of what comes due: it is there where it has both.
const INDEXED: [&str; 2] = ["due_in", "due_at_ms"];

/// What one write of a row costs beside, in the index of keys alone: one to put the row there or take it out, two where
/// it moves, none where it stays (Developer Guide, "Using Global Secondary Indexes", write capacity units).
pub(super) fn index_units(before: Option<&Row>, after: Option<&Row>) -> u64 {
    let place = |row: Option<&Row>| {
        let [part, moment] = INDEXED.map(|name| row.and_then(|row| row.get(name)).cloned());
        part.zip(moment)
    };
    match (place(before), place(after)) {
        (before, after) if before == after => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    }
}

/// Bytes of a row: names in UTF-8 and values.
pub(super) fn weight(row: &Row) -> usize {
    row.iter().map(|(name, value)| name.len() + value_weight(value)).sum()
}

fn value_weight(value: &Value) -> usize {
    match typed(value) {
        Some(("S", Value::String(text))) => text.len(),
        // Two digits a byte, and one more.
        Some(("N", Value::String(number))) => number.trim_start_matches('-').len().div_ceil(2) + 1,
        Some(("L", Value::Array(list))) => {
            CONTAINER_BYTES + list.iter().map(|value| value_weight(value) + ELEMENT_BYTES).sum::<usize>()
        }
        Some(("M", Value::Object(map))) => CONTAINER_BYTES + weight(map) + map.len() * ELEMENT_BYTES,
        _ => 1,
    }
}

/// The one type and the content of a value.
pub(super) fn typed(value: &Value) -> Option<(&str, &Value)> {
    value.as_object()?.iter().next().map(|(kind, content)| (kind.as_str(), content))
}

/// Values of one type in their order; `None` where they have none, and so no comparison holds.
pub(super) fn compared(one: &Value, other: &Value) -> Option<Ordering> {
    match (typed(one)?, typed(other)?) {
        (("S", one), ("S", other)) => Some(one.as_str()?.cmp(other.as_str()?)),
        (("N", one), ("N", other)) => {
            Some(one.as_str()?.parse::<i128>().ok()?.cmp(&other.as_str()?.parse().ok()?))
        }
        (one, other) if one == other => Some(Ordering::Equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: &Value) -> Row {
        value.as_object().expect("a row").clone()
    }

    #[test]
    fn a_row_weighs_its_names_and_values() {
        let row = row(&json!({"pk": {"S": "abc"}, "n": {"N": "12345"}, "m": {"M": {"a": {"S": "xy"}}}}));
        assert_eq!(weight(&row), (2 + 3) + (1 + 4) + (1 + 3 + 3 + 1));
    }

    #[test]
    fn a_write_costs_a_unit_for_each_begun_kilobyte_of_the_larger() {
        let (small, large) = (row(&json!({"a": {"S": "x"}})), row(&json!({"a": {"S": "x".repeat(1024)}})));
        assert_eq!(write_units(None, None), 1, "a refused one too");
        assert_eq!(write_units(None, Some(&small)), 1);
        assert_eq!(write_units(Some(&large), Some(&small)), 2);
    }

    #[test]
    fn a_row_that_comes_into_the_index_or_leaves_it_costs_a_unit_and_one_that_moves_two() {
        let (out, half) = (row(&json!({"a": {"S": "x"}})), row(&json!({"due_in": {"S": "d"}})));
        let due = |part: &str, ms: &str| row(&json!({"due_in": {"S": part}, "due_at_ms": {"N": ms}}));
        let (day, later, next) = (due("d", "1"), due("d", "2"), due("e", "1"));
        let table = [
            (None, Some(&out), 0),
            (None, Some(&day), 1),
            (Some(&out), Some(&half), 0),
            (Some(&out), Some(&day), 1),
            (Some(&day), Some(&day), 0),
            (Some(&day), Some(&later), 2),
            (Some(&day), Some(&next), 2),
            (Some(&day), Some(&out), 1),
            (Some(&day), None, 1),
        ];
        for (before, after, units) in table {
            assert_eq!(index_units(before, after), units, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers_and_other_types_not_at_all() {
        let (nine, ten) = (json!({"N": "9"}), json!({"N": "10"}));
        assert_eq!(compared(&nine, &ten), Some(Ordering::Less));
        assert_eq!(compared(&nine, &json!({"S": "9"})), None);
    }
}
