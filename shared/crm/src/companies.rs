//! The part of the contract that is about companies.

use domain::{Company, RecordId};

use crate::{CrmError, Written};

/// A company, and who buys for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyWrite {
    /// What it should say.
    pub company: Company,
    /// The records of its buyers. They are tied each time; nobody is untied.
    pub contacts: Vec<RecordId>,
}

/// What became of a company: it is there, says its name and has all its buyers.
pub type CompanyOutcome = Result<Written, CrmError>;
