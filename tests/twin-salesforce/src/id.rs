//! Record ids: three letters of the object type, twelve that count, and three that make them safe to compare
//! without case ("ID Field Type", Object Reference).

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SUFFIX: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The id of 18 characters with this prefix and number.
pub(crate) fn numbered(prefix: &str, number: u64) -> String {
    let (mut left, mut digits) = (number, [b'0'; 12]);
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(left % 62).unwrap_or(0)];
        left /= 62;
    }
    lengthened(&format!("{prefix}{}", String::from_utf8_lossy(&digits)))
}

/// Any id in its 18 characters; nothing when it is not shaped like one, or its last three are wrong.
pub(crate) fn normal(id: &str) -> Option<String> {
    if !matches!(id.len(), 15 | 18) || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let long = lengthened(&id[..15]);
    (id.len() == 15 || long.eq_ignore_ascii_case(id)).then_some(long)
}

/// Each of the three last characters says which of five letters are capitals.
fn lengthened(short: &str) -> String {
    let capitals = |part: &[u8]| {
        part.iter()
            .enumerate()
            .fold(0, |bits, (at, byte)| bits | usize::from(byte.is_ascii_uppercase()) << at)
    };
    let suffix = short.as_bytes().chunks(5).map(|part| char::from(SUFFIX[capitals(part)]));
    short.chars().chain(suffix).collect()
}

#[cfg(test)]
mod tests {
    use super::{normal, numbered};

    #[test]
    fn the_last_three_characters_are_those_of_salesforce() {
        for id in ["0038M0000016Wv8", "0038M0000016Wv8QAE", "0038M0000016Wv8qae"] {
            assert_eq!(normal(id).as_deref(), Some("0038M0000016Wv8QAE"), "{id}");
        }
        for wrong in ["0038M0000016Wv8QAA", "0038M0000016Wv", "0038M00000-6Wv8", ""] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_grow_with_their_numbers() {
        let ids: Vec<String> = (0..200).map(|number| numbered("003", number)).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.len() == 18 && normal(id).as_ref() == Some(id)));
    }
}
