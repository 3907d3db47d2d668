//! `POST .../search`: behind by the lag, at most 200 a page and 10,000 in all.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    kind::Kind,
    record::Record,
    refusal::Refusal,
    row,
    schema::Schema,
    search_filter::{self, FilterGroup},
    state::State,
    value,
};

const LARGEST_PAGE: u64 = 200;
const MOST_RESULTS: u64 = 10_000;
const LONGEST_BODY: usize = 3_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SearchBody {
    #[serde(default)]
    filter_groups: Vec<FilterGroup>,
    #[serde(default)]
    sorts: Vec<Sort>,
    #[serde(default)]
    properties: Vec<String>,
    limit: Option<u64>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sort {
    property_name: String,
    #[serde(default)]
    direction: Direction,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Direction {
    #[default]
    Ascending,
    Descending,
}

/// Answers a search from the index, which runs behind the records.
pub(crate) fn answer(state: &mut State, kind: Kind, body: &[u8], now_ms: i64) -> Result<Answer, Refusal> {
    if body.len() > LONGEST_BODY {
        return Err(Refusal::validation(format!("The body has more than {LONGEST_BODY} characters")));
    }
    let search: SearchBody = row::parsed(body)?;
    let (limit, after) = page(&search)?;
    check_sorts(&state.table(kind).schema, &search.sorts)?;
    search_filter::check(&state.table(kind).schema, &search.filter_groups)?;
    let until_ms = now_ms - state.settings.search_lag_ms;
    state.shelf_mut(kind).index(until_ms);
    let table = state.table(kind);
    let fits = |record: &&Record| search_filter::fits(&table.schema, &search.filter_groups, record);
    let mut found: Vec<&Record> = table.shelf.indexed().filter(fits).collect();
    sort(&table.schema, &mut found, search.sorts.first());
    Ok(Answer::ok(shown(kind, &search, &found, limit, after)))
}

fn page(search: &SearchBody) -> Result<(usize, usize), Refusal> {
    let limit = search.limit.unwrap_or(10);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Refusal::validation(format!("limit must be from 1 to {LARGEST_PAGE}, not {limit}")));
    }
    let after = match search.after.as_deref() {
        None | Some("") => 0,
        Some(raw) => raw
            .parse::<u64>()
            .map_err(|_| Refusal::validation(format!("after must be an integer in a string, not '{raw}'")))?,
    };
    if after + limit > MOST_RESULTS {
        return Err(Refusal::validation(format!("A search cannot page beyond {MOST_RESULTS} results")));
    }
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok((size(limit), size(after)))
}

fn check_sorts(schema: &Schema, sorts: &[Sort]) -> Result<(), Refusal> {
    match sorts {
        [] => Ok(()),
        [sort] if schema.get(&sort.property_name).is_some() => Ok(()),
        [sort] => Err(Refusal::validation(format!("sorts: there is no property {}", sort.property_name))),
        more => Err(Refusal::validation(format!("sorts: at most 1, not {}", more.len()))),
    }
}

/// Records without the value come last; equal ones stay in the order of their ids.
fn sort(schema: &Schema, found: &mut [&Record], by: Option<&Sort>) {
    let Some(Sort { property_name, direction }) = by else { return };
    let Some(property) = schema.get(property_name) else { return };
    found.sort_by(|one, other| {
        let order = match (one.value(property_name), other.value(property_name)) {
            (Some(one), Some(other)) => value::order(property, one, other),
            (one, other) => return other.is_some().cmp(&one.is_some()),
        };
        if *direction == Direction::Descending { order.reverse() } else { order }
    });
}

fn shown(kind: Kind, search: &SearchBody, found: &[&Record], limit: usize, after: usize) -> Value {
    let page: Vec<Value> =
        found.iter().skip(after).take(limit).map(|record| record.shown(kind, &search.properties)).collect();
    let mut body = json!({"total": found.len(), "results": page});
    if after + limit < found.len() {
        body["paging"] = json!({"next": {"after": (after + limit).to_string()}});
    }
    body
}
