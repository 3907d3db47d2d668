//! Merging two contacts into one.

use serde_json::json;

use crate::{
    answer::Answer,
    kind::Kind,
    record::{Record, Values},
    refusal::Refusal,
    row::{self, MergeBody},
    state::State,
};

const MOST_IDENTITIES: usize = 250;

/// `POST .../contacts/merge`.
pub(crate) fn answer(state: &mut State, body: &[u8], now_ms: i64) -> Result<Answer, Refusal> {
    let MergeBody { primary_object_id, object_id_to_merge } = row::parsed(body)?;
    let (primary, other) = (row::id(&primary_object_id)?, row::id(&object_id_to_merge)?);
    let survivor = state.merge(primary, other, now_ms)?;
    let shown = state.shelf(Kind::Contact).live(survivor).map(|record| record.shown(Kind::Contact, &[]));
    Ok(Answer::ok(shown.unwrap_or_else(|| json!({}))))
}

impl State {
    /// Merges `other` into `primary` and gives the survivor's id: a new one, unless the portal is in the beta
    /// that keeps the primary's. The primary's values win; the other's addresses become secondary ones.
    pub(crate) fn merge(&mut self, primary: u64, other: u64, now_ms: i64) -> Result<u64, Refusal> {
        let (winner, loser) = self.pair(primary, other)?;
        let new_id = if self.settings.merge_keeps_primary_id { winner.id } else { self.next_id() };
        let survivor = joined(&winner, &loser, new_id, now_ms);
        if survivor.emails().len() > MOST_IDENTITIES {
            return Err(Refusal::too_many_identities());
        }
        let records = self.shelf_mut(Kind::Contact);
        for id in [winner.id, loser.id] {
            records.take(id, now_ms);
            records.redirect(id, new_id);
        }
        self.associations.moved(Kind::Contact, &[winner.id, loser.id], new_id);
        self.store(Kind::Contact, survivor, now_ms);
        Ok(new_id)
    }

    fn pair(&self, primary: u64, other: u64) -> Result<(Record, Record), Refusal> {
        let records = self.shelf(Kind::Contact);
        let live = |id| records.live(records.followed(id)).cloned().ok_or_else(Refusal::not_found);
        let (winner, loser) = (live(primary)?, live(other)?);
        if winner.id == loser.id {
            return Err(Refusal::validation(format!("Cannot merge the contact {} with itself", winner.id)));
        }
        Ok((winner, loser))
    }
}

fn joined(winner: &Record, loser: &Record, id: u64, now_ms: i64) -> Record {
    let mut survivor = Record::new(id, winner.created_ms.min(loser.created_ms));
    survivor.set(loser.values.clone());
    survivor.set(winner.values.clone());
    let mut emails = winner.emails();
    emails.extend(loser.emails());
    let secondary: Vec<_> = emails.iter().skip(1).cloned().collect();
    survivor.set(traces(winner, loser, now_ms, &secondary.join(";")));
    survivor
}

/// The marks that a merge leaves on the survivor.
fn traces(winner: &Record, loser: &Record, now_ms: i64, secondary: &str) -> Values {
    let earlier = |name: &str| {
        let of = |record: &Record| record.value(name).unwrap_or_default().to_owned();
        [of(winner), of(loser)].into_iter().filter(|one| !one.is_empty())
    };
    let ids = [winner.id, loser.id];
    let merged = earlier("hs_merged_object_ids").chain(ids.map(|id| id.to_string()));
    let vids = earlier("hs_calculated_merged_vids").chain(ids.map(|id| format!("{id}:{now_ms}")));
    [
        ("hs_merged_object_ids".to_owned(), merged.collect::<Vec<_>>().join(";")),
        ("hs_calculated_merged_vids".to_owned(), vids.collect::<Vec<_>>().join(";")),
        ("hs_additional_emails".to_owned(), secondary.to_owned()),
    ]
    .into()
}
