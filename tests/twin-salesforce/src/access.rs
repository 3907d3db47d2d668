//! What the API user may see: custom fields only as far as an assigned permission set grants them.

use std::collections::BTreeSet;

use crate::{
    field::Field,
    record::Record,
    refusal::Refusal,
    state::State,
    table::Table,
    write::{Hand, How},
};

/// What was granted of one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) read: bool,
    pub(crate) edit: bool,
}

impl State {
    /// What the API user may do with a field. Salesforce's own fields are open, and so is what every record needs.
    pub(crate) fn grant(&self, object: &str, field: &Field) -> Grant {
        if !field.is_custom() || field.required {
            return Grant { read: true, edit: true };
        }
        self.grants.get(&(object.to_owned(), field.name.clone())).copied().unwrap_or_default()
    }

    /// The field of this name, if this hand can see it.
    pub(crate) fn seen<'a>(&self, table: &'a Table, name: &str, how: &How) -> Option<&'a Field> {
        table.field(name).filter(|field| how.hand == Hand::Rep || self.grant(table.name, field).read)
    }

    /// The key an upsert goes by.
    ///
    /// # Errors
    /// No such field, not granted, or no external id: 404.
    pub(crate) fn key<'a>(&self, table: &'a Table, name: &str, how: &How) -> Result<&'a Field, Refusal> {
        let key = self.seen(table, name, how).filter(|field| field.is_id_lookup());
        key.ok_or_else(|| Refusal::no_key(name))
    }

    /// Reads the permission sets again, after one of their records changed.
    pub(crate) fn refresh_grants(&mut self) {
        let sets = self.sets_of_the_user();
        self.grants.clear();
        let rows: Vec<Record> = self.tables["FieldPermissions"].live_ones().cloned().collect();
        for row in rows.iter().filter(|row| sets.contains(row.text("ParentId"))) {
            let Some((object, field)) = row.text("Field").split_once('.') else { continue };
            let grant = self.grants.entry((object.to_owned(), field.to_owned())).or_default();
            grant.read |= row.is_true("PermissionsRead");
            grant.edit |= row.is_true("PermissionsEdit");
        }
    }

    fn sets_of_the_user(&self) -> BTreeSet<String> {
        let assignments = self.tables["PermissionSetAssignment"].live_ones();
        let own = assignments.filter(|one| one.text("AssigneeId") == self.user);
        own.map(|one| one.text("PermissionSetId").to_owned()).collect()
    }

    /// What only these objects ask of a new record.
    pub(crate) fn check_grant(&self, object: &str, record: &Record) -> Result<(), Refusal> {
        match object {
            "FieldPermissions" => self.check_field_permission(record),
            "PermissionSet" => self.check_once(object, record, &["Name"]),
            "PermissionSetAssignment" => self.check_once(object, record, &["PermissionSetId", "AssigneeId"]),
            _ => Ok(()),
        }
    }

    fn check_field_permission(&self, row: &Record) -> Result<(), Refusal> {
        let wrong = |field: &str| {
            let words = format!("{field}: bad value for restricted picklist field: {}", row.text(field));
            Err(Refusal::of_fields("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, &[field]))
        };
        let Some(table) = self.table(row.text("SobjectType")) else { return wrong("SobjectType") };
        let named = row.text("Field").split_once('.').filter(|(object, _)| *object == table.name);
        // Fields that are required everywhere, and those of the system, have no permissions of their own.
        let is_open = |field: &&Field| !field.required && field.updateable;
        match named.and_then(|(_, field)| table.field(field)).filter(is_open) {
            None => wrong("Field"),
            Some(_) if row.is_true("PermissionsEdit") && !row.is_true("PermissionsRead") => {
                let words = "Read permission is needed to grant edit permission";
                Err(Refusal::of_fields("FIELD_INTEGRITY_EXCEPTION", words, &["PermissionsEdit"]))
            }
            Some(_) => self.check_once("FieldPermissions", row, &["ParentId", "Field"]),
        }
    }

    /// Refuses a second record that says the same in these fields.
    pub(crate) fn check_once(&self, object: &str, record: &Record, fields: &[&str]) -> Result<(), Refusal> {
        let same = |other: &&Record| {
            other.id != record.id
                && fields.iter().all(|name| other.text(name).eq_ignore_ascii_case(record.text(name)))
        };
        match self.tables[object].live_ones().find(same) {
            Some(other) => Err(Refusal::duplicate_value(fields[fields.len() - 1], Some(&other.id))),
            None => Ok(()),
        }
    }
}
