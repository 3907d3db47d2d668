//! What may be written, and how: the manifest of ownership as data (S-026).

use std::collections::BTreeMap;

use crate::{
    ActionName, ActionRule, Field, IdentityRules, Lifecycle, MetafieldKey, MetafieldName, OrderRules, Policy,
    SignalName, SignalRule, TagRules,
};

/// Whose word about a field counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Owner {
    /// The shop's: it is written.
    #[default]
    Shop,
    /// The CRM's: it is never written.
    Crm,
}

impl Owner {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Shop, Self::Crm];

    /// Its name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Crm => "crm",
        }
    }
}

/// How one field is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRule {
    /// Whether the CRM is told of it at all.
    pub is_synced: bool,
    /// How it may be written.
    pub policy: Policy,
    /// Whose it is.
    pub owner: Owner,
}

impl FieldRule {
    /// As a field is treated where nobody says otherwise.
    pub fn usual(field: Field) -> Self {
        Self {
            is_synced: !matches!(field, Field::Companies | Field::LifecycleStage),
            policy: field.usual_policy(),
            owner: Owner::default(),
        }
    }
}

/// The rules of one shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The fields that may be written. It is a list of what is allowed: a field that is not here is not written (S-005).
    pub fields: BTreeMap<Field, FieldRule>,
    /// What the lead source of a new contact says.
    pub lead_source: String,
    /// Which tags are written.
    pub tags: TagRules,
    /// How far somebody has come.
    pub lifecycle: Lifecycle,
    /// What becomes of orders.
    pub orders: OrderRules,
    /// What identifies a customer.
    pub identity: IdentityRules,
    /// The merchant's own fields, and under which name a CRM knows each. How each is treated is in `fields`.
    pub metafields: BTreeMap<MetafieldKey, MetafieldName>,
    /// What is said of a customer beyond the figures.
    pub signals: BTreeMap<SignalName, SignalRule>,
    /// What is done when one goes on.
    pub actions: BTreeMap<ActionName, ActionRule>,
    /// What happened longer ago than so many hours is written and not acted on.
    pub quiet_after_hours: u32,
    /// A checkout counts as left when nothing was done with it for so many minutes.
    pub abandoned_after_minutes: u32,
}

impl Rules {
    /// At most so many of the merchant's own fields: each makes every read of a customer dearer.
    pub const MAX_METAFIELDS: usize = 50;
    /// At most so many signals: each is looked at with every event, and which are on is remembered for every customer.
    pub const MAX_SIGNALS: usize = 50;

    /// At most so many actions.
    pub const MAX_ACTIONS: usize = 100;

    /// The merchant's own fields that are written, and so have to be read.
    pub fn written_metafields(&self) -> impl Iterator<Item = (&MetafieldKey, MetafieldName)> {
        let all = self.metafields.iter().map(|(key, name)| (key, *name));
        all.filter(|(_, name)| self.writes(Field::Metafield(*name)))
    }

    /// The signals that have a text, and so a field of their own.
    pub fn valued_signals(&self) -> impl Iterator<Item = SignalName> {
        let valued = self.signals.iter().filter(|(_, rule)| matches!(rule, SignalRule::Valued { .. }));
        valued.map(|(name, _)| *name)
    }

    /// Whether a field may be written.
    pub fn writes(&self, field: Field) -> bool {
        self.fields.get(&field).is_some_and(|rule| rule.is_synced && rule.owner == Owner::Shop)
    }

    /// How a field may be written.
    pub fn policy(&self, field: Field) -> Policy {
        self.fields.get(&field).map_or(field.usual_policy(), |rule| rule.policy)
    }

    /// The fields that would be written if they were not the CRM's.
    pub fn owned_by_crm(&self) -> impl Iterator<Item = Field> {
        let theirs = self.fields.iter().filter(|(_, rule)| rule.is_synced && rule.owner == Owner::Crm);
        theirs.map(|(field, _)| *field)
    }
}

/// Every field but the companies and the lifecycle stage, each as usual.
impl Default for Rules {
    fn default() -> Self {
        Self {
            fields: Field::ALL.into_iter().map(|field| (field, FieldRule::usual(field))).collect(),
            lead_source: "Shopify".to_owned(),
            tags: TagRules::default(),
            lifecycle: Lifecycle::default(),
            orders: OrderRules::default(),
            identity: IdentityRules::default(),
            metafields: BTreeMap::new(),
            signals: SignalRule::usual(),
            actions: ActionRule::usual(),
            quiet_after_hours: 48,
            abandoned_after_minutes: 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_allowed_is_not_written() {
        let mut rules = Rules::default();
        assert!(rules.writes(Field::Phone) && !rules.writes(Field::LifecycleStage));
        rules.fields.remove(&Field::Phone);
        assert!(!rules.writes(Field::Phone));
    }

    #[test]
    fn s_014_a_field_of_the_crms_is_not_written_and_is_named() {
        let mut rules = Rules::default();
        rules.fields.insert(Field::Phone, FieldRule { owner: Owner::Crm, ..FieldRule::usual(Field::Phone) });
        assert!(!rules.writes(Field::Phone));
        assert_eq!(rules.owned_by_crm().collect::<Vec<_>>(), [Field::Phone]);
    }
}
