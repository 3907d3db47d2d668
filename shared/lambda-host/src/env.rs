//! The environment, read once.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;

type Read<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// Reads variables and collects what is wrong with them.
pub struct Env<'a> {
    read: Read<'a>,
    wrong: RefCell<Vec<String>>,
}

/// Everything that is wrong with the environment, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidEnv(Vec<String>);

impl fmt::Display for InvalidEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function is not configured: {}", self.0.join("; "))
    }
}

impl std::error::Error for InvalidEnv {}

impl Env<'static> {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl<'a> Env<'a> {
    /// An environment of one's own, for tests.
    pub fn new(read: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { read: Box::new(read), wrong: RefCell::default() }
    }

    /// A variable that may be missing; empty counts as missing.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name).filter(|value| !value.is_empty())
    }

    /// A variable that must be there. Where it is not, that is noted, and the empty text stands in until
    /// [`Env::checked`].
    pub fn required(&self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.wrong.borrow_mut().push(format!("{name} is missing"));
            String::new()
        })
    }

    /// A variable with a default that must be of that kind where it is there; `kind` names it for a person.
    pub fn parsed<T: FromStr>(&self, name: &str, kind: &str, default: T) -> T {
        let Some(text) = self.optional(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.wrong.borrow_mut().push(format!("{name} is not {kind} ({} characters)", text.len()));
            default
        })
    }

    /// `config`, if nothing was wrong.
    pub fn checked<T>(self, config: T) -> Result<T, InvalidEnv> {
        let wrong = self.wrong.into_inner();
        if wrong.is_empty() { Ok(config) } else { Err(InvalidEnv(wrong)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let env = Env::new(|name| (name == "LIMIT").then(|| "many".to_owned()));
        let config = (env.required("QUEUE_URL"), env.parsed("LIMIT", "a number of bytes", 1usize));
        let refused = env.checked(config).unwrap_err().to_string();
        assert!(
            refused.contains("QUEUE_URL is missing; LIMIT is not a number of bytes (4 characters)"),
            "{refused}"
        );
    }

    #[test]
    fn a_default_stands_in_for_what_is_not_there() {
        let env = Env::new(|_| Some(String::new()));
        let limit = env.parsed("LIMIT", "a number", 7u32);
        assert_eq!(env.checked(limit), Ok(7));
    }
}
