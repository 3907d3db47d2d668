//! `GET /crm/objects/{ver}/{object}`: every record, page by page, without a cap.

use serde_json::json;

use crate::{answer::Answer, call::Call, kind::Kind, record::Record, refusal::Refusal, state::State};

const LARGEST_PAGE: usize = 100;

/// One page in the order of the ids; `after` is the last id of the page before.
pub(crate) fn answer(state: &State, kind: Kind, call: &Call) -> Result<Answer, Refusal> {
    let limit = number(call, "limit", 10)?;
    if !(1..=LARGEST_PAGE as u64).contains(&limit) {
        return Err(Refusal::validation(format!("limit must be from 1 to {LARGEST_PAGE}, not {limit}")));
    }
    let after = number(call, "after", 0)?;
    let archived = call.parameter("archived") == Some("true");
    let wanted = |record: &&Record| record.archived_ms.is_some() == archived;
    let take = usize::try_from(limit).unwrap_or(LARGEST_PAGE);
    let mut page: Vec<&Record> = state.shelf(kind).after(after).filter(wanted).take(take + 1).collect();
    let more = page.len() > take;
    page.truncate(take);
    shown(state, kind, call, &page, more)
}

fn shown(state: &State, kind: Kind, call: &Call, page: &[&Record], more: bool) -> Result<Answer, Refusal> {
    let (properties, associations) = (call.listed("properties"), call.listed("associations"));
    let mut results = Vec::new();
    for record in page {
        let mut one = record.shown(kind, &properties);
        state.show_associations(kind, record.id, &associations, &mut one)?;
        results.push(one);
    }
    let mut body = json!({"results": results});
    if let Some(last) = page.last().filter(|_| more) {
        body["paging"] = json!({"next": {"after": last.id.to_string()}});
    }
    Ok(Answer::ok(body))
}

fn number(call: &Call, name: &str, default: u64) -> Result<u64, Refusal> {
    match call.parameter(name) {
        None => Ok(default),
        Some(raw) => {
            raw.parse().map_err(|_| Refusal::validation(format!("{name} must be a number, not '{raw}'")))
        }
    }
}
