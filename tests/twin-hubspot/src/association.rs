//! Which records belong together.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    batch,
    kind::Kind,
    refusal::Refusal,
    row::{self, InlineAssociation, RecordId},
    state::State,
};

const MOST_PAIRS: usize = 2_000;

/// from, to, the type id without a label. Each way has its own id.
const DEFAULTS: [(Kind, Kind, u32); 19] = [
    (Kind::Contact, Kind::Company, 279),
    (Kind::Company, Kind::Contact, 280),
    (Kind::Contact, Kind::Deal, 4),
    (Kind::Deal, Kind::Contact, 3),
    (Kind::Deal, Kind::Company, 341),
    (Kind::Company, Kind::Deal, 342),
    (Kind::Note, Kind::Contact, 202),
    (Kind::Note, Kind::Company, 190),
    (Kind::Note, Kind::Deal, 214),
    (Kind::Note, Kind::Order, 765),
    (Kind::Contact, Kind::Note, 201),
    (Kind::Contact, Kind::Task, 203),
    (Kind::Task, Kind::Contact, 204),
    (Kind::Task, Kind::Company, 192),
    (Kind::Task, Kind::Deal, 216),
    (Kind::Task, Kind::Order, 727),
    (Kind::Order, Kind::Contact, 507),
    (Kind::Contact, Kind::Order, 508),
    (Kind::Order, Kind::Deal, 512),
];

pub(crate) type End = (Kind, u64);

/// Pairs, kept both ways round.
#[derive(Debug, Default)]
pub(crate) struct Associations(BTreeSet<(End, End)>);

impl Associations {
    fn join(&mut self, from: End, to: End) {
        self.0.insert((from, to));
        self.0.insert((to, from));
    }

    pub(crate) fn of(&self, from: End, to: Kind) -> impl Iterator<Item = u64> {
        self.0.iter().filter(move |(one, other)| *one == from && other.0 == to).map(|(_, other)| other.1)
    }

    /// After a merge: what the old ids had belongs to the new one.
    pub(crate) fn moved(&mut self, kind: Kind, old: &[u64], new: u64) {
        let renamed = |end: End| if end.0 == kind && old.contains(&end.1) { (kind, new) } else { end };
        self.0 = self.0.iter().map(|(from, to)| (renamed(*from), renamed(*to))).collect();
    }

    pub(crate) fn forget(&mut self, kind: Kind, id: u64) {
        self.0.retain(|(from, to)| *from != (kind, id) && *to != (kind, id));
    }
}

/// `PUT .../associations/default/...`: idempotent.
pub(crate) fn one(
    state: &mut State,
    from: &(Kind, String),
    to: &(Kind, String),
    now_ms: i64,
) -> Result<Answer, Refusal> {
    let results = state.associate(end(from)?, end(to)?)?;
    Ok(batch::complete(200, results, Vec::new(), now_ms))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    inputs: Vec<Pair>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    from: RecordId,
    to: RecordId,
}

/// `POST /crm/associations/{ver}/{from}/{to}/batch/associate/default`: all pairs or, when one end of any is
/// missing, none.
pub(crate) fn many(
    state: &mut State,
    from: Kind,
    to: Kind,
    body: &[u8],
    now_ms: i64,
) -> Result<Answer, Refusal> {
    let Pairs { inputs } = row::parsed(body)?;
    if inputs.is_empty() || inputs.len() > MOST_PAIRS {
        return Err(Refusal::validation(format!(
            "inputs must be from 1 to {MOST_PAIRS}, not {}",
            inputs.len()
        )));
    }
    let pair = |pair: &Pair| Ok(((from, row::id(&pair.from.id)?), (to, row::id(&pair.to.id)?)));
    let pairs = inputs.iter().map(pair).collect::<Result<Vec<(End, End)>, Refusal>>()?;
    for (from, to) in &pairs {
        state.check_ends(*from, *to)?;
    }
    let mut results = Vec::new();
    for (from, to) in pairs {
        results.extend(state.associate(from, to)?);
    }
    Ok(batch::complete(200, results, Vec::new(), now_ms))
}

