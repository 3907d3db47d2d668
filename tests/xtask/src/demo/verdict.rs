//! A promise, and whether it held.

use crate::progress::{green, red};

/// One promise of the system, checked by playing it.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// What is promised, as a sentence.
    pub(crate) promise: &'static str,
    /// Whether it held.
    pub(crate) held: bool,
    /// What was seen.
    pub(crate) evidence: String,
}

impl Verdict {
    /// The promise held if nothing is wrong; what is wrong is the evidence where it did not.
    pub(crate) fn of(promise: &'static str, wrong: &[String], seen: String) -> Self {
        let held = wrong.is_empty();
        Self { promise, held, evidence: if held { seen } else { wrong.join("; ") } }
    }

    /// One line for a person.
    pub(crate) fn line(&self) -> String {
        let mark = if self.held { green("kept  ") } else { red("BROKEN") };
        format!("  {mark} {} ({})", self.promise, self.evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_holds_where_nothing_is_wrong() {
        let kept = Verdict::of("p", &[], "3 contacts".into());
        assert!(kept.held);
        assert_eq!(kept.line(), "  kept   p (3 contacts)");
    }

    #[test]
    fn a_broken_promise_says_what_was_wrong() {
        let broken = Verdict::of("p", &["a".into(), "b".into()], "3 contacts".into());
        assert!(!broken.held);
        assert_eq!(broken.line(), "  BROKEN p (a; b)");
    }
}
