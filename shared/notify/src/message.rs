//! What is told.

/// A message to people: plain words, in which nothing is mark-up. It may be about a person, so it belongs into no log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// What it is about, in a few words.
    pub title: String,
    /// What there is to say, a line each.
    pub lines: Vec<String>,
    /// Where to go on.
    pub links: Vec<Link>,
    /// Whether it may have been posted before, so that its readers are told.
    pub repeat: bool,
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub label: String,
    /// Its address, which begins with `https://`.
    pub url: String,
}

impl Link {
    /// Whether the address can stand in any chat's mark-up: `https://`, a host, and after it nothing but signs that cannot
    /// end it. All others are told by their label alone.
    pub fn is_safe(&self) -> bool {
        let Some(rest) = self.url.strip_prefix("https://") else { return false };
        let has_host = rest.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        has_host && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>|\"`".contains(&byte))
    }
}

/// A value as it stands in a line: every sign that ends a line, controls something or turns the direction of reading
/// (UAX #9) is a space, and none is left at its ends. So nothing that was typed begins a line, or reads backwards.
pub fn one_line(text: &str) -> String {
    let plain = text.chars().map(|letter| if is_out_of_line(letter) { ' ' } else { letter });
    plain.collect::<String>().trim().to_owned()
}

fn is_out_of_line(letter: char) -> bool {
    let turns = matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{FEFF}') || turns
}

impl Message {
    /// A message with this title and nothing else.
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The same, with a further line.
    #[must_use]
    pub fn with_line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// The same, with a further link.
    #[must_use]
    pub fn with_link(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.links.push(Link { label: label.into(), url: url.into() });
        self
    }

    /// The same, told to be a repetition.
    #[must_use]
    pub fn again(self) -> Self {
        Self { repeat: true, ..self }
    }

    /// Whether there is no word in it: no title and no line. A link alone says nothing.
    pub fn is_silent(&self) -> bool {
        one_line(&self.title).is_empty() && self.lines.iter().all(|line| one_line(line).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_and_reads_forwards() {
        assert_eq!(one_line(" a\r\nb\u{2028}c\u{202E}d\0 "), "a  b c d");
        assert_eq!(one_line("e\u{301} 👩\u{200D}🔬"), "e\u{301} 👩\u{200D}🔬", "what belongs together stays");
    }

    #[test]
    fn a_message_without_a_word_is_silent() {
        let blank = Message::titled(" ").with_line("\n").with_link("A place", "https://example.com");
        assert!(blank.is_silent());
        assert!(!blank.with_line("a word").is_silent());
        assert!(!Message::titled("a word").is_silent());
    }
}