fn end((kind, id): &(Kind, String)) -> Result<End, Refusal> {
    Ok((*kind, row::id(id)?))
}

fn type_id(from: Kind, to: Kind) -> Option<u32> {
    DEFAULTS.iter().find(|(one, other, _)| (*one, *other) == (from, to)).map(|(_, _, id)| *id)
}

impl State {
    fn associate(&mut self, from: End, to: End) -> Result<Vec<Value>, Refusal> {
        self.check_ends(from, to)?;
        self.associations.join(from, to);
        let told = |from: End, to: End| {
            type_id(from.0, to.0).map(|id| {
                json!({
                    "from": {"id": from.1.to_string()},
                    "to": {"id": to.1.to_string()},
                    "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id},
                })
            })
        };
        Ok([told(from, to), told(to, from)].into_iter().flatten().collect())
    }

    fn check_ends(&self, from: End, to: End) -> Result<(), Refusal> {
        if type_id(from.0, to.0).is_none() && type_id(to.0, from.0).is_none() {
            let (from, to) = (from.0.plural(), to.0.plural());
            return Err(Refusal::validation(format!("No default association between {from} and {to}")));
        }
        let there = |(kind, id): End| self.shelf(kind).live(id).map(drop).ok_or_else(Refusal::not_found);
        there(from).and_then(|()| there(to))
    }

    /// Refuses inline associations whose type id is not one of this object type's, or whose record is missing.
    pub(crate) fn check_associations(&self, kind: Kind, wanted: &[InlineAssociation]) -> Result<(), Refusal> {
        wanted.iter().try_for_each(|one| self.inline_ends(kind, one).map(drop))
    }

    /// Makes the inline associations of a create; they were checked before.
    pub(crate) fn associate_inline(&mut self, kind: Kind, id: u64, wanted: &[InlineAssociation]) {
        for to in
            wanted.iter().filter_map(|one| self.inline_ends(kind, one).ok()).flatten().collect::<Vec<_>>()
        {
            self.associations.join((kind, id), to);
        }
    }

    fn inline_ends(&self, kind: Kind, wanted: &InlineAssociation) -> Result<Vec<End>, Refusal> {
        let id = row::id(&wanted.to.id)?;
        if wanted.labels.is_empty() {
            return Err(Refusal::validation("associations[].types must not be empty"));
        }
        let end = |label: &row::AssociationLabel| {
            let known =
                DEFAULTS.iter().find(|(from, _, id)| *from == kind && *id == label.association_type_id);
            let (_, to, _) =
                known.filter(|_| label.association_category == "HUBSPOT_DEFINED").ok_or_else(|| {
                    let id = label.association_type_id;
                    Refusal::validation(format!("associationTypeId {id} is not a type of {}", kind.plural()))
                })?;
            self.shelf(*to).live(id).map(|_| (*to, id)).ok_or_else(Refusal::not_found)
        };
        wanted.labels.iter().map(end).collect()
    }

    /// Adds `associations` to a shown record, for the object types that were asked for.
    pub(crate) fn show_associations(
        &self,
        kind: Kind,
        id: u64,
        wanted: &[String],
        shown: &mut Value,
    ) -> Result<(), Refusal> {
        for name in wanted {
            let to = Kind::of_segment(name)
                .ok_or_else(|| Refusal::validation(format!("associations: unknown object type '{name}'")))?;
            let label = format!("{}_to_{}", kind.shout(), to.shout()).to_lowercase();
            let ends: Vec<Value> = self
                .associations
                .of((kind, id), to)
                .map(|id| json!({"id": id.to_string(), "type": label}))
                .collect();
            if !ends.is_empty() {
                shown["associations"][to.plural()] = json!({"results": ends});
            }
        }
        Ok(())
    }
}
