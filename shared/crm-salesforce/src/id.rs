//! Record ids: 15 letters and digits in which case counts, and the same with three more in which it does not.

use domain::RecordId;

/// How many letters tell records apart.
const SHORT: usize = 15;

/// The letters of the three more, by the number that they stand for.
const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The id in its long form; `None` where the text cannot be one. Messages have the short form, answers the long one.
pub(crate) fn record_id(text: &str) -> Option<RecordId> {
    let is_id = matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then(|| if text.len() == SHORT { RecordId::new(long(text)) } else { RecordId::new(text) })
}

/// Each five letters give one more: which of them are capitals, as a number from the right.
fn long(short: &str) -> String {
    let suffix = |five: &[u8]| {
        let capitals = five.iter().enumerate().filter(|(_, letter)| letter.is_ascii_uppercase());
        char::from(SUFFIX[capitals.map(|(place, _)| 1_usize << place).sum::<usize>()])
    };
    short.chars().chain(short.as_bytes().chunks(5).map(suffix)).collect()
}

/// Whether both are one record, in either form.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let short = |id: &str| id.get(..SHORT).map(str::to_owned);
    one == other || (short(one).is_some() && short(one) == short(other))
}

/// The first id in a text, such as `... on record with id: 001U000001c83gK`.
pub(crate) fn in_text(text: &str) -> Option<RecordId> {
    let after = text.split_once("with id:").map_or("", |(_, after)| after.trim_start());
    let end = after.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(after.len());
    record_id(&after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_gets_its_three_letters() {
        let table = [("001A0000006Vm9r", "001A0000006Vm9rIAC"), ("0038M0000016Wv8", "0038M0000016Wv8QAE")];
        for (short, long) in table {
            assert_eq!(record_id(short), Some(RecordId::new(long)));
            assert_eq!(record_id(long), Some(RecordId::new(long)));
            assert!(same(short, long) && same(long, short));
        }
        assert!(!same("001A0000006Vm9r", "001A0000006Vm9R"), "case counts");
        assert!(!same("", "001A0000006Vm9r"));
    }

    #[test]
    fn what_cannot_be_an_id_is_none() {
        for text in ["", "999", "not-an-id", "../1", "001A0000006Vm9", "001A0000006Vm9'", "001A0000006Vm9rI"]
        {
            assert_eq!(record_id(text), None, "{text}");
        }
    }

    #[test]
    fn a_message_names_the_holder_or_nobody() {
        let said = "duplicate value found: Shopify_Customer_ID__c duplicates value on record with id: 001A0000006Vm9r";
        assert_eq!(in_text(said), Some(RecordId::new("001A0000006Vm9rIAC")));
        assert_eq!(in_text("duplicates value on record with id: <unknown>"), None);
        assert_eq!(in_text("no word"), None);
    }
}
