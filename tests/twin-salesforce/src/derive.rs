//! Values that Salesforce works out by itself from the others.

use serde_json::json;

use crate::{record::Record, state::State};

impl State {
    /// Sets what follows from the rest of a record.
    pub(crate) fn derive(&mut self, object: &str, record: &mut Record) {
        match object {
            "Contact" => name(record),
            "Account" if !record.is_empty("LastName") => {
                name(record);
                record.set_one("IsPersonAccount", json!(true));
            }
            "Opportunity" => stage(record),
            "Task" => {
                let closed = record.text("Status") == "Completed";
                record.set_one("IsClosed", json!(closed));
            }
            "Order" if record.is_empty("OrderNumber") => {
                self.orders += 1;
                record.set_one("OrderNumber", json!(format!("{:08}", 100 + self.orders)));
            }
            _ => {}
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
