//! A message's body, in characters that SQS takes.

use store::{StoreError, StoreErrorKind};

/// JSON as SQS takes it: characters that it refuses are written as `\uXXXX`, which every JSON reader takes for the same.
///
/// SQS takes `#x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF` (`API_SendMessage`). In JSON such a character
/// can only stand inside a string, and all that are refused fit into four digits.
pub(crate) fn body(json: serde_json::Result<String>) -> Result<String, StoreError> {
    match json {
        Ok(json) if json.chars().all(is_taken) => Ok(json),
        Ok(json) => Ok(json.chars().fold(String::with_capacity(json.len() + 5), escaped)),
        Err(cause) => {
            let words = "the message could not be written as JSON";
            Err(StoreError::new(StoreErrorKind::Refused, words).because(cause))
        }
    }
}

fn escaped(mut text: String, char: char) -> String {
    if is_taken(char) {
        text.push(char);
    } else {
        text.extend([format!("\\u{:04x}", u32::from(char))]);
    }
    text
}

fn is_taken(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_becomes_a_body_that_sqs_takes_and_comes_back(
            chars in proptest::collection::vec(
                prop_oneof![any::<char>(), Just('\u{fffe}'), Just('\u{ffff}'), Just('\\'), Just('"'), proptest::char::range('\0', '\u{1f}')],
                0..50,
            ),
        ) {
            let text: String = chars.into_iter().collect();
            let body = body(serde_json::to_string(&text)).unwrap();
            prop_assert!(body.chars().all(is_taken), "{body:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&body).unwrap(), text);
        }
    }

    #[test]
    fn what_sqs_takes_stays_as_it_is() {
        let json = r#"{"v1":"ä 😀 \\uffff \n"}"#;
        assert_eq!(body(Ok(json.to_owned())).unwrap(), json);
        assert_eq!(body(Ok("\"\u{fffe}a\u{ffff}\"".to_owned())).unwrap(), r#""\ufffea\uffff""#);
    }
}
