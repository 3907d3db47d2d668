//! Why a step did not come to its end.

use std::sync::Arc;

use bulk::Broken;
use crm::CrmError;
use shopify::ShopError;
use store::StoreError;

use crate::failure::Failure;

/// What stops a step.
#[derive(Debug)]
pub(super) enum Halt {
    /// Something outside failed; it may work later.
    Failed(Failure),
    /// The run cannot be whole.
    Ended {
        /// A stable code.
        code: String,
        /// What is wrong: places and ids, nothing about a person.
        why: String,
    },
}

impl Halt {
    pub(super) fn ended(code: &str, why: impl Into<String>) -> Self {
        Self::Ended { code: code.to_owned(), why: why.into() }
    }
}

impl From<Broken> for Halt {
    fn from(broken: Broken) -> Self {
        Self::ended("bulk_not_believed", broken.to_string())
    }
}

impl From<ShopError> for Halt {
    fn from(error: ShopError) -> Self {
        Self::Failed(Failure::Shop(Arc::new(error)))
    }
}

impl From<CrmError> for Halt {
    fn from(error: CrmError) -> Self {
        Self::Failed(Failure::Crm(Arc::new(error)))
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Failed(Failure::Store(Arc::new(error)))
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
