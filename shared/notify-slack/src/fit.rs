//! What fits: values as one line, escaped and cut; pieces together, and how many were left out.

use notify::one_line;

/// Room that is kept for `… 1234567 more`.
const ROOM_FOR_THE_REST: usize = 32;

/// How long a text is, as we count for Slack: UTF-16 units.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A value as one line in which nothing is mark-up: `&`, `<` and `>` are escaped, only these three
/// (docs.slack.dev/messaging/formatting-message-text). Where it would be longer than `most` it is cut between two characters,
/// before it is escaped, and ends with `…`.
pub(crate) fn value(text: &str, most: usize) -> String {
    let line = one_line(text);
    if line.chars().map(cost).sum::<usize>() <= most {
        return line.chars().fold(String::new(), escaped);
    }
    let mut used = 1;
    let fitting = line.chars().take_while(|letter| {
        used += cost(*letter);
        used <= most
    });
    fitting.fold(String::new(), escaped) + "…"
}

fn escaped(mut all: String, letter: char) -> String {
    match letter {
        '&' => all.push_str("&amp;"),
        '<' => all.push_str("&lt;"),
        '>' => all.push_str("&gt;"),
        plain => all.push(plain),
    }
    all
}

fn cost(letter: char) -> usize {
    match letter {
        '&' => 5,
        '<' | '>' => 4,
        plain => plain.len_utf16(),
    }
}

/// How long each of several pieces may be at most, so that the first of them fits beside the word about the rest.
pub(crate) const fn piece(most: usize) -> usize {
    most - ROOM_FOR_THE_REST
}

/// As many pieces as fit, a line each, whole ones only; of the rest it is said how many they are.
pub(crate) fn together(pieces: &[String], most: usize) -> String {
    let (mut all, mut used) = (String::new(), 0);
    for (n, one) in pieces.iter().enumerate() {
        let (between, left) = (if n == 0 { "" } else { "\n" }, pieces.len() - n);
        let room = if left == 1 { most } else { piece(most) };
        used += between.len() + units(one);
        if used > room {
            return format!("{all}{between}… {left} more");
        }
        all.push_str(between);
        all.push_str(one);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_signs_are_escaped() {
        assert_eq!(value("a<b> & \"c\" 'd' *e* _f_", 100), "a&lt;b&gt; &amp; \"c\" 'd' *e* _f_");
        assert_eq!(value("&amp;", 100), "&amp;amp;");
    }

    #[test]
    fn a_value_is_cut_between_characters_and_never_within_an_escape() {
        assert_eq!(value("abcd", 4), "abcd");
        assert_eq!(value("abcde", 4), "abc…");
        assert_eq!(value("ab&", 7), "ab&amp;");
        assert_eq!(value("ab&", 6), "ab…");
        assert_eq!(value("a🦀🦀", 5), "a🦀🦀");
        assert_eq!(value("a🦀🦀", 4), "a🦀…");
    }

    #[test]
    fn pieces_that_do_not_fit_are_counted() {
        let pieces: Vec<_> = (0..10).map(|n| n.to_string().repeat(10)).collect();
        assert_eq!(together(&pieces[..2], 100), "0000000000\n1111111111");
        assert_eq!(together(&pieces, 54), "0000000000\n1111111111\n… 8 more");
        assert_eq!(together(&pieces[..3], 32), "… 3 more");
        assert_eq!(together(&[], 100), "");
    }
}
