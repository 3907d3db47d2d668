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
use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Headers},
    call::Call,
    clock::Clock,
    control,
    entry::{Entry, OrgError},
    fault::Fault,
    field::Field,
    gate, id, jwt,
    refusal::Refusal,
    request::Request,
    rule::ValidationRule,
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

    fn rep(&self) -> How {
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

    /// Makes a custom field (those of tasks on `Task`) and grants it to the API user.
    ///
    /// # Errors
    /// It exists, or its object does not.
    pub fn define_field(&self, object: &str, field: Field) -> Result<(), OrgError> {
        let now_ms = self.clock.now_ms();
        let name = field.name.clone();
        let made_on = if object == "Task" { "Activity" } else { object };
        self.state().add_field(made_on, field, now_ms)?;
        Ok(self.grant_field(object, &name)?)
    }

    fn grant_field(&self, object: &str, field: &str) -> Result<(), Refusal> {
        let mut state = self.state();
        let set = state.tables["PermissionSet"].live_ones().find(|set| set.is_true("IsOwnedByProfile"));
        let set = set.map(|set| set.id.clone()).unwrap_or_default();
        let grant = json!({
            "ParentId": set,
            "SobjectType": object,
            "Field": format!("{object}.{field}"),
            "PermissionsRead": true,
            "PermissionsEdit": true,
        });
        let how = self.rep();
        state.create("FieldPermissions", &map(grant), &how).map(drop)
    }

    /// Takes a custom field from the API user's sight: all that was granted of it is gone.
    pub fn hide_field(&self, object: &str, field: &str) {
        let now_ms = self.clock.now_ms();
        let named = format!("{object}.{field}");
        let mut state = self.state();
        let of_field = state.tables["FieldPermissions"].live_ones().filter(|one| one.text("Field") == named);
        for id in of_field.map(|one| one.id.clone()).collect::<Vec<_>>() {
            // It was there a line ago.
            drop(state.delete("FieldPermissions", &id, now_ms));
        }
    }

    /// From now on a picklist takes these values and no others.
    ///
    /// # Errors
    /// No such object or field.
    pub fn restrict_picklist(&self, object: &str, field: &str, values: &[&str]) -> Result<(), OrgError> {
        let mut state = self.state();
        let own = state.table_mut(object).and_then(|table| table.field_mut(field));
        let own = own.ok_or_else(|| OrgError::bad(format!("there is no {object}.{field}")))?;
        own.values = values.iter().map(ToString::to_string).collect();
        own.restricted = true;
        Ok(())
    }

    /// Adds a validation rule.
    pub fn add_rule(&self, rule: ValidationRule) {
        self.state().rules.push(rule);
    }

    /// Takes all validation rules away.
    pub fn forget_rules(&self) {
        self.state().rules.clear();
    }

    /// The next so many writes of this record, or of one that hangs on it, find it locked.
    pub fn lock(&self, id: &str, writes: u32) {
        let id = id::normal(id).unwrap_or_else(|| id.to_owned());
        self.state().locks.insert(id, writes);
    }

    /// All records of an object, the deleted ones too, in the order of their ids.
    pub fn records(&self, object: &str) -> Vec<Entry> {
        self.state().table(object).map(|table| table.all().map(Entry::of).collect()).unwrap_or_default()
    }

    /// The records that are not deleted and hold this text.
    pub fn records_where(&self, object: &str, field: &str, value: &str) -> Vec<Entry> {
        let holds = |entry: &Entry| !entry.deleted && entry.text(field) == value;
        self.records(object).into_iter().filter(holds).collect()
    }

    /// The record of this id, unless it is deleted.
    pub fn record(&self, id: &str) -> Option<Entry> {
        self.state().live(&id::normal(id)?).map(Entry::of)
    }

    /// A person makes a record; gives its id.
    ///
    /// # Errors
    /// What the API would refuse too; duplicate rules and locks do not hold a person up.
    pub fn rep_creates(&self, object: &str, fields: Value) -> Result<String, OrgError> {
        Ok(self.state().create(object, &map(fields), &self.rep())?)
    }

    /// A person changes a record; `null` empties a field.
    ///
    /// # Errors
    /// No such record, or what the API would refuse too.
    pub fn rep_edits(&self, object: &str, id: &str, fields: Value) -> Result<(), OrgError> {
        Ok(self.state().update(object, id, &map(fields), &self.rep())?)
    }

    /// A person deletes a record.
    ///
    /// # Errors
    /// No such record.
    pub fn rep_deletes(&self, object: &str, id: &str) -> Result<(), OrgError> {
        Ok(self.state().delete(object, id, self.clock.now_ms())?)
    }

    /// A person merges `loser` into `master`, which keeps its id.
    ///
    /// # Errors
    /// One of them is not there, or they cannot be merged.
    pub fn merge(&self, object: &str, master: &str, loser: &str) -> Result<(), OrgError> {
        Ok(self.state().merge(object, master, loser, self.clock.now_ms())?)
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
    /// One has a status that is no error.
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

/// The fields of a JSON object; of anything else, none.
fn map(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
