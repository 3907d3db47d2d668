//! How Slack reads a text: what a person sees, where it leads, and who is mentioned.

use crate::reading::Link;

/// What becomes of words that merely look like more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Nothing: `verbatim`.
    Nothing,
    /// Addresses become links: the `text` of a message.
    Addresses,
    /// Names become mentions, too: a marked text as it is by itself.
    AddressesAndNames,
}

/// A text as it is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) words: String,
    pub(crate) links: Vec<Link>,
    pub(crate) mentions: Vec<String>,
}

/// A plain text: nothing in it is more than words.
pub(crate) fn plain(text: &str) -> Seen {
    Seen { words: unescaped(text), ..Seen::default() }
}

/// A marked text: `<https://host|label>`, `<@U...>`, `<#C...>`, `<!here>`; the rest are words.
pub(crate) fn marked(text: &str, guess: Guess) -> Seen {
    let (mut seen, mut rest) = (Seen::default(), text);
    while let Some((before, inner, after)) = next_mark(rest) {
        seen.add_words(before, guess);
        seen.add_mark(inner);
        rest = after;
    }
    seen.add_words(rest, guess);
    seen
}

/// Whether each mark that is an address is one that Slack takes.
pub(crate) fn leads_somewhere(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, inner, after)) = next_mark(rest) {
        let url = inner.split('|').next().unwrap_or_default();
        let is_address = ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
        if !inner.starts_with(['!', '@', '#']) && (!is_address || url.contains(char::is_whitespace)) {
            return false;
        }
        rest = after;
    }
    true
}

fn next_mark(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (inner, after) = rest.split_once('>')?;
    Some((before, inner, after))
}

impl Seen {
    fn add_words(&mut self, text: &str, guess: Guess) {
        let words = unescaped(text);
        for word in words.split_whitespace() {
            let is_address = word.starts_with("https://") || word.starts_with("http://");
            if is_address && guess != Guess::Nothing {
                self.links.push(Link { label: word.to_owned(), url: word.to_owned() });
            }
            let is_name = ["@here", "@channel", "@everyone"].contains(&word);
            if is_name && guess == Guess::AddressesAndNames {
                self.mentions.push(word.to_owned());
            }
        }
        self.words.push_str(&words);
    }

    fn add_mark(&mut self, inner: &str) {
        if inner.starts_with(['!', '@', '#']) {
            self.mentions.push(inner.to_owned());
            self.words.push_str(inner);
            return;
        }
        let (url, label) = inner.split_once('|').unwrap_or((inner, inner));
        let link = Link { label: unescaped(label), url: unescaped(url) };
        self.words.push_str(&link.label);
        self.links.push(link);
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_links_and_mentions_and_the_rest_are_words() {
        let seen =
            marked("a <https://e.com/?a=1&amp;b|the &lt;b&gt;> <!here> &amp;lt; <@U1>", Guess::Nothing);
        assert_eq!(seen.words, "a the <b> !here &lt; @U1");
        assert_eq!(seen.links, [Link { label: "the <b>".into(), url: "https://e.com/?a=1&b".into() }]);
        assert_eq!(seen.mentions, ["!here", "@U1"]);
        assert_eq!(plain("<!here> &lt;"), Seen { words: "<!here> <".into(), ..Seen::default() });
    }

    #[test]
    fn what_looks_like_more_becomes_more_where_nobody_says_verbatim() {
        let text = "https://e.com @here";
        let counts = |guess| (marked(text, guess).links.len(), marked(text, guess).mentions.len());
        assert_eq!(counts(Guess::Nothing), (0, 0));
        assert_eq!(counts(Guess::Addresses), (1, 0));
        assert_eq!(counts(Guess::AddressesAndNames), (1, 1));
    }

    #[test]
    fn a_mark_that_leads_nowhere_is_none() {
        for good in ["", "<https://e.com|a b>", "<mailto:a@e.com>", "<!here>", "a < b", "&lt;x&gt;"] {
            assert!(leads_somewhere(good), "{good}");
        }
        for bad in ["<e.com|a>", "<>", "<javascript:x|a>", "<https://e.com/a b|c>", "<https://e.com> <b>"] {
            assert!(!leads_somewhere(bad), "{bad}");
        }
    }
}
