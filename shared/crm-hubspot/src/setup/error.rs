//! Why an account cannot be used, and what to do about it.

use std::error::Error;
use std::fmt;

use crm::CrmError;

use crate::error::Refusal;
use crate::property;

/// Why an account cannot be used.
#[derive(Debug)]
pub enum SetupError {
    /// A call failed. The token needs `crm.schemas.contacts.write`, and the same of the other objects.
    Refused(CrmError),
    /// A property could not be made.
    Missing {
        /// Its name.
        property: &'static str,
    },
    /// `shopify_customer_id` is there and may hold one value twice, which cannot be changed any more.
    NotUnique,
    /// The key of another object is there and may hold one value twice, which cannot be changed any more.
    KeyNotUnique {
        /// The object, such as `deals`.
        object: &'static str,
        /// Its key.
        property: &'static str,
    },
    /// A property is there and holds something else.
    WrongType {
        /// Its name.
        property: &'static str,
        /// What we write.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A stage could not be made under the name that deals are given.
    MissingStage {
        /// The pipeline's internal name.
        pipeline: String,
        /// The stage's.
        stage: String,
    },
}

/// What cannot be changed once it is there.
const ANEW: &str = "rename or delete it in HubSpot (Settings > Properties), then run the set-up again";

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => f.write_str("HubSpot refused the set-up of our properties"),
            Self::Missing { property } => write!(
                f,
                "the property `{property}` could not be made: create it by hand, or give the token the scope \
                 crm.schemas.contacts.write (or that of its object)"
            ),
            Self::NotUnique => {
                let property = property::KEY;
                write!(
                    f,
                    "the contact property `{property}` does not have unique values, and that cannot be changed later: {ANEW}"
                )
            }
            Self::KeyNotUnique { object, property } => write!(
                f,
                "the property `{property}` of {object} does not have unique values, and that cannot be changed later: {ANEW}"
            ),
            Self::WrongType { property, expected, found } => {
                write!(f, "the property `{property}` is of the type {found} and must be {expected}: {ANEW}")
            }
            Self::MissingStage { pipeline, stage } => write!(
                f,
                "the pipeline `{pipeline}` has no stage `{stage}` and it could not be made under this name: create it in \
                 HubSpot (Settings > Objects > Deals > Pipelines) and put its internal name into [orders.stages]"
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
