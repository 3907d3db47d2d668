//! Writing one record: are the values valid, is it free to hold them, and what else changes with them.

use crate::{
    email,
    kind::Kind,
    record::{Record, Values},
    refusal::{Problem, Refusal},
    standard::LIFECYCLE_STAGES,
    state::State,
    value,
};

/// Who writes: the API, or a person in HubSpot's pages, who may do a little more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Api,
    Rep,
}

impl State {
    /// Creates a record and gives its id.
    pub(crate) fn create(
        &mut self,
        kind: Kind,
        sent: &Values,
        by: Hand,
        now_ms: i64,
    ) -> Result<u64, Refusal> {
        let mut values = self.checked(kind, sent, None, by)?;
        require(kind, &values)?;
        self.require_by_rule(kind, &values)?;
        self.settle_stage(kind, &mut values, None)?;
        let id = self.next_id();
        self.free_to_hold(kind, id, &values)?;
        let mut record = Record::new(id, now_ms);
        record.set(values);
        self.store(kind, record, now_ms);
        Ok(id)
    }

    /// Writes over a live record. Merges are not followed here.
    pub(crate) fn update(
        &mut self,
        kind: Kind,
        id: u64,
        sent: &Values,
        by: Hand,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let held = self.shelf(kind).live(id).cloned().ok_or_else(Refusal::not_found)?;
        let known = self.without_ignored(kind, sent);
        let mut values = self.checked(kind, &known, Some(&held), by)?;
        self.settle_stage(kind, &mut values, Some(&held))?;
        self.free_to_hold(kind, id, &values)?;
        if by == Hand::Api {
            forward_only(&held, &mut values);
        }
        let mut record = held;
        settle_emails(&mut record, &mut values, by);
        record.set(values);
        self.store(kind, record, now_ms);
        Ok(())
    }

    /// Stamps a record, puts it on its shelf, and lets the search index catch up with what is old enough.
    pub(crate) fn store(&mut self, kind: Kind, mut record: Record, now_ms: i64) {
        record.stamp(kind, now_ms);
        let until_ms = now_ms - self.settings.search_lag_ms;
        let records = self.shelf_mut(kind);
        records.index(until_ms);
        records.put(record, now_ms);
    }

    /// Archives a record; one that is archived already stays so.
    pub(crate) fn archive(&mut self, kind: Kind, id: u64, now_ms: i64) -> Result<(), Refusal> {
        let mut record = self.shelf(kind).any(id).cloned().ok_or_else(Refusal::not_found)?;
        if record.archived_ms.is_none() {
            record.archived_ms = Some(now_ms);
            self.store(kind, record, now_ms);
        }
        Ok(())
    }

    /// Takes a record out of the recycle bin. Only its addresses must be free.
    pub(crate) fn restore(&mut self, kind: Kind, id: u64, now_ms: i64) -> Result<(), Refusal> {
        let found = self.shelf(kind).any(id).filter(|record| record.archived_ms.is_some());
        let mut record = found.cloned().ok_or_else(Refusal::not_found)?;
        let held =
            addresses(&record.values).into_iter().find_map(|one| self.shelf(kind).holder("email", &one));
        if let Some(holder) = held {
            return Err(Refusal::contact_exists(holder));
        }
        record.archived_ms = None;
        self.store(kind, record, now_ms);
        Ok(())
    }

