//! What a CRM's company should say.

use crate::ExternalKey;

/// A company that buys (Shopify B2B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The unique key that it is found by.
    pub key: ExternalKey,
    /// Its name, as the shop has it.
    pub name: String,
}
