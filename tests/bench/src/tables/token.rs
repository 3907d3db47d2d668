//! The words of an expression or a statement.

use super::Refusal;

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A keyword, a function or a name; with its `#` or `:` where it stands for something else.
    Word(&'t str),
    /// `"name"`, whatever it would mean without the quotes.
    Name(&'t str),
    /// `'text'`.
    Text(&'t str),
    /// `=`, `<=`, `(` and so on; `?` too.
    Sign(&'t str),
}

const SIGNS: [&str; 14] = ["<=", ">=", "<>", "=", "<", ">", "(", ")", ",", "?", "{", "}", ":", "*"];

/// All words of `text`.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, length) = first(rest).ok_or_else(|| Refusal::of(format!("no word begins `{rest}`")))?;
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn first(rest: &str) -> Option<(Token<'_>, usize)> {
    if let Some(name) = quoted(rest, '"') {
        return Some((Token::Name(name), name.len() + 2));
    }
    if let Some(text) = quoted(rest, '\'') {
        return Some((Token::Text(text), text.len() + 2));
    }
    let led = usize::from(rest.starts_with(['#', ':']));
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = rest[led..].find(|c| !of_word(c)).unwrap_or(rest.len() - led);
    if length > 0 {
        return Some((Token::Word(&rest[..led + length]), led + length));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Token::Sign(sign), sign.len()))
}

fn quoted(rest: &str, mark: char) -> Option<&str> {
    let inner = rest.strip_prefix(mark)?;
    inner.find(mark).map(|end| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_falls_into_its_words() {
        let found = tokens("\"a b\" SET #x = :y AND 'pk': ?, n<=1").expect("words");
        let expected = [
            Token::Name("a b"),
            Token::Word("SET"),
            Token::Word("#x"),
            Token::Sign("="),
            Token::Word(":y"),
            Token::Word("AND"),
            Token::Text("pk"),
            Token::Sign(":"),
            Token::Sign("?"),
            Token::Sign(","),
            Token::Word("n"),
            Token::Sign("<="),
            Token::Word("1"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_word_is_refused() {
        assert!(tokens("a % b").is_err());
    }
}
