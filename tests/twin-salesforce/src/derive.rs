//! Values that Salesforce works out by itself from the others.

use serde_json::json;

use crate::{record::Record, state::State};

impl State {
    /// Sets what follows from the rest of a record.
    pub(crate) fn derive(&self, object: &str, record: &mut Record) {
        match object {
            "Contact" => name(record),
            "Account" if self.settings.person_accounts => self.kind_of_account(record),
            "Opportunity" => stage(record),
            "Task" => {
                let closed = record.text("Status") == "Completed";
                record.set_one("IsClosed", json!(closed));
            }
            _ => {}
        }
    }

    /// The record type says whether an account is a person; without one, a family name does.
    fn kind_of_account(&self, record: &mut Record) {
        if record.is_empty("RecordTypeId") {
            let person = !record.is_empty("LastName");
            let fits = |one: &&Record| one.is_true("IsPersonType") == person;
            let id = self.tables["RecordType"].live_ones().find(fits).map(|one| one.id.clone());
            record.set_one("RecordTypeId", json!(id));
        }
        let person = self.live(record.text("RecordTypeId")).is_some_and(|one| one.is_true("IsPersonType"));
        record.set_one("IsPersonAccount", json!(person));
        if person {
            name(record);
        }
    }
}

fn name(record: &mut Record) {
    let whole = format!("{} {}", record.text("FirstName"), record.text("LastName"));
    record.set_one("Name", json!(whole.trim()));
}

fn stage(record: &mut Record) {
    let (closed, won) = match record.text("StageName") {
        "Closed Won" => (true, true),
        "Closed Lost" => (true, false),
        _ => (false, false),
    };
    record.set_one("IsClosed", json!(closed));
    record.set_one("IsWon", json!(won));
    if closed {
        record.set_one("Probability", json!(if won { 100.0 } else { 0.0 }));
    }
}
