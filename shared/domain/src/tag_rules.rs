//! Which of the shop's tags the CRM is told of.

use std::collections::BTreeSet;

use serde::Serialize;

/// Which tags are written. Tags are the same in any letter case, as in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TagRules {
    only: BTreeSet<String>,
    never: BTreeSet<String>,
}

impl TagRules {
    /// Only these, where there are any; and never those.
    pub fn new<'a>(
        only: impl IntoIterator<Item = &'a str>,
        never: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut rules = Self::default();
        rules.set_only(only);
        rules.set_never(never);
        rules
    }

    /// Only these from now on; all, where there are none.
    pub fn set_only<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) {
        self.only = tags.into_iter().map(plain).collect();
    }

    /// Never these from now on.
    pub fn set_never<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) {
        self.never = tags.into_iter().map(plain).collect();
    }

    /// The tags that are both wanted and unwanted, which makes no sense.
    pub fn contradictions(&self) -> impl Iterator<Item = &str> {
        self.only.intersection(&self.never).map(String::as_str)
    }

    /// Whether the CRM is told of it.
    pub fn takes(&self, tag: &str) -> bool {
        let tag = plain(tag);
        (self.only.is_empty() || self.only.contains(&tag)) && !self.never.contains(&tag)
    }
}

fn plain(tag: &str) -> String {
    tag.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_042_all_tags_are_taken_but_where_a_list_says_otherwise() {
        assert!(TagRules::default().takes("anything"));
        let rules = TagRules::new(["VIP", "b2b"], ["internal"]);
        assert!(rules.takes(" vip ") && !rules.takes("gold") && !rules.takes("internal"));
        assert!(!TagRules::new([], ["internal"]).takes("Internal"));
    }

    #[test]
    fn a_tag_on_both_lists_is_a_contradiction() {
        assert_eq!(TagRules::new(["a", "B"], ["b"]).contradictions().collect::<Vec<_>>(), ["b"]);
    }
}
