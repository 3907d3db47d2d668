//! The knobs of an org: its limits, its features, and the answers Salesforce leaves open.

use serde::{Deserialize, Serialize};

/// What a duplicate rule does where another record has the e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateRule {
    /// There is none.
    Off,
    /// It refuses, unless the call says `allowSave=true`.
    Alert,
    /// It refuses.
    Block,
}

/// Limits, features and choices of an org; `PUT /_twin/org` takes any subset of the fields as `settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// API calls allowed in any 24 hours.
    pub daily_max: u32,
    /// The rule on Contact, by e-mail. It looks at leads too.
    pub duplicate_rule: DuplicateRule,
    /// The rule on accounts that are persons, by e-mail.
    pub person_duplicate_rule: DuplicateRule,
    /// Whether a refusal of that rule says which records it found.
    pub duplicate_details: bool,
    /// The key of those details: `duplicateResut` as it was misspelled up to version 56, or the right one. Absent goes
    /// by the version of the call.
    pub duplicate_key_misspelled: Option<bool>,
    /// Whether an Account may be a person. Once on, it stays on.
    pub person_accounts: bool,
    /// Whether records have a `CurrencyIsoCode`. Once on, it stays on.
    pub multi_currency: bool,
    /// Whether addresses are held against the lists of countries and states. Once on, it stays on.
    pub state_and_country_picklists: bool,
    /// Objects that this org has not: a feature is off, such as Contacts to Multiple Accounts (`AccountContactRelation`).
    pub absent_objects: Vec<String>,
    /// Whether an order without products cannot be activated. The twin knows no products.
    pub orders_need_products: bool,
    /// Whether refusals name records of others, or say `<unknown>`.
    pub foreign_ids_hidden: bool,
    /// Whether the app has a user for client credentials.
    pub run_as_user: bool,
    /// How long a session lasts, in milliseconds.
    pub session_ms: i64,
    /// Rows of a query page at most.
    pub page_size: usize,
    /// How often a bulk job is asked after before it is done.
    pub bulk_polls: u32,
    /// Rows at the end of a bulk load that stay unprocessed; the job then fails.
    pub bulk_unprocessed: usize,
    /// The newest version the org speaks.
    pub newest_version: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            daily_max: 100_000,
            duplicate_rule: DuplicateRule::Off,
            person_duplicate_rule: DuplicateRule::Off,
            duplicate_details: true,
            duplicate_key_misspelled: None,
            person_accounts: false,
            multi_currency: false,
            state_and_country_picklists: false,
            absent_objects: Vec::new(),
            orders_need_products: true,
            foreign_ids_hidden: false,
            run_as_user: true,
            session_ms: 7_200_000,
            page_size: 2_000,
            bulk_polls: 1,
            bulk_unprocessed: 0,
            newest_version: 68,
        }
    }
}
