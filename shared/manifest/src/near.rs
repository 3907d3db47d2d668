//! What somebody may have meant.

/// Longer words than this are no slips of a finger.
const LONGEST: usize = 64;

/// The word that `written` may have been meant to be: one in three letters may be wrong.
pub(crate) fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let written = written.to_lowercase().replace('-', "_");
    if written.len() > LONGEST {
        return None;
    }
    let distances = words.into_iter().map(|word| (distance(&written, &word.replace('-', "_")), word));
    let (distance, word) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= word.len().div_ceil(3)).then_some(word)
}

/// How many letters have to be added, taken away or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, letter) in one.chars().enumerate() {
        let mut left = n + 1;
        let mut next = vec![left];
        for ((above, corner), theirs) in row.iter().skip(1).zip(&row).zip(&other) {
            left = (above + 1).min(left + 1).min(corner + usize::from(letter != *theirs));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_seen_and_another_word_is_not() {
        let words = ["always", "when-changed", "set-once", "forward-only"];
        for (written, meant) in [
            ("alway", Some("always")),
            ("wenchanged", Some("when-changed")),
            ("fowrard-only", Some("forward-only")),
            ("SET_ONCE", Some("set-once")),
            ("never", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, words), meant, "{written}");
        }
        assert_eq!(nearest("fone", ["email", "phone"]), Some("phone"));
        assert_eq!(nearest(&"a".repeat(100_000), words), None);
    }

    #[test]
    fn the_distance_is_how_many_letters_differ() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!((distance("", "abc"), distance("abc", ""), distance("ü", "u")), (3, 3, 1));
    }
}
