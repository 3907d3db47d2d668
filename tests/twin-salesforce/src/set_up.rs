//! Salesforce's own fields of the objects that a set-up reads and writes: who may see what.

use crate::field::{Field, FieldKind as K};

fn reference(name: &str, to: &[&str]) -> Field {
    Field::new(name, K::Reference).to(to)
}

/// The fields of one object type that is no business of a store.
pub(crate) fn fields(object: &str) -> Vec<Field> {
    let flag = |name| Field::new(name, K::Boolean).default("false");
    match object {
        "PermissionSet" => vec![
            Field::new("Name", K::String).long(80).required(),
            Field::new("Label", K::String).long(80).required(),
            Field::new("Description", K::String),
            flag("IsOwnedByProfile").read_only(),
            reference("ProfileId", &["Profile"]).read_only(),
        ],
        "PermissionSetAssignment" => vec![
            reference("PermissionSetId", &["PermissionSet"]).required().create_only(),
            reference("AssigneeId", &["User"]).required().create_only(),
        ],
        "FieldPermissions" => vec![
            reference("ParentId", &["PermissionSet"]).required().create_only(),
            Field::new("SobjectType", K::Picklist).required().create_only(),
            Field::new("Field", K::Picklist).required().create_only(),
            flag("PermissionsRead"),
            flag("PermissionsEdit"),
        ],
        "CustomField" => vec![
            Field::new("DeveloperName", K::String).long(80).read_only(),
            Field::new("TableEnumOrId", K::String).long(40).read_only(),
            Field::new("NamespacePrefix", K::String).long(15).read_only(),
        ],
        _ => read_only_set_up(object),
    }
}

fn read_only_set_up(object: &str) -> Vec<Field> {
    let name = Field::new("Name", K::String).read_only();
    let text = |name| Field::new(name, K::String).read_only();
    let flag = |name| Field::new(name, K::Boolean).read_only().default("false");
    match object {
        "User" => {
            vec![name, text("Username"), flag("IsActive"), reference("ProfileId", &["Profile"]).read_only()]
        }
        "RecordType" => {
            vec![name, text("DeveloperName"), text("SobjectType"), flag("IsActive"), flag("IsPersonType")]
        }
        "Organization" => vec![name, text("OrganizationType"), text("TimeZoneSidKey"), flag("IsSandbox")],
        _ => vec![name],
    }
}
