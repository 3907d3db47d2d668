//! What one stored record brings about in others.

use serde_json::json;

use crate::{
    id,
    record::{Record, Values},
    refusal::Refusal,
    single,
    state::State,
    write::{How, found},
};

impl State {
    /// Stores a record that passed all checks, and what follows from it.
    pub(crate) fn store(&mut self, object: &str, mut record: Record, old: Option<&Record>, how: &How) {
        if object == "Account" && record.is_true("IsPersonAccount") {
            let contact = self.follow_person(&record, how);
            record.set_one("PersonContactId", json!(contact));
        }
        if object == "Order" && old.is_none() {
            self.orders += 1;
            record.set_one("OrderNumber", json!(format!("{:08}", 100 + self.orders)));
        }
        self.put(object, record.clone());
        match object {
            "Contact" => self.follow_account(&record, old, how),
            "Opportunity" if old.is_none() => self.follow_contact(&record, how),
            "OpportunityContactRole" => self.keep_one_primary(&record),
            "FieldPermissions" | "PermissionSetAssignment" => self.refresh_grants(),
            _ => {}
        }
    }

    /// A contact's own account is its direct relation; the one before it stays as an indirect one.
    fn follow_account(&mut self, contact: &Record, old: Option<&Record>, how: &How) {
        let (before, after) = (old.map_or("", |old| old.text("AccountId")), contact.text("AccountId"));
        if before == after {
            return;
        }
        self.set_direct(before, &contact.id, false);
        if after.is_empty() || self.set_direct(after, &contact.id, true) {
            return;
        }
        let values = [
            ("AccountId", json!(after)),
            ("ContactId", json!(contact.id)),
            ("IsActive", json!(true)),
            ("IsDirect", json!(true)),
        ];
        self.place("AccountContactRelation", &values, how.now_ms);
    }

    fn set_direct(&mut self, account: &str, contact: &str, direct: bool) -> bool {
        let Some(mut relation) = self.relation(account, contact).cloned() else { return false };
        relation.set_one("IsDirect", json!(direct));
        self.put("AccountContactRelation", relation);
        true
    }

    /// What ties a contact to an account.
    pub(crate) fn relation(&self, account: &str, contact: &str) -> Option<&Record> {
        let mut relations = self.tables["AccountContactRelation"].referring("ContactId", contact);
        relations.find(|one| one.text("AccountId") == account)
    }

    /// The contact a new opportunity was sent with becomes its primary role.
    fn follow_contact(&mut self, opportunity: &Record, how: &How) {
        if opportunity.is_empty("ContactId") {
            return;
        }
        let values = [
            ("OpportunityId", json!(opportunity.id)),
            ("ContactId", opportunity.value("ContactId")),
            ("IsPrimary", json!(true)),
        ];
        self.place("OpportunityContactRole", &values, how.now_ms);
    }

    fn keep_one_primary(&mut self, role: &Record) {
        if !role.is_true("IsPrimary") {
            return;
        }
        let is_other = |one: &&Record| one.id != role.id && one.is_true("IsPrimary");
        let roles =
            self.tables["OpportunityContactRole"].referring("OpportunityId", role.text("OpportunityId"));
        let others: Vec<Record> = roles.filter(is_other).cloned().collect();
        for mut other in others {
            other.set_one("IsPrimary", json!(false));
            self.put("OpportunityContactRole", other);
        }
    }

    /// A contact that no account has is private, and one pair is tied once.
    pub(crate) fn check_relations(
        &self,
        object: &str,
        record: &Record,
        old: Option<&Record>,
    ) -> Result<(), Refusal> {
        if object != "AccountContactRelation" || old.is_some() {
            return Ok(());
        }
        let contact = self.live(record.text("ContactId"));
        if contact.is_some_and(|contact| contact.is_empty("AccountId")) {
            let words = "You can't associate a private contact with an account.";
            return Err(Refusal::of_fields("FIELD_INTEGRITY_EXCEPTION", words, &["ContactId"]));
        }
        if self.relation(record.text("AccountId"), record.text("ContactId")).is_some() {
            let words = "This contact already has a relationship with this account.";
            return Err(Refusal::of_fields("DUPLICATE_VALUE", words, &[]));
        }
        Ok(())
    }

    /// Puts a record into the recycle bin, with all that hangs on it.
    pub(crate) fn delete(&mut self, object: &str, id: &str, now_ms: i64) -> Result<(), Refusal> {
        let table = self.known(object)?;
        let (name, mut record) = (table.name, found(table, id)?.clone());
        if !single::is_createable(name) {
            let words = "insufficient access rights on object id";
            return Err(Refusal::of_fields("INSUFFICIENT_ACCESS_OR_READONLY", words, &[]));
        }
        record.deleted = true;
        record.modified_ms = now_ms;
        self.put(name, record.clone());
        for (child, field) in children(name) {
            for id in self.holding(child, field, &record.id) {
                // Another one of this walk may have taken it along.
                if self.live(&id).is_some() {
                    self.delete(child, &id, now_ms)?;
                }
            }
        }
        self.untie(&record.id, now_ms);
        self.refresh_grants();
        Ok(())
    }

    /// Takes a record out of the recycle bin.
    pub(crate) fn restore(&mut self, object: &str, id: &str, now_ms: i64) -> Result<(), Refusal> {
        let table = self.known(object)?;
        let gone = id::normal(id).and_then(|id| table.any(&id)).filter(|record| record.deleted);
        let in_bin = gone.filter(|record| record.is_empty("MasterRecordId"));
        let (name, mut record) = (table.name, in_bin.ok_or_else(Refusal::not_found)?.clone());
        self.check_unique(name, &record)?;
        record.deleted = false;
        record.modified_ms = now_ms;
        self.put(name, record);
        Ok(())
    }

    fn holding(&self, object: &str, field: &str, id: &str) -> Vec<String> {
        self.tables[object].referring(field, id).map(|record| record.id.clone()).collect()
    }

    /// Tasks stay, without the record they were about.
    fn untie(&mut self, id: &str, now_ms: i64) {
        for field in ["WhoId", "WhatId"] {
            for task in self.holding("Task", field, id) {
                let Some(mut task) = self.tables["Task"].live(&task).cloned() else { continue };
                task.set(Values::from([(field.to_owned(), serde_json::Value::Null)]));
                task.modified_ms = now_ms;
                self.put("Task", task);
            }
        }
    }
}

/// What is deleted along with a record of this type, and by which reference it hangs on it.
fn children(object: &str) -> &'static [(&'static str, &'static str)] {
    match object {
        "Account" => &[
            ("Contact", "AccountId"),
            ("Opportunity", "AccountId"),
            ("Order", "AccountId"),
            ("AccountContactRelation", "AccountId"),
        ],
        "Contact" => &[("AccountContactRelation", "ContactId"), ("OpportunityContactRole", "ContactId")],
        "Opportunity" => &[("OpportunityContactRole", "OpportunityId")],
        "PermissionSet" => {
            &[("FieldPermissions", "ParentId"), ("PermissionSetAssignment", "PermissionSetId")]
        }
        _ => &[],
    }
}
