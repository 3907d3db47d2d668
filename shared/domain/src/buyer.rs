//! A customer may buy for a company.

use crate::CompanyId;

/// A company that a customer buys for, as the shop has it (B2B).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Buyer {
    /// Which company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
}
