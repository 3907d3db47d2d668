//! By what a customer may be told to be somebody whom the CRM knows already.

use serde::Serialize;

/// How far two addresses may differ and still be one person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum AliasPolicy {
    /// Letter case and surrounding space only.
    #[default]
    Exact,
    /// Also what follows a `+` before the `@`, at every provider: `ada+shop@example.com` is `ada@example.com`.
    Plus,
    /// Also dots before the `@`, at the providers that are known to ignore them (Gmail).
    PlusAndDots,
}

/// What is done about records of the CRM that carry one customer's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// They are merged into the one that knows of the newest order, which cannot be undone.
    #[default]
    Merge,
    /// A person is told.
    Propose,
}

/// What may identify a customer, beside the id map, the stamped key and a verified address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentityRules {
    /// Which addresses are one.
    pub aliases: AliasPolicy,
    /// Whether a phone number may identify, where no address does (S-047).
    pub phone: bool,
    /// Where a number without a country code is from when the customer's address does not say: ISO 3166, such as `DE`.
    pub default_region: Option<String>,
    /// Whether first name, last name and postal code together may identify, where nothing else does (S-216).
    pub composite: bool,
    /// What is done where several records carry one key (S-193).
    #[serde(skip)]
    pub duplicates: Duplicates,
}

/// A number counts where no address does; nothing else is given the benefit of the doubt.
impl Default for IdentityRules {
    fn default() -> Self {
        Self {
            aliases: AliasPolicy::Exact,
            phone: true,
            default_region: None,
            composite: false,
            duplicates: Duplicates::Merge,
        }
    }
}
