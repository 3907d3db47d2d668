//! The duplicate rule on people: another contact, or another person account, has the e-mail.

use serde_json::{Value, json};

use crate::{record::Record, refusal::Refusal, settings::DuplicateRule, state::State, write::How};

/// Up to this version the key of the details was misspelled.
const LAST_MISSPELLED: u32 = 56;
const WORDS: &str = "You're creating a duplicate record. We recommend you use an existing record instead.";

impl State {
    pub(crate) fn check_duplicates(
        &self,
        object: &str,
        record: &Record,
        old: Option<&Record>,
        how: &How,
    ) -> Result<(), Refusal> {
        let rule = self.settings.duplicate_rule;
        let passes = rule == DuplicateRule::Off || (rule == DuplicateRule::Alert && how.allow_save);
        let name = match object {
            "Contact" => "Email",
            "Account" => "PersonEmail",
            _ => return Ok(()),
        };
        let same = old.is_some_and(|old| old.text(name) == record.text(name));
        if passes || same || record.is_empty(name) {
            return Ok(());
        }
        let table = &self.tables[object];
        let Some(email) = table.field(name) else { return Ok(()) };
        let mut others = table.holders(email, record.text(name));
        others.retain(|id| *id != record.id);
        if others.is_empty() { Ok(()) } else { Err(self.detected(object, &others, how)) }
    }

    fn detected(&self, object: &str, others: &[String], how: &How) -> Refusal {
        if !self.settings.duplicate_details {
            return Refusal::new(400, "DUPLICATES_DETECTED", "Use one of these records?");
        }
        let misspelled = self.settings.duplicate_key_misspelled.unwrap_or(how.version <= LAST_MISSPELLED);
        let key = if misspelled { "duplicateResut" } else { "duplicateResult" };
        Refusal::new(400, "DUPLICATES_DETECTED", WORDS)
            .with_details(key, self.details(object, others, how.version))
    }

    fn details(&self, object: &str, others: &[String], version: u32) -> Value {
        let found = |id: &String| {
            let url = format!("/services/data/v{version}.0/sobjects/{object}/{id}");
            json!({
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": 100.0,
                "record": {"attributes": {"type": object, "url": url}, "Id": id},
            })
        };
        json!({
            "allowSave": self.settings.duplicate_rule == DuplicateRule::Alert,
            "duplicateRule": "Standard_Contact_Duplicate_Rule",
            "duplicateRuleEntityType": object,
            "errorMessage": WORDS,
            "matchResults": [{
                "entityType": object,
                "errors": [],
                "matchEngine": "FuzzyMatchEngine",
                "matchRecords": others.iter().map(found).collect::<Vec<_>>(),
                "rule": "Standard_Contact_Match_Rule_v1_1",
                "size": others.len(),
                "success": true,
            }],
        })
    }
}
