//! Reading by a unique property, or by id: not from the search index, so not behind.

use std::collections::VecDeque;

use domain::MetafieldName;

use crate::client::HubSpot;
use crate::decode::{Results, Row};
use crate::encode::{Id, Read};
use crate::error::{self, Refusal, Scope};
use crate::limits::MAX_INPUTS;
use crate::property;

/// By what contacts can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Key,
    Email,
    Id,
}

impl By {
    fn property(self) -> Option<&'static str> {
        match self {
            Self::Key => Some(property::KEY),
            Self::Email => Some("email"),
            Self::Id => None,
        }
    }

    /// Whether the row is what was asked for by `id`.
    fn is(self, row: &Row, id: &str) -> bool {
        match self {
            Self::Key => row.value(property::KEY) == Some(id),
            Self::Email => row.emails().any(|email| email == id),
            Self::Id => row.id.as_deref() == Some(id),
        }
    }
}

/// How many calls it takes to read so many.
pub(crate) fn reads(ids: usize) -> usize {
    ids.div_ceil(MAX_INPUTS)
}

/// The rows found by `ids`, each once. An id that an answer does not speak of is asked for once more; one that is not
/// spoken of then is not there.
pub(crate) async fn look_up(hubspot: &HubSpot, by: By, ids: &[&str]) -> Result<Vec<Row>, Refusal> {
    let mut rows = Vec::new();
    let silent = ask(hubspot, by, ids, &mut rows).await?;
    ask(hubspot, by, &silent, &mut rows).await?;
    Ok(rows)
}

/// Gives the ids that were neither found nor said to be missing.
async fn ask<'a>(
    hubspot: &HubSpot,
    by: By,
    ids: &[&'a str],
    rows: &mut Vec<Row>,
) -> Result<Vec<&'a str>, Refusal> {
    let mut parts: VecDeque<&[&str]> = ids.chunks(MAX_INPUTS).collect();
    let mut silent = Vec::new();
    while let Some(part) = parts.pop_front() {
        match ask_part(hubspot, by, part).await {
            Ok(said) => {
                let missing = missing(&said, hubspot.metafields())?;
                let spoken = |id: &str| missing.iter().any(|one| one.eq_ignore_ascii_case(id));
                let found = |id: &str| said.results.iter().any(|row| by.is(row, id));
                silent.extend(part.iter().filter(|id| !spoken(id) && !found(id)));
                rows.extend(said.results);
            }
            Err(refusal) if refusal.scope == Scope::Everyone || by != By::Email => return Err(refusal),
            // An address that HubSpot does not take for one belongs to nobody there.
            Err(_) if part.len() == 1 => {}
            Err(_) => parts.extend(part.chunks(part.len().div_ceil(2))),
        }
    }
    Ok(silent)
}

async fn ask_part(hubspot: &HubSpot, by: By, part: &[&str]) -> Result<Results, Refusal> {
    let inputs = part.iter().map(|id| Id { id }).collect();
    let body = Read {
        id_property: by.property(),
        properties: property::read(hubspot.metafields(), hubspot.signals()),
        inputs,
    };
    let answer = hubspot.post(&hubspot.contacts("batch/read"), &body).await?;
    answer.json().map_err(|_| Refusal::unanswered(answer.status()))
}

/// The ids that are said not to be there. Any other error of a row is one of the call: not knowing is not absence.
fn missing(said: &Results, metafields: &[MetafieldName]) -> Result<Vec<String>, Refusal> {
    let mut missing = Vec::new();
    for error in &said.errors {
        let refusal = Refusal::of_row(error, metafields);
        if refusal.kind != crm::CrmErrorKind::Gone {
            return Err(refusal);
        }
        missing.extend(error::named(error).1);
    }
    Ok(missing)
}
