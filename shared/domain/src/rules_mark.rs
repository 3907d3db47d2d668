//! Whether what is said of customers is still said by the same rules.

use serde::Serialize;

use crate::{
    Field, Fingerprint, FingerprintKey, IdentityRules, Lifecycle, Rules, SignalRule, TagRules, Value,
};

/// All that decides what a contact says. What is done about it (actions), and when, is not among it.
#[derive(Serialize)]
struct Said<'a> {
    fields: Vec<[&'a str; 3]>,
    lead_source: &'a str,
    tags: &'a TagRules,
    lifecycle: &'a Lifecycle,
    identity: &'a IdentityRules,
    metafields: Vec<[&'a str; 2]>,
    signals: Vec<(&'a str, &'a SignalRule)>,
}

impl<'a> Said<'a> {
    fn by(rules: &'a Rules) -> Self {
        let synced = rules.fields.iter().filter(|(_, rule)| rule.is_synced);
        Self {
            fields: synced
                .map(|(field, rule)| [field.name(), rule.policy.name(), rule.owner.name()])
                .collect(),
            lead_source: &rules.lead_source,
            tags: &rules.tags,
            lifecycle: &rules.lifecycle,
            identity: &rules.identity,
            metafields: rules.metafields.iter().map(|(key, name)| [key.as_str(), name.as_str()]).collect(),
            signals: rules.signals.iter().map(|(name, rule)| (name.as_str(), rule)).collect(),
        }
    }
}

impl Rules {
    /// A keyed hash of all that decides what a contact says: another one tells that contacts which nobody touched since may
    /// say what the rules say no more. Actions and the rules of deals change no contact, and so are not in it.
    pub fn mark(&self, key: &FingerprintKey) -> Fingerprint {
        let said = serde_json::to_string(&Said::by(self)).unwrap_or_default();
        Fingerprint::of(key, Field::CustomerKey, &Value::Text(format!("rules {said}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldRule, Owner};

    fn mark(change: impl Fn(&mut Rules)) -> String {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.mark(&FingerprintKey::new(b"k")).as_str().to_owned()
    }

    #[test]
    fn what_changes_a_contact_changes_the_mark_and_what_does_not_leaves_it() {
        let usual = mark(|_| ());
        assert_eq!(usual, mark(|_| ()), "the same rules have the same mark");
        assert_eq!(usual, mark(|rules| rules.actions.clear()));
        assert_eq!(usual, mark(|rules| rules.quiet_after_hours = 1));
        let theirs = FieldRule { owner: Owner::Crm, ..FieldRule::usual(Field::Phone) };
        let changes: [&dyn Fn(&mut Rules); 5] = [
            &|rules| {
                rules.fields.insert(Field::Phone, theirs);
            },
            &|rules| rules.lead_source = "Shop".to_owned(),
            &|rules| rules.tags.set_never(["wholesale"]),
            &|rules| drop(rules.signals.pop_first()),
            &|rules| rules.identity.phone = !rules.identity.phone,
        ];
        let marks: std::collections::BTreeSet<_> = changes.map(mark).into();
        assert_eq!((marks.len(), marks.contains(&usual)), (5, false));
    }
}
