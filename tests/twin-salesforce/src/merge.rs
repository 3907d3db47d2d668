//! Merging two records into one, as a person does it.

use crate::{record::Record, refusal::Refusal, state::State, write::found};

/// Object types that can be merged.
const MERGEABLE: [&str; 3] = ["Account", "Contact", "Lead"];

impl State {
    /// Merges `loser` into `master`: the master keeps its id and its values, and gets those it lacked; the loser is
    /// deleted and points at it.
    pub(crate) fn merge(
        &mut self,
        object: &str,
        master: &str,
        loser: &str,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let table = self.known(object)?;
        let name = table.name;
        let (mut master, mut loser) = (found(table, master)?.clone(), found(table, loser)?.clone());
        if !MERGEABLE.contains(&name) || master.id == loser.id {
            return Err(Refusal::new(400, "INVALID_OPERATION", "these records cannot be merged"));
        }
        let lacking = loser.values().iter().filter(|(name, _)| master.is_empty(name));
        let gained = lacking.map(|(name, value)| (name.clone(), value.clone())).collect();
        loser.deleted = true;
        loser.set_one("MasterRecordId", serde_json::json!(master.id));
        loser.modified_ms = now_ms;
        master.set(gained);
        master.modified_ms = now_ms;
        let (from, to) = (loser.id.clone(), master.id.clone());
        // The loser goes first: a key that the master takes over is free by then.
        self.put(name, loser);
        self.put(name, master);
        self.move_children(&from, &to, now_ms);
        self.merge_persons(&from, &to, now_ms)
    }

    /// The contacts behind two persons are merged as they are.
    fn merge_persons(&mut self, from: &str, to: &str, now_ms: i64) -> Result<(), Refusal> {
        let contact = |id: &str| {
            let account = self.tables["Account"].any(id)?;
            Some(account.text("PersonContactId").to_owned()).filter(|id| !id.is_empty())
        };
        match (contact(to), contact(from)) {
            (Some(master), Some(loser)) => self.merge("Contact", &master, &loser, now_ms),
            _ => Ok(()),
        }
    }

    /// Whatever hung on one record hangs on the other.
    fn move_children(&mut self, from: &str, to: &str, now_ms: i64) {
        for (object, field) in [
            ("Contact", "AccountId"),
            ("Opportunity", "AccountId"),
            ("Opportunity", "ContactId"),
            ("Order", "AccountId"),
            ("Task", "WhoId"),
            ("Task", "WhatId"),
            ("OpportunityContactRole", "ContactId"),
            ("AccountContactRelation", "AccountId"),
            ("AccountContactRelation", "ContactId"),
        ] {
            let children: Vec<Record> = self.tables[object].referring(field, from).cloned().collect();
            for mut child in children {
                // Whom both records knew, the one that stays knows once.
                let (mut account, mut contact) = (child.text("AccountId"), child.text("ContactId"));
                *(if field == "AccountId" { &mut account } else { &mut contact }) = to;
                child.deleted =
                    object == "AccountContactRelation" && self.relation(account, contact).is_some();
                child.set_one(field, serde_json::json!(to));
                child.modified_ms = now_ms;
                self.put(object, child);
            }
        }
    }
}
