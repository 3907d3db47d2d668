//! From a message's text to an action; all copies of one are one case.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use domain::{ActionKey, ActionMessage, Firing};
use jiff::Timestamp;

use super::ActTerms;
use super::errand::Case;
use crate::Delivered;

/// Reads every message. One that cannot be read fails alone, even where reading it panics.
pub(super) fn open(batch: Vec<Delivered>, terms: &ActTerms, now: Timestamp) -> (Vec<Case>, Vec<Delivered>) {
    let (mut cases, mut undecodable): (Vec<Case>, Vec<Delivered>) = (Vec::new(), Vec::new());
    let mut places: BTreeMap<ActionKey, usize> = BTreeMap::new();
    for delivered in batch {
        let Ok(Some(firing)) = catch_unwind(|| read(&delivered.body)) else {
            undecodable.push(delivered);
            continue;
        };
        if let Some(place) = places.get(&firing.key) {
            cases[*place].copies.push(delivered);
            continue;
        }
        places.insert(firing.key.clone(), cases.len());
        let claimant = terms.claimant(&delivered.message_id, now);
        cases.push(Case { lead: delivered, copies: vec![], firing, claimant });
    }
    (cases, undecodable)
}

fn read(body: &str) -> Option<Firing> {
    let ActionMessage::V1(firing) = serde_json::from_str(body).ok()?;
    Some(firing)
}
