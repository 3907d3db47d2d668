//! Questions in SOQL: no value can become a part of the question.

use crate::limits::{MAX_LISTED, MAX_QUERY};

/// A text as a literal: in quotes, with a `\` before what would end it (Salesforce SOQL reference, quoted string escape
/// sequences).
pub(crate) fn quoted(text: &str) -> String {
    let mut all = String::with_capacity(text.len() + 2);
    all.push('\'');
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => all.extend(['\\', letter]),
            '\n' => all.push_str("\\n"),
            '\r' => all.push_str("\\r"),
            '\t' => all.push_str("\\t"),
            // What else cannot be typed is in no record that we look for.
            letter if letter.is_control() => {}
            letter => all.push(letter),
        }
    }
    all.push('\'');
    all
}

/// A part of a `LIKE` pattern that stands for itself: `%` and `_` are letters in it.
pub(crate) fn literally(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '%' | '_' => all.extend(['\\', letter]),
            // In a pattern it is escaped once for the pattern, and once for the literal around it.
            '\\' => all.push_str("\\\\"),
            '\'' => all.push_str("\\'"),
            letter if letter.is_control() => {}
            letter => all.push(letter),
        }
    }
    all
}

/// `field LIKE 'pattern'`, for a pattern whose parts went through [`literally`].
pub(crate) fn like(field: &str, pattern: &str) -> String {
    format!("{field} LIKE '{pattern}'")
}

/// As it is in an address.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// How many bytes of an address it takes.
fn weight(text: &str) -> usize {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum()
}

/// The parts in as few groups as questions can hold; `beside` is what is beside them in each.
pub(crate) fn groups(beside: &str, parts: Vec<String>, between: &str) -> Vec<Vec<String>> {
    let (most, join) = (MAX_QUERY.saturating_sub(weight(beside)), weight(between));
    let (mut all, mut group, mut full): (Vec<Vec<String>>, Vec<String>, usize) = (Vec::new(), Vec::new(), 0);
    for part in parts {
        let more = weight(&part) + join;
        if !group.is_empty() && (full + more > most || group.len() == MAX_LISTED) {
            all.push(std::mem::take(&mut group));
            full = 0;
        }
        full += more;
        group.push(part);
    }
    if !group.is_empty() {
        all.push(group);
    }
    all
}

/// Questions for records whose `field` has one of these values; `head` ends before the condition.
pub(crate) fn listed<'v>(head: &str, field: &str, values: impl IntoIterator<Item = &'v str>) -> Vec<String> {
    let head = format!("{head} {field} IN ");
    let values = values.into_iter().map(quoted).collect();
    groups(&head, values, ",").into_iter().map(|some| format!("{head}({})", some.join(","))).collect()
}

/// Questions for records that any of these conditions fits.
pub(crate) fn any_of(head: &str, conditions: Vec<String>) -> Vec<String> {
    let asked = |some: Vec<String>| format!("{head} ({})", some.join(" OR "));
    groups(head, conditions, " OR ").into_iter().map(asked).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What Salesforce reads out of a literal; `None` where the literal ends before the text does.
    fn read(literal: &str) -> Option<String> {
        let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
        let (mut text, mut letters) = (String::new(), inner.chars());
        while let Some(letter) = letters.next() {
            match letter {
                '\'' => return None,
                '\\' => match letters.next()? {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    other => text.push(other),
                },
                letter => text.push(letter),
            }
        }
        Some(text)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_value_ends_its_literal(text in any::<String>()) {
            let kept: String = text.chars().filter(|c| !c.is_control() || "\n\r\t".contains(*c)).collect();
            prop_assert_eq!(read(&quoted(&text)), Some(kept));
        }

        #[test]
        fn no_part_of_a_pattern_ends_its_literal(text in any::<String>()) {
            let literal = format!("'{}'", literally(&text));
            prop_assert!(read(&literal).is_some());
        }

        #[test]
        fn every_value_is_asked_for_once_and_no_question_is_too_long(
            values in prop::collection::vec("\\PC{1,40}", 0..450)
        ) {
            let asked = listed("SELECT Id FROM Contact WHERE", "Email", values.iter().map(String::as_str));
            prop_assert!(asked.iter().all(|question| weight(question) <= MAX_QUERY + 40));
            let count: usize = asked.iter().map(|question| question.matches("','").count() + 1).sum();
            prop_assert!(count >= values.len());
        }
    }

    #[test]
    fn a_question_cannot_be_changed_by_what_it_asks_for() {
        let asked = listed("SELECT Id FROM Contact WHERE", "Email", ["x') OR (Name != '", "a\\"]);
        assert_eq!(asked, ["SELECT Id FROM Contact WHERE Email IN ('x\\') OR (Name != \\'','a\\\\')"]);
        assert_eq!(like("Email", &format!("{}%", literally("a_b%"))), "Email LIKE 'a\\_b\\%%'");
    }

    #[test]
    fn what_is_long_is_asked_in_parts() {
        let values: Vec<_> = (0..1000).map(|n| format!("{n:013}")).collect();
        let asked = listed("SELECT Id FROM Contact WHERE", "K__c", values.iter().map(String::as_str));
        assert!((3..6).contains(&asked.len()), "{}", asked.len());
        assert!(any_of("SELECT Id FROM Contact WHERE", vec![]).is_empty());
        assert_eq!(escaped("a b'é"), "a%20b%27%C3%A9");
    }
}
