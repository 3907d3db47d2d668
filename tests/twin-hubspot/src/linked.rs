//! What the portal shows a test of deals and notes: the records, and whose they are.

use std::collections::BTreeMap;

use crate::{Portal, PortalError, Property, kind::Kind, record::Record, state::State};

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

    /// Defines a property of deals, and its group where it is not there.
    ///
    /// # Errors
    /// It exists (409), or its definition is not valid (400).
    pub fn define_deal_property(&self, property: Property) -> Result<(), PortalError> {
        self.define_with_group(Kind::Deal, property)
    }

    /// Defines a property of notes, and its group where it is not there.
    ///
    /// # Errors
    /// It exists (409), or its definition is not valid (400).
    pub fn define_note_property(&self, property: Property) -> Result<(), PortalError> {
        self.define_with_group(Kind::Note, property)
    }

    /// Defines the keys of deals and notes that Counterfoil writes; those that exist stay as they are.
    pub(crate) fn define_counterfoil_keys(&self) {
        for (kind, name) in [(Kind::Deal, "shopify_order_id"), (Kind::Note, "shopify_refund_id")] {
            let mut property = Property::new(name, "string", "text").unique();
            property.group_name = "counterfoil".into();
            // The only way this can fail is that the property exists.
            drop(self.define_with_group(kind, property));
        }
    }

    fn define_with_group(&self, kind: Kind, property: Property) -> Result<(), PortalError> {
        let mut state = self.state();
        // That it exists is what is wanted.
        drop(state.table_mut(kind).schema.add_group(&property.group_name, &property.group_name));
        Ok(state.define(kind, property)?)
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
