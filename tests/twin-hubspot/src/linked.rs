//! What the portal shows a test of what is beside contacts: the records, and whose they are.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    Pipeline, Portal, PortalError, Property, Stage, kind::Kind, pipeline, record::Record, state::State,
    write::Hand,
};

/// By what Counterfoil finds again what it made.
const KEYS: [(Kind, &str); 4] = [
    (Kind::Deal, "shopify_order_id"),
    (Kind::Note, "shopify_refund_id"),
    (Kind::Task, "shopify_action_key"),
    (Kind::Company, "shopify_company_id"),
];

/// A deal, a note, a task or a company as it is, whatever the API would show of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

    /// The tasks that are not archived, in the order of their ids.
    pub fn tasks(&self) -> Vec<Linked> {
        self.linked(Kind::Task)
    }

    /// The companies that are not archived, in the order of their ids.
    pub fn companies(&self) -> Vec<Linked> {
        self.linked(Kind::Company)
    }

    /// A rep has done a task.
    ///
    /// # Errors
    /// No such task (404).
    pub fn rep_completes(&self, task: &str) -> Result<(), PortalError> {
        let now_ms = self.clock().now_ms();
        let done = [("hs_task_status".to_owned(), "COMPLETED".to_owned())].into();
        Ok(self.state().update(Kind::Task, crate::row::id(task)?, &done, Hand::Rep, now_ms)?)
    }

    /// A rep puts a deal into the recycle bin.
    ///
    /// # Errors
    /// No such deal (404).
    pub fn rep_archives_deal(&self, deal: &str) -> Result<(), PortalError> {
        let now_ms = self.clock().now_ms();
        Ok(self.state().archive(Kind::Deal, crate::row::id(deal)?, now_ms)?)
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

    /// Defines a property of tasks, and its group where it is not there.
    ///
    /// # Errors
    /// It exists (409), or its definition is not valid (400).
    pub fn define_task_property(&self, property: Property) -> Result<(), PortalError> {
        self.define_with_group(Kind::Task, property)
    }

    /// Defines a property of companies, and its group where it is not there.
    ///
    /// # Errors
    /// It exists (409), or its definition is not valid (400).
    pub fn define_company_property(&self, property: Property) -> Result<(), PortalError> {
        self.define_with_group(Kind::Company, property)
    }

    /// Adds stages to the default pipeline of deals; those that exist stay as they are. Each with its probability, from
    /// `0.0` (lost) to `1.0` (won).
    ///
    /// # Errors
    /// A probability that is none (400).
    pub fn define_deal_stages(&self, stages: &[(&str, &str)]) -> Result<(), PortalError> {
        let mut state = self.state();
        for (name, probability) in stages {
            let (id, probability) = ((*name).to_owned(), (*probability).to_owned());
            let new = Stage { label: id.clone(), id, probability, display_order: 7 };
            match state.pipelines.add_stage(pipeline::DEFAULT, new) {
                Err(refusal) if refusal.status != 409 => return Err(refusal.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// The pipelines of deals.
    pub fn pipelines(&self) -> Vec<Pipeline> {
        self.state().pipelines.all().to_vec()
    }

    /// Defines the keys of deals, notes, tasks and companies that Counterfoil writes, and its stages of deals; those that
    /// exist stay as they are.
    pub(crate) fn define_counterfoil_keys(&self) {
        for (kind, name) in KEYS {
            let mut property = Property::new(name, "string", "text").unique();
            property.group_name = "counterfoil".into();
            // The only way this can fail is that the property exists.
            drop(self.define_with_group(kind, property));
        }
        // And this, that a probability is none.
        drop(self.define_deal_stages(&[("open", "0.5"), ("won", "1.0"), ("lost", "0.0")]));
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
