//! Questions and all pages of their answers.

use std::collections::{BTreeMap, BTreeSet};

use domain::RecordId;

use crate::client::Salesforce;
use crate::decode::{Found, Page};
use crate::error::Refusal;
use crate::{id, soql};

/// Which records are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Those that are there.
    Living,
    /// Also what was deleted or merged away.
    All,
}

/// The records that fit one question.
pub(crate) async fn ask(
    salesforce: &Salesforce,
    among: Among,
    question: &str,
) -> Result<Vec<Found>, Refusal> {
    let door = if among == Among::All { "queryAll" } else { "query" };
    let mut path = format!("{door}?q={}", soql::escaped(question));
    let mut found = Vec::new();
    loop {
        let answer = salesforce.get(&path).await?;
        let page: Page = answer.json().map_err(|_| Refusal::unanswered(answer.status()).before_anything())?;
        found.extend(page.records);
        match page.next_records_url {
            // Anything else would not be an address of the same org.
            Some(next) if next.starts_with("/services/") && next != path => path = next,
            Some(_) => return Err(Refusal::unanswered(answer.status()).before_anything()),
            None => return Ok(found),
        }
    }
}

/// The records that fit any of these questions.
pub(crate) async fn ask_all(
    salesforce: &Salesforce,
    among: Among,
    questions: Vec<String>,
) -> Result<Vec<Found>, Refusal> {
    let mut found = Vec::new();
    for question in questions {
        found.extend(ask(salesforce, among, &question).await?);
    }
    Ok(found)
}

/// How often a record may have been merged on.
const HOPS: usize = 8;

/// Where each of these records is now: at its own id, or at that of the record that it was merged into. Those that were
/// deleted, or never were, are not among them.
pub(crate) async fn survivors<'i>(
    salesforce: &Salesforce,
    object: &str,
    ids: impl IntoIterator<Item = &'i str>,
) -> Result<BTreeMap<String, RecordId>, Refusal> {
    let asked: BTreeSet<String> =
        ids.into_iter().filter_map(id::record_id).map(|id| id.as_str().to_owned()).collect();
    let mut now: BTreeMap<String, Option<RecordId>> =
        asked.iter().map(|id| (id.clone(), Some(RecordId::new(id)))).collect();
    let mut open = asked;
    for _ in 0..HOPS {
        if open.is_empty() {
            break;
        }
        let states = states(salesforce, object, &open).await?;
        open.clear();
        for place in now.values_mut() {
            let Some(at) = place.clone() else { continue };
            let Some(state) = states.get(at.as_str()) else { continue };
            if let State::MergedInto(master) = state {
                open.insert(master.as_str().to_owned());
            }
            *place = state.next(&at);
        }
    }
    let settled = |id: &RecordId| !open.contains(id.as_str());
    Ok(now.into_iter().filter_map(|(id, place)| Some((id, place.filter(settled)?))).collect())
}

enum State {
    Living,
    Deleted,
    MergedInto(RecordId),
}

impl State {
    fn next(&self, at: &RecordId) -> Option<RecordId> {
        match self {
            Self::Living => Some(at.clone()),
            Self::Deleted => None,
            Self::MergedInto(master) => Some(master.clone()),
        }
    }
}

/// What is not found was deleted for good.
async fn states(
    salesforce: &Salesforce,
    object: &str,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, State>, Refusal> {
    let head = format!("SELECT Id,IsDeleted,MasterRecordId FROM {object} WHERE");
    let questions = soql::listed(&head, "Id", ids.iter().map(String::as_str));
    let found = ask_all(salesforce, Among::All, questions).await?;
    let mut states: BTreeMap<_, _> = ids.iter().map(|id| (id.clone(), State::Deleted)).collect();
    for one in found {
        let Some(id) = one.id() else { continue };
        let state = match one.value("MasterRecordId").and_then(id::record_id) {
            Some(master) => State::MergedInto(master),
            None if one.flag("IsDeleted") => State::Deleted,
            None => State::Living,
        };
        states.insert(id.as_str().to_owned(), state);
    }
    Ok(states)
}
