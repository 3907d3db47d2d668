//! Hooks: which path posts into which channel.

use std::fmt;

use serde::Serialize;

/// One hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hook {
    /// The channel it posts into.
    pub channel: String,
    /// `/services/T.../B.../X...`.
    pub path: String,
    /// Whether somebody took it away.
    pub revoked: bool,
}

/// A path that no hook has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidHook;

impl fmt::Display for InvalidHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a hook has a channel and a path such as /services/T1/B1/X1")
    }
}

impl std::error::Error for InvalidHook {}

impl Hook {
    pub(crate) fn new(channel: &str, path: &str) -> Result<Self, InvalidHook> {
        let is_whole = parts(path).is_some() && !channel.is_empty();
        let hook = || Self { channel: channel.to_owned(), path: path.to_owned(), revoked: false };
        is_whole.then(hook).ok_or(InvalidHook)
    }
}

/// Team, service and token of a path.
fn parts(path: &str) -> Option<[&str; 3]> {
    let ids: Vec<_> = path.strip_prefix("/services/")?.split('/').collect();
    let [team, service, token] = ids.try_into().ok()?;
    let are_there = [team, service, token].iter().all(|id| !id.is_empty());
    are_there.then_some([team, service, token])
}

/// The hook that a path is of, or status and code of the refusal.
pub(crate) fn find<'a>(hooks: &'a [Hook], path: &str) -> Result<&'a Hook, (u16, &'static str)> {
    let [team, service, token] = parts(path).ok_or((404, "no_service_id"))?;
    let known = || hooks.iter().filter_map(|hook| Some((hook, parts(&hook.path)?)));
    if !known().any(|(_, ids)| ids[0] == team) {
        return Err((404, "no_team"));
    }
    let mut of_service = known().filter(|(_, ids)| ids[..2] == [team, service]).peekable();
    if of_service.peek().is_none() {
        return Err((404, "no_service"));
    }
    match of_service.find(|(_, ids)| ids[2] == token) {
        None => Err((403, "invalid_token")),
        Some((hook, _)) if hook.revoked => Err((404, "no_active_hooks")),
        Some((hook, _)) => Ok(hook),
    }
}
