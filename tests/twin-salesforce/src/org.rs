//! The org as a Rust value: what a test in the same process may do with it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Body,
    http::{Request as HttpRequest, Response},
};

use crate::{
    answer::{Answer, Headers},
    call::Call,
    clock::Clock,
    control,
    entry::OrgError,
    fault::Fault,
    gate, jwt,
    refusal::Refusal,
    request::Request,
    settings::Settings,
    state::State,
    write::{Hand, How},
};

/// A Salesforce org. Clones are the same org.
#[derive(Debug, Clone)]
pub struct Org {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

impl Org {
    /// The client id of the app.
    pub const CLIENT_ID: &'static str = "3MVG9twin";
    /// Its client secret.
    pub const CLIENT_SECRET: &'static str = "twin-secret";
    /// The user it runs as.
    pub const USERNAME: &'static str = "counterfoil@twin.example";

    /// A fresh org that goes by the wall clock; `seed` decides the record ids.
    pub fn new(seed: u64) -> Self {
        Self::with_clock(seed, Clock::of_the_wall())
    }

    /// A fresh org that goes by this clock.
    pub fn with_clock(seed: u64, clock: Clock) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(seed, clock.now_ms()))), clock }
    }

    /// The API and the control API (`/_twin/...`).
    pub fn router(&self) -> Router {
        let org = self.clone();
        Router::new().fallback(move |request: HttpRequest<Body>| {
            let org = org.clone();
            async move { org.answer(request).await }
        })
    }

    async fn answer(&self, request: HttpRequest<Body>) -> Response<Body> {
        let Some(call) = Call::read(request).await else {
            let refusal = Refusal::new(413, "REQUEST_ENTITY_TOO_LARGE", "The body could not be read");
            return Answer::refused(&refusal).into_response(Headers::new());
        };
        if call.segments.first().is_some_and(|first| first == "_twin") {
            return control::answer(self, &call).into_response(Headers::new());
        }
        let (answer, headers) = gate::answer(&mut self.state(), &call, self.clock.now_ms());
        answer.into_response(headers)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rep(&self) -> How {
        How { hand: Hand::Rep, allow_save: true, version: 66, now_ms: self.clock.now_ms() }
    }

    /// The clock it goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The API user's id.
    pub fn user_id(&self) -> String {
        self.state().user.clone()
    }

    /// Lets this session id in from now on, as if a grant had given it.
    pub fn open_session(&self, token: &str) {
        let ends = self.clock.now_ms().saturating_add(self.state().settings.session_ms);
        self.state().sessions.insert(token.to_owned(), ends);
    }

    /// Ends all sessions; the next grant gives another.
    pub fn expire_sessions(&self) {
        self.state().sessions.clear();
    }

    /// From now on (or until it is taken back) every data call is answered with 401, whatever its session.
    pub fn refuse_everybody(&self, refuses: bool) {
        self.state().refuses_everybody = refuses;
    }

    /// The id and the secret the app is known by from now on.
    pub fn set_client(&self, id: &str, secret: &str) {
        let mut state = self.state();
        id.clone_into(&mut state.keys.client_id);
        secret.clone_into(&mut state.keys.client_secret);
    }

    /// From now on the signature of an assertion is held against this key (PEM, RSA). False: it is none.
    pub fn set_public_key(&self, pem: &str) -> bool {
        let key = jwt::public_key(pem);
        let read = key.is_some();
        if read {
            self.state().keys.public_key = key;
        }
        read
    }

    /// Whether the user let the app in, which a JWT bearer grant asks for.
    pub fn approve_app(&self, approved: bool) {
        self.state().keys.approved = approved;
    }

    /// Limits, features and choices as they are.
    pub fn settings(&self) -> Settings {
        self.state().settings.clone()
    }

    /// Sets them all.
    pub fn set_settings(&self, settings: Settings) {
        self.state().set_settings(settings);
    }

    /// Calls so far by endpoint (`Contact/collections/upsert`), whatever they were answered.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.state().calls.clone()
    }

    /// The requests so far, the oldest first; 2,000 are kept.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.iter().cloned().collect()
    }

    /// Starts the counts again, and forgets the requests.
    pub fn forget_calls(&self) {
        let mut state = self.state();
        state.calls.clear();
        state.requests.clear();
    }

    /// Replaces the faults by these.
    ///
    /// # Errors
    /// One has a status that is no error, or names an endpoint that is not there.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), OrgError> {
        faults.iter().try_for_each(Fault::check).map_err(OrgError::bad)?;
        self.state().faults = faults;
        Ok(())
    }

    /// The faults that have not met all their calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }
}
