//! Why an org cannot be used yet, and what to do about it.

use std::error::Error;
use std::fmt;

use crm::CrmError;

use crate::error::Refusal;

/// Why an org cannot be used. A field is named with its object, such as `Contact.Shopify_Customer_ID__c`.
#[derive(Debug)]
pub enum SetupError {
    /// A call failed. The integration user needs "Customize Application" and "Manage Profiles and Permission Sets".
    Refused(CrmError),
    /// All fields are there, and some cannot be seen: the permission set that shows them is assigned to nobody who counts.
    /// Who may see what is for the org to say, so we do not assign it.
    Unassigned {
        /// The label and name of the permission set.
        permission_set: &'static str,
        /// The fields that cannot be seen.
        fields: Vec<String>,
    },
    /// A field is not there, or not visible although it was granted.
    Missing {
        /// Which.
        field: String,
    },
    /// A key is there and is no External ID, or not unique.
    NoKey {
        /// Which.
        field: String,
    },
    /// A field is there and holds something else.
    WrongType {
        /// Which.
        field: String,
        /// What we write.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => f.write_str("Salesforce refused the set-up of our fields"),
            Self::Unassigned { permission_set, fields } => write!(
                f,
                "the fields are made, but the integration user cannot see {}: assign the permission set {permission_set} to that user (Setup > Permission Sets), then run the set-up again",
                fields.join(", ")
            ),
            Self::Missing { field } => write!(
                f,
                "the field {field} is not there or not visible: create it by hand and show it to the integration user, or give that user the right to customize the application"
            ),
            Self::NoKey { field } => write!(
                f,
                "the field {field} must be an External ID and unique: tick both in its definition (Setup > Object Manager), then run the set-up again"
            ),
            Self::WrongType { field, expected, found } => write!(
                f,
                "the field {field} is of the type {found} and must be {expected}: rename or delete it in Salesforce (Setup > Object Manager), then run the set-up again"
            ),
        }
    }
}

impl Error for SetupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Refusal> for SetupError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.error())
    }
}
