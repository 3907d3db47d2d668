//! What the portal shows a test of deals and notes: the records, and whose they are.

use std::collections::BTreeMap;

use crate::{Portal, Property, kind::Kind, record::Record, standard, state::State};

/// A deal or a note as it is, whatever the API would show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The record id.
    pub id: String,
    /// Every property that has a value.
    pub properties: BTreeMap<String, String>,
    /// The ids of the contacts that it is associated with.
    pub contacts: Vec<String>,
}

impl Portal {
    /// The deals that are not archived, in the order of their ids.
    pub fn deals(&self) -> Vec<Linked> {
        self.linked(Kind::Deal)
    }

    /// The notes that are not archived, in the order of their ids.
    pub fn notes(&self) -> Vec<Linked> {
        self.linked(Kind::Note)
    }

    fn linked(&self, kind: Kind) -> Vec<Linked> {
        let state = self.state();
        let live = state.shelf(kind).all().filter(|record| record.archived_ms.is_none());
        live.map(|record| linked(&state, kind, record)).collect()
    }

    /// Defines the keys of deals and notes that Counterfoil writes; those that exist stay as they are.
    pub(crate) fn define_counterfoil_keys(&self) {
        let mut state = self.state();
        for (kind, name) in [(Kind::Deal, "shopify_order_id"), (Kind::Note, "shopify_refund_id")] {
            let mut property = Property::new(name, "string", "text").unique();
            property.group_name = standard::group(kind).into();
            // The only way this can fail is that the property exists.
            drop(state.define(kind, property));
        }
    }
}

fn linked(state: &State, kind: Kind, record: &Record) -> Linked {
    let contacts = state.associations.of((kind, record.id), Kind::Contact);
    Linked {
        id: record.id.to_string(),
        properties: record.values.clone(),
        contacts: contacts.map(|id| id.to_string()).collect(),
    }
}
