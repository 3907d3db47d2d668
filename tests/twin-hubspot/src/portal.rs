//! The portal as a Rust value: what a test in the same process may do with it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    answer::Answer,
    call::Call,
    clock::Clock,
    contact::{Contact, PortalError},
    control,
    fault::Fault,
    gate,
    kind::Kind,
    property::Property,
    record::{Record, Values},
    refusal::Refusal,
    settings::Settings,
    standard,
    state::State,
    write::Hand,
};
use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};

/// A HubSpot account. Clones are the same account.
#[derive(Debug, Clone)]
pub struct Portal {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

impl Portal {
    /// The token of a new portal.
    pub const TOKEN: &'static str = "pat-na1-twin";

    /// An empty portal that goes by the wall clock; `seed` decides ids and the order of results.
    pub fn new(seed: u64) -> Self {
        Self::with_clock(seed, Clock::of_the_wall())
    }

    /// An empty portal that goes by this clock.
    pub fn with_clock(seed: u64, clock: Clock) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(seed, Self::TOKEN))), clock }
    }

    /// The CRM API and the control API (`/_twin/...`).
    pub fn router(&self) -> Router {
        let portal = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let portal = portal.clone();
            async move { portal.answer(request).await }
        })
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let Some(call) = Call::read(request).await else {
            return Answer::refused(Refusal::validation("The body could not be read"), String::new())
                .into_response(&[]);
        };
        if call.segments.first().is_some_and(|first| first == "_twin") {
            return control::answer(self, &call).into_response(&[]);
        }
        let (answer, headers) = gate::answer(&mut self.state(), &call, self.clock.now_ms());
        answer.into_response(&headers)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock it goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The bearer token the API wants from now on.
    pub fn set_token(&self, token: &str) {
        let mut state = self.state();
        token.clone_into(&mut state.token);
        state.token_expired_ms = None;
    }

    /// From now on the token is answered with `EXPIRED_AUTHENTICATION`, until a new one is set.
    pub fn expire_token(&self) {
        self.state().token_expired_ms = Some(self.clock.now_ms());
    }

    /// Limits and choices as they are.
    pub fn settings(&self) -> Settings {
        self.state().settings.clone()
    }

    /// Sets all limits and choices.
    pub fn set_settings(&self, settings: Settings) {
        self.state().settings = settings;
    }

    /// Defines a contact property as the API would.
    ///
    /// # Errors
    /// It exists (409), or its definition is not valid (400).
    pub fn define_property(&self, property: Property) -> Result<(), PortalError> {
        Ok(self.state().define(Kind::Contact, property)?)
    }

    /// Defines the properties Counterfoil writes: those of contacts, the keys of what is beside them, and its stages of
    /// deals. Those that exist stay as they are.
    pub fn define_counterfoil_properties(&self) {
        self.define_counterfoil_keys();
        let mut state = self.state();
        for property in standard::counterfoil() {
            // The only way this can fail is that the property exists.
            drop(state.define(Kind::Contact, property));
        }
    }

    /// All contacts, the archived ones too, in the order of their ids.
    pub fn contacts(&self) -> Vec<Contact> {
        self.state().shelf(Kind::Contact).all().map(Contact::of).collect()
    }

    /// The contact of this id (merges are followed), unless it is archived.
    pub fn contact(&self, id: &str) -> Option<Contact> {
        let state = self.state();
        let records = state.shelf(Kind::Contact);
        records.live(records.followed(id.parse().ok()?)).map(Contact::of)
    }

    /// The contacts that are not archived and hold this value.
    pub fn contacts_where(&self, property: &str, value: &str) -> Vec<Contact> {
        let holds = |record: &&Record| record.archived_ms.is_none() && record.value(property) == Some(value);
        self.state().shelf(Kind::Contact).all().filter(holds).map(Contact::of).collect()
    }

    /// A person creates a contact in HubSpot's pages; gives its id.
    ///
    /// # Errors
    /// What the API would refuse too.
    pub fn rep_creates(&self, properties: &[(&str, &str)]) -> Result<String, PortalError> {
        let now_ms = self.clock.now_ms();
        let id = self.state().create(Kind::Contact, &values(properties), Hand::Rep, now_ms)?;
        Ok(id.to_string())
    }

    /// A person edits a contact: secondary addresses (`hs_additional_emails`) can be set, stages can go back.
    ///
    /// # Errors
    /// No such contact (404), or what the API would refuse too.
    pub fn rep_edits(&self, id: &str, properties: &[(&str, &str)]) -> Result<(), PortalError> {
        let now_ms = self.clock.now_ms();
        let mut state = self.state();
        let id = state.shelf(Kind::Contact).followed(crate::row::id(id)?);
        Ok(state.update(Kind::Contact, id, &values(properties), Hand::Rep, now_ms)?)
    }

    /// A person merges `other` into `primary`; gives the survivor's id.
    ///
    /// # Errors
    /// One of them does not exist (404), or they are one (400).
    pub fn merge(&self, primary: &str, other: &str) -> Result<String, PortalError> {
        let (primary, other) = (crate::row::id(primary)?, crate::row::id(other)?);
        let now_ms = self.clock.now_ms();
        Ok(self.state().merge(primary, other, now_ms)?.to_string())
    }

    /// Puts a contact into the recycle bin.
    ///
    /// # Errors
    /// No such contact (404).
    pub fn archive(&self, id: &str) -> Result<(), PortalError> {
        let now_ms = self.clock.now_ms();
        Ok(self.state().archive(Kind::Contact, crate::row::id(id)?, now_ms)?)
    }

    /// Takes a contact out of the recycle bin again. Its address must be free; what HubSpot does where another has the value of
    /// some other unique property by then is not documented, and here both have it: the harder case.
    ///
    /// # Errors
    /// It is not in the bin (404), or another contact has its address (409).
    pub fn restore(&self, id: &str) -> Result<(), PortalError> {
        let now_ms = self.clock.now_ms();
        Ok(self.state().restore(Kind::Contact, crate::row::id(id)?, now_ms)?)
    }

    /// Calls so far by endpoint (`contacts/batch/upsert`), whatever they were answered.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.state().calls.clone()
    }

    /// Starts the counts again.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    /// Replaces the faults by these.
    ///
    /// # Errors
    /// One names an endpoint or a status that does not exist, so it could never meet a call (400).
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), PortalError> {
        for fault in &faults {
            fault.check().map_err(|words| PortalError { status: 400, words })?;
        }
        self.state().faults = faults;
        Ok(())
    }

    /// Takes all faults away.
    pub fn forget_faults(&self) {
        self.state().faults.clear();
    }

    /// The faults that have not met all their calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }
}

fn values(properties: &[(&str, &str)]) -> Values {
    properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
