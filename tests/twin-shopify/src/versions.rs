//! API versions: which are served, and what an older one does not know.

use std::cmp::Ordering;

use serde_json::{Value, json};

/// Served versions, oldest first; the last is the release candidate.
const SERVED: [&str; 5] = ["2026-01", "2026-04", "2026-07", "2026-10", "2027-01"];
/// The version this twin's schema is of, and the last stable one.
const STABLE: &str = "2026-10";

/// A version that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(String);

impl Version {
    /// The version that answers a request for `asked`: a retired one falls forward to the oldest that is served.
    /// None for what never was a version, or is none yet.
    pub(crate) fn serving(asked: &str) -> Option<Self> {
        if asked == "unstable" || SERVED.contains(&asked) {
            return Some(Self(asked.to_owned()));
        }
        let quarter = matches!(asked.get(4..), Some("-01" | "-04" | "-07" | "-10"));
        let year = asked.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        (quarter && year && asked < SERVED[0] && asked >= "2019-04").then(|| Self(SERVED[0].to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this version has the field; all of them are in the schema, some came late.
    pub(crate) fn knows(&self, parent: &str, field: &str) -> bool {
        match (parent, field) {
            ("CustomerPhoneNumber", "smsMarketingConsent") | (_, "CustomerSmsMarketingConsent") => {
                self.0.as_str() >= STABLE
            }
            ("Order", "cartToken") => self.0.as_str() >= "2026-07",
            _ => true,
        }
    }

    /// Every version, as `publicApiVersions` lists them.
    pub(crate) fn all() -> Vec<(Value, Value, Value)> {
        let name = |handle: &str| match handle.cmp(STABLE) {
            Ordering::Greater => format!("{handle} (Release candidate)"),
            Ordering::Equal => format!("{handle} (Latest)"),
            Ordering::Less => handle.to_owned(),
        };
        SERVED.iter().map(|handle| (json!(handle), json!(name(handle)), json!(*handle <= STABLE))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_version_falls_forward_and_nonsense_is_not_found() {
        let serving = |asked| Version::serving(asked).map(|version| version.0);
        assert_eq!(serving("2024-04").as_deref(), Some("2026-01"));
        assert_eq!(serving("2026-10").as_deref(), Some("2026-10"));
        for nonsense in ["2026-11", "2031-01", "", "latest", "💥💥"] {
            assert_eq!(serving(nonsense), None, "{nonsense}");
        }
    }
}
