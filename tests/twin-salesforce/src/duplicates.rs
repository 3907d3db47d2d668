//! Duplicate rules: another record has the e-mail.

use serde_json::{Value, json};

use crate::{record::Record, refusal::Refusal, settings::DuplicateRule, state::State, write::How};

/// Up to this version the key of the details was misspelled.
const LAST_MISSPELLED: u32 = 56;
const WORDS: &str = "You're creating a duplicate record. We recommend you use an existing record instead.";

/// A rule of one object.
#[derive(Debug, Clone, Copy)]
struct Rule {
    object: &'static str,
    email: &'static str,
    name: &'static str,
    /// Where it looks: object, its e-mail, and the matching rule.
    matches: &'static [(&'static str, &'static str, &'static str)],
}

const RULES: [Rule; 2] = [
    Rule {
        object: "Contact",
        email: "Email",
        name: "Standard_Contact_Duplicate_Rule",
        matches: &[
            ("Contact", "Email", "Standard_Contact_Match_Rule_v1_1"),
            ("Lead", "Email", "Standard_Lead_Match_Rule_v1_0"),
        ],
    },
    Rule {
        object: "Account",
        email: "PersonEmail",
        name: "Standard_Person_Account_Duplicate_Rule",
        matches: &[("Account", "PersonEmail", "Standard_Person_Account_Match_Rule_v1_0")],
    },
];

/// The ids that a rule found in one object.
type Matched = (&'static str, &'static str, Vec<String>);

impl State {
    /// Holds a record that is new, or has another address than before, against the rule of its object.
    pub(crate) fn check_duplicates(
        &self,
        object: &str,
        record: &Record,
        old: Option<&Record>,
        how: &How,
    ) -> Result<(), Refusal> {
        let Some(rule) = RULES.iter().find(|rule| rule.object == object) else { return Ok(()) };
        let mode = self.mode(rule);
        let passes = mode == DuplicateRule::Off || (mode == DuplicateRule::Alert && how.allow_save);
        let same = old.is_some_and(|old| old.text(rule.email) == record.text(rule.email));
        if passes || same || record.is_empty(rule.email) {
            return Ok(());
        }
        let found = self.matched(rule, record);
        if found.is_empty() { Ok(()) } else { Err(self.detected(rule, &found, how)) }
    }

    fn mode(&self, rule: &Rule) -> DuplicateRule {
        if rule.object == "Contact" {
            self.settings.duplicate_rule
        } else {
            self.settings.person_duplicate_rule
        }
    }

    fn matched(&self, rule: &Rule, record: &Record) -> Vec<Matched> {
        let ids = |object: &str, email: &str| {
            let table = self.table(object)?;
            let mut ids = table.holders(table.field(email)?, record.text(rule.email));
            ids.retain(|id| *id != record.id);
            Some(ids).filter(|ids| !ids.is_empty())
        };
        let matches = rule.matches.iter();
        matches.filter_map(|(object, email, name)| Some((*object, *name, ids(object, email)?))).collect()
    }

    fn detected(&self, rule: &Rule, found: &[Matched], how: &How) -> Refusal {
        if !self.settings.duplicate_details {
            return Refusal::new(400, "DUPLICATES_DETECTED", "Use one of these records?");
        }
        let misspelled = self.settings.duplicate_key_misspelled.unwrap_or(how.version <= LAST_MISSPELLED);
        let key = if misspelled { "duplicateResut" } else { "duplicateResult" };
        let details = json!({
            "allowSave": self.mode(rule) == DuplicateRule::Alert,
            "duplicateRule": rule.name,
            "duplicateRuleEntityType": rule.object,
            "errorMessage": WORDS,
            "matchResults": found.iter().map(|one| told(one, how.version)).collect::<Vec<_>>(),
        });
        Refusal::new(400, "DUPLICATES_DETECTED", WORDS).with_details(key, details)
    }
}

fn told((object, rule, ids): &Matched, version: u32) -> Value {
    let record = |id: &String| {
        let url = format!("/services/data/v{version}.0/sobjects/{object}/{id}");
        json!({
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {"attributes": {"type": object, "url": url}, "Id": id},
        })
    };
    json!({
        "entityType": object,
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": ids.iter().map(record).collect::<Vec<_>>(),
        "rule": rule,
        "size": ids.len(),
        "success": true,
    })
}
