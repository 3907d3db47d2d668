//! Notes: one for each refund, made with their contact and left alone.

use crm::{NoteOutcome, NoteWrite, spelling};
use serde_json::{Value, json};

use super::once::{Once, tied};
use crate::client::HubSpot;
use crate::encode::html;

/// The unique property by which a note is a shop's refund.
pub(crate) const KEY: &str = "shopify_refund_id";

/// The association from a note to its contact (developers.hubspot.com, CRM associations).
const NOTE_TO_CONTACT: u32 = 202;

/// One outcome for each note, in their order.
pub(crate) async fn write(hubspot: &HubSpot, writes: &[NoteWrite]) -> Vec<NoteOutcome> {
    Once { hubspot, object: "notes", key: KEY }.make(writes.iter().map(row).collect()).await
}

fn row(NoteWrite { note, contact }: &NoteWrite) -> Value {
    let properties = json!({
        KEY: note.key.as_str(),
        "hs_timestamp": spelling::moment(note.at),
        "hs_note_body": html(&note.lines),
    });
    tied(&properties, contact, NOTE_TO_CONTACT)
}

#[cfg(test)]
mod tests {
    use domain::{ExternalKey, Note, RecordId};

    use super::*;

    #[test]
    fn s_040_a_note_is_made_with_its_contact_and_nothing_typed_becomes_mark_up() {
        let lines = ["Reason: <b>late</b> & small", "Item: 2 × Socks"].map(str::to_owned).to_vec();
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let note = Note { key: ExternalKey::from_crm("5"), at, lines };
        let row = row(&NoteWrite { note, contact: RecordId::new("7") });
        let said = "Reason: &lt;b&gt;late&lt;/b&gt; &amp; small<br>Item: 2 × Socks";
        assert_eq!(row["properties"]["hs_note_body"], said);
        assert_eq!(row["properties"]["hs_timestamp"], "2026-11-20T10:00:00.000Z");
        assert_eq!(row["associations"][0]["types"][0]["associationTypeId"], 202);
    }
}
