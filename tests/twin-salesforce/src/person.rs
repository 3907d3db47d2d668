//! Person accounts: one record with two faces, an Account that is written and a Contact that follows it.

use serde_json::json;

use crate::{
    record::{Record, Values},
    refusal::Refusal,
    state::State,
    write::{Hand, How},
};

/// Fields of the Account, and where the Contact has them.
const FACES: [(&str, &str); 11] = [
    ("FirstName", "FirstName"),
    ("LastName", "LastName"),
    ("PersonEmail", "Email"),
    ("Phone", "Phone"),
    ("PersonMobilePhone", "MobilePhone"),
    ("PersonLeadSource", "LeadSource"),
    ("PersonMailingStreet", "MailingStreet"),
    ("PersonMailingCity", "MailingCity"),
    ("PersonMailingState", "MailingState"),
    ("PersonMailingPostalCode", "MailingPostalCode"),
    ("PersonMailingCountry", "MailingCountry"),
];

impl State {
    /// Makes or changes the Contact behind a person account; gives its id.
    pub(crate) fn follow_person(&mut self, account: &Record, how: &How) -> String {
        let id = account.text("PersonContactId").to_owned();
        let known = self.live(&id).cloned();
        let mut contact = known.unwrap_or_else(|| Record::new(self.next_id("Contact"), how.now_ms));
        for (of_account, of_contact) in FACES {
            contact.set_one(of_contact, account.value(of_account));
        }
        contact.set_one("AccountId", json!(account.id));
        contact.set_one("OwnerId", account.value("OwnerId"));
        contact.set_one("IsPersonAccount", json!(true));
        contact.modified_ms = how.now_ms;
        self.derive("Contact", &mut contact);
        let id = contact.id.clone();
        self.put("Contact", contact);
        id
    }
}

/// An Account is a business or a person and stays what it is; the Contact of a person is not written by itself.
pub(crate) fn check(
    object: &str,
    record: &Record,
    old: Option<&Record>,
    sent: &Values,
    how: &How,
) -> Result<(), Refusal> {
    let names: Vec<&str> = sent.keys().map(String::as_str).collect();
    if object == "Contact" && record.is_true("IsPersonAccount") && how.hand == Hand::Api && old.is_some() {
        return Err(Refusal::read_only(&names));
    }
    let is_person = record.is_true("IsPersonAccount");
    let was_business = old.is_some_and(|old| !old.is_true("IsPersonAccount"));
    let personal = |name: &&str| name.starts_with("Person") || matches!(*name, "FirstName" | "LastName");
    let wrong: Vec<&str> = match object {
        "Account" if is_person && !was_business => names.into_iter().filter(|name| *name == "Name").collect(),
        "Account" => names.into_iter().filter(personal).collect(),
        _ => Vec::new(),
    };
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::read_only(&wrong)) }
}
