//! The workspace as a Rust value: what a test in the same process may do with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};

use crate::answer::Answer;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::hook::{Hook, InvalidHook};
use crate::limits::Settings;
use crate::reading::Message;
use crate::state::State;
use crate::{control, gate};

const LARGEST_BODY: usize = 1024 * 1024;

/// A Slack workspace. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Workspace {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}

impl Workspace {
    /// A workspace without hooks that goes by the wall clock.
    pub fn new() -> Self {
        Self::with_clock(Clock::of_the_wall())
    }

    /// A workspace without hooks that goes by this clock.
    pub fn with_clock(clock: Clock) -> Self {
        Self { state: Arc::default(), clock }
    }

    /// The hooks and the control API (`/_twin/...`).
    pub fn router(&self) -> Router {
        let workspace = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let workspace = workspace.clone();
            async move { workspace.answer(request).await.into_response() }
        })
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let (head, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
            return Answer::text(400, "invalid_payload");
        };
        let path = head.uri.path();
        if let Some(rest) = path.strip_prefix("/_twin/") {
            return control::answer(self, head.method.as_str(), rest, &body);
        }
        if head.method != Method::POST {
            return Answer::text(405, "");
        }
        gate::answer(&mut self.state(), path, &body, self.clock.now_ms())
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock it goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Adds the hook of a channel, or renews it.
    ///
    /// # Errors
    /// The path is not one of a hook.
    pub fn add_hook(&self, channel: &str, path: &str) -> Result<(), InvalidHook> {
        let hook = Hook::new(channel, path)?;
        let mut state = self.state();
        state.hooks.retain(|known| known.channel != hook.channel);
        state.hooks.push(hook);
        Ok(())
    }

    /// Somebody takes the hook of a channel away. Whether there was one.
    pub fn revoke(&self, channel: &str) -> bool {
        let mut state = self.state();
        let hook = state.hooks.iter_mut().find(|hook| hook.channel == channel);
        hook.map(|hook| hook.revoked = true).is_some()
    }

    /// All hooks, the revoked ones too.
    pub fn hooks(&self) -> Vec<Hook> {
        self.state().hooks.clone()
    }

    /// What stands in a channel, in the order of its coming.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        let state = self.state();
        state.messages.iter().filter(|message| message.channel == channel).cloned().collect()
    }

    /// All that stands in the channels.
    pub fn all_messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// Clears all channels.
    pub fn forget_messages(&self) {
        self.state().messages.clear();
    }

    /// Calls so far by path, whatever they were answered.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.state().calls.clone()
    }

    /// Starts the counts again.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    /// The limit as it is.
    pub fn settings(&self) -> Settings {
        self.state().settings
    }

    /// Sets the limit.
    pub fn set_settings(&self, settings: Settings) {
        self.state().settings = settings;
    }

    /// Replaces the faults by these.
    ///
    /// # Errors
    /// One has a status that its kind cannot have.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), String> {
        faults.iter().try_for_each(Fault::check)?;
        self.state().faults = faults;
        Ok(())
    }

    /// The faults that have not met all their calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }
}
