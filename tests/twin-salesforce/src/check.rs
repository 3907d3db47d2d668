//! The rules a record is held against before it is stored, in Salesforce's order.

use serde_json::Value;

use crate::{
    field::{Field, FieldKind},
    person,
    record::{Record, Values},
    refusal::Refusal,
    standard,
    state::State,
    write::{Hand, How},
};

impl State {
    /// Holds a record, as it would be, against every rule; `sent` is what the call said.
    pub(crate) fn check(
        &mut self,
        object: &str,
        record: &Record,
        old: Option<&Record>,
        sent: &Values,
        how: &How,
    ) -> Result<(), Refusal> {
        person::check(object, record, old, sent, how)?;
        self.check_required(object, record)?;
        self.check_references(object, sent)?;
        self.check_relations(object, record, old)?;
        self.check_grant(object, record)?;
        self.check_address(object, record, sent)?;
        self.check_activation(object, record)?;
        self.check_validation(object, record)?;
        if how.hand == Hand::Api {
            self.check_locks(record)?;
            self.check_duplicates(object, record, old, how)?;
        }
        self.check_unique(object, record)
    }

    fn check_required(&self, object: &str, record: &Record) -> Result<(), Refusal> {
        let table = self.known(object)?;
        // A person has a family name, and the name follows from it.
        let person = record.is_true("IsPersonAccount");
        let is_needed = |field: &&Field| match (object, field.name.as_str()) {
            ("Account", "Name") => !person,
            ("Account", "LastName") => person,
            _ => field.required,
        };
        let needed = table.fields().iter().filter(is_needed).map(|field| field.name.as_str());
        let missing: Vec<&str> = needed.filter(|name| record.is_empty(name)).collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::required(&missing)) }
    }

    /// Every reference that was sent leads to a record that is there.
    fn check_references(&self, object: &str, sent: &Values) -> Result<(), Refusal> {
        let table = self.known(object)?;
        let references = table.fields().iter().filter(|field| field.kind == FieldKind::Reference);
        for field in references {
            let Some(id) = sent.get(&field.name).and_then(Value::as_str) else { continue };
            let behind =
                standard::object_of(id).and_then(|object| self.table(object)).and_then(|table| table.any(id));
            match behind {
                None => return Err(Refusal::cross_reference()),
                Some(record) if record.deleted => return Err(Refusal::deleted()),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn check_activation(&self, object: &str, record: &Record) -> Result<(), Refusal> {
        if object == "Order" && record.text("Status") == "Activated" && self.settings.orders_need_products {
            return Err(Refusal::of_fields(
                "FAILED_ACTIVATION",
                "An order must have at least one product.",
                &[],
            ));
        }
        Ok(())
    }

    fn check_validation(&self, object: &str, record: &Record) -> Result<(), Refusal> {
        match self.rules.iter().find(|rule| rule.object == object && rule.is_broken_by(record)) {
            Some(rule) => Err(rule.refusal()),
            None => Ok(()),
        }
    }

    /// A record, and whatever it hangs on, may be held by somebody else.
    fn check_locks(&mut self, record: &Record) -> Result<(), Refusal> {
        let parents =
            ["AccountId", "OpportunityId", "WhoId", "WhatId"].map(|name| record.text(name).to_owned());
        let touched = parents.into_iter().chain([record.id.clone()]);
        let Some(id) = touched.into_iter().find(|id| self.locks.contains_key(id)) else { return Ok(()) };
        let left = self.locks.remove(&id).unwrap_or_default();
        if left > 1 {
            self.locks.insert(id.clone(), left - 1);
        }
        Err(Refusal::locked(&id))
    }

    /// Nobody else holds a unique value of it.
    pub(crate) fn check_unique(&self, object: &str, record: &Record) -> Result<(), Refusal> {
        let table = self.known(object)?;
        for field in table.fields().iter().filter(|field| field.unique) {
            let text = match record.value(&field.name) {
                Value::Null => continue,
                Value::String(text) => text,
                other => other.to_string(),
            };
            if let Some(holder) = table.holders(field, &text).into_iter().find(|id| *id != record.id) {
                let told = (!self.settings.foreign_ids_hidden).then_some(holder.as_str());
                return Err(Refusal::duplicate_value(&field.name, told));
            }
        }
        Ok(())
    }
}