    fn without_ignored(&self, kind: Kind, sent: &Values) -> Values {
        let schema = &self.table(kind).schema;
        let known = |name: &String| schema.get(name).is_some_and(|property| !property.read_only);
        let keep = |name: &String| !kind.ignores_unknown_on_update() || known(name);
        sent.iter()
            .filter(|(name, _)| keep(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn checked(&self, kind: Kind, sent: &Values, held: Option<&Record>, by: Hand) -> Result<Values, Refusal> {
        let (mut values, mut problems) = (Values::new(), Vec::new());
        for (name, raw) in sent {
            match self.checked_one(kind, name, raw, held, by) {
                Ok(value) => drop(values.insert(name.clone(), value)),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(Refusal::invalid_values(&problems)) }
    }

    fn checked_one(
        &self,
        kind: Kind,
        name: &str,
        raw: &str,
        held: Option<&Record>,
        by: Hand,
    ) -> Result<String, Problem> {
        let Some(property) = self.table(kind).schema.get(name) else {
            let words = format!("Property \"{name}\" does not exist");
            return Err(Problem::new(name, "PROPERTY_DOESNT_EXIST", words));
        };
        // People edit secondary addresses in the pages; nobody edits what HubSpot computes.
        let by_people = by == Hand::Rep && name == "hs_additional_emails";
        if property.read_only && !by_people {
            let words = format!("\"{name}\" is a read only property; its value cannot be set.");
            return Err(Problem::new(name, "READ_ONLY_VALUE", words));
        }
        value::stored(property, raw, held.and_then(|record| record.value(name)))
    }

    /// What an administrator of the account wants of a new contact.
    fn require_by_rule(&self, kind: Kind, values: &Values) -> Result<(), Refusal> {
        let rules = self.settings.required_contact_properties.iter().map(String::as_str);
        let unset = |name: &&str| values.get(*name).is_none_or(String::is_empty);
        let missing: Vec<_> = rules.filter(|_| kind == Kind::Contact).filter(unset).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::required("A rule of this account wants more properties", &missing))
    }

    /// Refuses a value of a unique property, or an address, that another record holds.
    fn free_to_hold(&self, kind: Kind, id: u64, values: &Values) -> Result<(), Refusal> {
        let records = self.shelf(kind);
        let other =
            |property: &str, value: &str| records.holder(property, value).filter(|holder| *holder != id);
        for address in addresses(values) {
            if let Some(holder) = other("email", &address) {
                return Err(Refusal::contact_exists(holder));
            }
        }
        for property in records.unique_properties().filter(|name| *name != "email") {
            let value = values.get(property).map_or("", String::as_str);
            if let Some(holder) = other(property, value) {
                return Err(Refusal::unique_conflict(kind.type_id(), property, value, id, holder));
            }
        }
        Ok(())
    }
}

fn addresses(values: &Values) -> Vec<String> {
    let of = |name: &str| values.get(name).map_or("", String::as_str);
    email::listed(of("email")).chain(email::listed(of("hs_additional_emails"))).collect()
}

fn require(kind: Kind, values: &Values) -> Result<(), Refusal> {
    let set = |name: &&str| values.get(*name).is_some_and(|value| !value.is_empty());
    let (all, any) = kind.needs();
    let missing: Vec<&str> = all.iter().copied().filter(|name| !set(name)).collect();
    if !missing.is_empty() {
        let words = format!("Some required properties were not set: {}", missing.join(", "));
        return Err(Refusal::required(&words, &missing));
    }
    if !any.is_empty() && !any.iter().any(set) {
        let words = format!("At least one of these properties must be set: {}", any.join(", "));
        return Err(Refusal::required(&words, any));
    }
    Ok(())
}

/// A lifecycle stage that would go back is left as it is, in a call that succeeds. Clear it first to go back.
fn forward_only(held: &Record, values: &mut Values) {
    let rank = |stage: &str| LIFECYCLE_STAGES.iter().position(|known| *known == stage);
    let before = held.value("lifecyclestage").and_then(rank);
    let after = values.get("lifecyclestage").and_then(|stage| rank(stage));
    if after.is_some() && after < before {
        values.remove("lifecyclestage");
    }
}

/// Another primary address: a secondary one changes places with it; any other replaces it, and the API
/// drops the secondary ones on the way (which is why nobody should send an address that did not change).
fn settle_emails(record: &mut Record, values: &mut Values, by: Hand) {
    let Some(new) = values.get("email").filter(|new| record.value("email") != Some(new.as_str())).cloned()
    else {
        return;
    };
    let mut others = record.secondary_emails();
    if let Some(place) = others.iter().position(|other| *other == new) {
        others.remove(place);
        others.extend(record.value("email").map(str::to_owned));
    } else if by == Hand::Api {
        others.clear();
    }
    values.entry("hs_additional_emails".into()).or_insert_with(|| others.join(";"));
}
