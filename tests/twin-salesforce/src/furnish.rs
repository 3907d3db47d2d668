//! What a test sets up in an org: fields, picklists, rules, locks.

use serde_json::{Value, json};

use crate::{
    entry::OrgError, field::Field, id, org::Org, refusal::Refusal, rep::map, rule::ValidationRule, tooling,
};

impl Org {
    /// Makes a custom field (those of tasks on `Task`) and grants it to the API user.
    ///
    /// # Errors
    /// It exists, or its object does not.
    pub fn define_field(&self, object: &str, field: Field) -> Result<(), OrgError> {
        let now_ms = self.clock().now_ms();
        let (name, everybodys) = (field.name.clone(), field.required);
        let (made_on, seen_on) =
            if matches!(object, "Task" | "Activity") { ("Activity", "Task") } else { (object, object) };
        self.state().add_field(made_on, field, now_ms)?;
        if everybodys { Ok(()) } else { Ok(self.grant_field(seen_on, &name)?) }
    }

    /// The same by a definition as the tooling API takes it: `FullName` and `Metadata`.
    ///
    /// # Errors
    /// It exists, its object does not, or the definition lacks something.
    pub fn define(&self, definition: &Value) -> Result<(), OrgError> {
        let (object, field) = tooling::definition(definition.to_string().as_bytes())?;
        self.define_field(&object, field)
    }

    fn grant_field(&self, object: &str, field: &str) -> Result<(), Refusal> {
        let mut state = self.state();
        let set = state.tables["PermissionSet"].live_ones().find(|set| set.is_true("IsOwnedByProfile"));
        let set = set.map(|set| set.id.clone()).unwrap_or_default();
        let grant = json!({
            "ParentId": set,
            "SobjectType": object,
            "Field": format!("{object}.{field}"),
            "PermissionsRead": true,
            "PermissionsEdit": true,
        });
        let how = self.rep();
        state.create("FieldPermissions", &map(grant), &how).map(drop)
    }

    /// Takes a custom field from the API user's sight: all that was granted of it is gone.
    pub fn hide_field(&self, object: &str, field: &str) {
        let now_ms = self.clock().now_ms();
        let named = format!("{object}.{field}");
        let mut state = self.state();
        let of_field = state.tables["FieldPermissions"].live_ones().filter(|one| one.text("Field") == named);
        for id in of_field.map(|one| one.id.clone()).collect::<Vec<_>>() {
            // It was there a line ago.
            drop(state.delete("FieldPermissions", &id, now_ms));
        }
    }

    /// From now on several records may hold one value of a field, which stays an external id.
    ///
    /// # Errors
    /// No such object or field.
    pub fn allow_doubles(&self, object: &str, field: &str) -> Result<(), OrgError> {
        let mut state = self.state();
        let own = state.table_mut(object).and_then(|table| table.field_mut(field));
        own.ok_or_else(|| OrgError::bad(format!("there is no {object}.{field}")))?.unique = false;
        Ok(())
    }

    /// From now on a picklist takes these values and no others.
    ///
    /// # Errors
    /// No such object or field.
    pub fn restrict_picklist(&self, object: &str, field: &str, values: &[&str]) -> Result<(), OrgError> {
        let mut state = self.state();
        let own = state.table_mut(object).and_then(|table| table.field_mut(field));
        let own = own.ok_or_else(|| OrgError::bad(format!("there is no {object}.{field}")))?;
        own.values = values.iter().map(ToString::to_string).collect();
        own.restricted = true;
        Ok(())
    }

    /// Adds a validation rule.
    pub fn add_rule(&self, rule: ValidationRule) {
        self.state().rules.push(rule);
    }

    /// Takes all validation rules away.
    pub fn forget_rules(&self) {
        self.state().rules.clear();
    }

    /// The next so many writes of this record, or of one that hangs on it, find it locked.
    pub fn lock(&self, id: &str, writes: u32) {
        let id = id::normal(id).unwrap_or_else(|| id.to_owned());
        self.state().locks.insert(id, writes);
    }
}
