//! Notes: one for each refund, by a unique property of ours, made with their contact and left alone.

use std::collections::BTreeMap;

use crm::{CrmErrorKind, NoteOutcome, NoteWrite, Written};
use domain::Note;
use serde_json::{Value, json};

use crate::batch::Outcome;
use crate::client::HubSpot;
use crate::encode::to_the_millisecond;
use crate::error::Refusal;
use crate::rows::{self, Answers, Batch};

/// The unique property by which a note is a shop's refund.
pub(crate) const KEY: &str = "shopify_refund_id";

/// The association from a note to its contact (developers.hubspot.com, CRM associations).
const NOTE_TO_CONTACT: u32 = 202;

/// A text's most letters (developers.hubspot.com, notes guide). What is beyond stays in the shop.
const MAX_BODY: usize = 65_536;

/// One outcome for each note, in their order. Those that are there are not written: a create carries the contact along,
/// so a note that is there is tied.
pub(crate) async fn write(hubspot: &HubSpot, writes: &[NoteWrite]) -> Vec<NoteOutcome> {
    let first: BTreeMap<&str, &NoteWrite> =
        writes.iter().rev().map(|write| (write.note.key.as_str(), write)).collect();
    let keys: Vec<_> = first.keys().copied().collect();
    match rows::there(hubspot, &hubspot.objects("notes/batch/read"), KEY, &keys).await {
        Ok(there) => {
            let old = |record: domain::RecordId| Ok(Written { record, created: false });
            let mut told: BTreeMap<_, _> =
                there.into_iter().map(|(key, record)| (key, old(record))).collect();
            let missing: Vec<_> = first
                .into_iter()
                .filter(|(key, _)| !told.contains_key(*key))
                .map(|(_, write)| write)
                .collect();
            told.extend(create(hubspot, &missing).await);
            outcomes(writes, &mut told)
        }
        Err(refusal) => writes.iter().map(|_| Err(refusal.clone().error())).collect(),
    }
}

/// A key that somebody else made meanwhile is a conflict: the next try finds it.
async fn create(hubspot: &HubSpot, writes: &[&NoteWrite]) -> Vec<(String, Outcome)> {
    let rows: Vec<_> = writes.iter().map(|write| row(write)).collect();
    let url = hubspot.objects("notes/batch/create");
    let outcomes = Batch { hubspot, url, answers: Answers::Records(KEY) }.send(&rows).await;
    let made = outcomes.into_iter().map(|outcome| outcome.map(|made| Written { created: true, ..made }));
    writes.iter().map(|write| write.note.key.as_str().to_owned()).zip(made.map(race)).collect()
}

/// Whoever holds the key has written the note.
fn race(outcome: Outcome) -> Outcome {
    match outcome {
        Err(Refusal { kind: CrmErrorKind::Conflict { existing: Some(record) }, .. }) => {
            Ok(Written { record, created: false })
        }
        outcome => outcome,
    }
}

/// What is new is new for the first of its writes.
fn outcomes(writes: &[NoteWrite], told: &mut BTreeMap<String, Outcome>) -> Vec<NoteOutcome> {
    let outcome = |write: &NoteWrite| match told.get_mut(write.note.key.as_str()) {
        Some(Ok(written)) => {
            let outcome = written.clone();
            written.created = false;
            Ok(outcome)
        }
        Some(Err(refusal)) => Err(refusal.clone().error()),
        None => Err(Refusal::unanswered(0).error()),
    };
    writes.iter().map(outcome).collect()
}

fn row(NoteWrite { note, contact }: &NoteWrite) -> Value {
    let kind = json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_CONTACT});
    json!({
        "properties": {
            KEY: note.key.as_str(),
            "hs_timestamp": to_the_millisecond(note.at),
            "hs_note_body": body(note),
        },
        "associations": [{"to": {"id": contact.as_str()}, "types": [kind]}],
    })
}

/// HubSpot shows the body as HTML, so what was typed must not become mark-up.
fn body(note: &Note) -> String {
    let mut body = String::new();
    for line in &note.lines {
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let line = format!("{}{line}", if body.is_empty() { "" } else { "<br>" });
        if body.len() + line.len() > MAX_BODY {
            break;
        }
        body.push_str(&line);
    }
    body
}

#[cfg(test)]
mod tests {
    use domain::{ExternalKey, RecordId};

    use super::*;

    fn note(lines: &[&str]) -> NoteWrite {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        NoteWrite { note: Note { key: ExternalKey::from_crm("5"), at, lines }, contact: RecordId::new("7") }
    }

    #[test]
    fn s_040_a_note_is_made_with_its_contact_and_nothing_typed_becomes_mark_up() {
        let row = row(&note(&["Reason: <b>late</b> & small", "Item: 2 × Socks"]));
        let said = "Reason: &lt;b&gt;late&lt;/b&gt; &amp; small<br>Item: 2 × Socks";
        assert_eq!(row["properties"]["hs_note_body"], said);
        assert_eq!(row["properties"]["hs_timestamp"], "2026-11-20T10:00:00.000Z");
        assert_eq!(row["associations"][0]["types"][0]["associationTypeId"], 202);
    }

    #[test]
    fn a_body_that_is_too_long_ends_at_a_line() {
        let long = "x".repeat(MAX_BODY);
        assert_eq!(body(&note(&["first", &long, "last"]).note), "first");
    }
}
