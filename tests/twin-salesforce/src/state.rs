//! Everything an org knows, behind one lock.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::{
    access::Grant,
    address,
    fault::Fault,
    field::{Field, FieldKind},
    id,
    job::Job,
    limits::Limits,
    oauth::Keys,
    org::Org,
    record::{Record, Values},
    refusal::Refusal,
    request::Request,
    rule::ValidationRule,
    settings::Settings,
    standard,
    table::Table,
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) tables: BTreeMap<&'static str, Table>,
    /// What the API user may do with custom fields, by object and field.
    pub(crate) grants: BTreeMap<(String, String), Grant>,
    /// Open sessions, and when each ends.
    pub(crate) sessions: BTreeMap<String, i64>,
    /// No session is good enough any more.
    pub(crate) refuses_everybody: bool,
    pub(crate) limits: Limits,
    /// The API user.
    pub(crate) user: String,
    pub(crate) org_id: String,
    /// Records that somebody else holds, and how many writes they refuse yet.
    pub(crate) locks: BTreeMap<String, u32>,
    pub(crate) rules: Vec<ValidationRule>,
    /// Orders so far; it numbers them.
    pub(crate) orders: u64,
    pub(crate) faults: Vec<Fault>,
    pub(crate) calls: BTreeMap<String, u64>,
    pub(crate) requests: VecDeque<Request>,
    pub(crate) cursors: BTreeMap<String, Vec<Value>>,
    pub(crate) keys: Keys,
    pub(crate) jobs: BTreeMap<String, Job>,
    numbers: BTreeMap<&'static str, u64>,
    seed: u64,
}

impl State {
    pub(crate) fn new(seed: u64, now_ms: i64) -> Self {
        let tables = standard::OBJECTS.map(|object| (object.0, Table::new(object))).into();
        let mut state = Self {
            settings: Settings::default(),
            tables,
            grants: BTreeMap::new(),
            sessions: BTreeMap::new(),
            refuses_everybody: false,
            limits: Limits::default(),
            user: String::new(),
            org_id: String::new(),
            locks: BTreeMap::new(),
            rules: Vec::new(),
            orders: 0,
            faults: Vec::new(),
            calls: BTreeMap::new(),
            requests: VecDeque::new(),
            cursors: BTreeMap::new(),
            keys: Keys::default(),
            jobs: BTreeMap::new(),
            numbers: BTreeMap::new(),
            seed,
        };
        state.move_in(now_ms);
        state
    }

    /// The records every org has: itself, its API user, and the permission set of that user's profile.
    fn move_in(&mut self, now_ms: i64) {
        let organization = [("Name", json!("Twin")), ("OrganizationType", json!("Developer Edition"))];
        self.org_id = self.place("Organization", &organization, now_ms);
        let profile = self.place("Profile", &[("Name", json!("Integration"))], now_ms);
        let user = [
            ("Name", json!("Counterfoil")),
            ("Username", json!(Org::USERNAME)),
            ("IsActive", json!(true)),
            ("ProfileId", json!(profile)),
        ];
        self.user = self.place("User", &user, now_ms);
        let set = [
            ("Name", json!("X00e_Integration")),
            ("Label", json!("X00e_Integration")),
            ("IsOwnedByProfile", json!(true)),
            ("ProfileId", json!(profile)),
        ];
        let set = self.place("PermissionSet", &set, now_ms);
        let assignment = [("PermissionSetId", json!(set)), ("AssigneeId", json!(self.user))];
        self.place("PermissionSetAssignment", &assignment, now_ms);
    }

    /// Puts a record there as it is, past all rules; gives its id.
    pub(crate) fn place(&mut self, object: &str, values: &[(&str, Value)], now_ms: i64) -> String {
        let id = self.next_id(object);
        let mut record = Record::new(id.clone(), now_ms);
        record
            .set(values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Values>());
        self.put(object, record);
        id
    }

    pub(crate) fn next_id(&mut self, object: &str) -> String {
        self.next_of(standard::prefix(object).unwrap_or("a00"))
    }

    /// The next id that begins like this; none is given twice.
    pub(crate) fn next_of(&mut self, prefix: &'static str) -> String {
        let number = self.numbers.entry(prefix).or_default();
        *number += 1;
        // As long as real ones are, and another org's are others.
        id::numbered(prefix, 62_u64.pow(8) * (self.seed % 1_000 + 1) + *number)
    }

    /// An object type by its name, in any case, unless this org has it not.
    pub(crate) fn table(&self, object: &str) -> Option<&Table> {
        let name = standard::OBJECTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(object))?.0;
        let absent = self.settings.absent_objects.iter().any(|other| other.eq_ignore_ascii_case(name));
        self.tables.get(name).filter(|_| !absent)
    }

    pub(crate) fn table_mut(&mut self, object: &str) -> Option<&mut Table> {
        let name = standard::OBJECTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(object))?.0;
        self.tables.get_mut(name)
    }

    /// An object type of a path.
    pub(crate) fn known(&self, object: &str) -> Result<&Table, Refusal> {
        self.table(object).ok_or_else(Refusal::not_found)
    }

    pub(crate) fn put(&mut self, object: &str, record: Record) {
        if let Some(table) = self.table_mut(object) {
            table.put(record);
        }
    }

    /// A record that is not deleted, of whatever type.
    pub(crate) fn live(&self, id: &str) -> Option<&Record> {
        self.table(standard::object_of(id)?)?.live(id)
    }

    /// Takes the settings, and lets features that were switched on bring their fields.
    pub(crate) fn set_settings(&mut self, settings: Settings) {
        let mut more = Vec::new();
        if settings.person_accounts {
            more.extend(standard::person().into_iter().map(|field| ("Account", field)));
            more.push((
                "Contact",
                Field::new("IsPersonAccount", FieldKind::Boolean).read_only().default("false"),
            ));
        }
        if settings.multi_currency {
            let code =
                Field::new("CurrencyIsoCode", FieldKind::Picklist).picks(&["USD", "EUR", "GBP", "CAD"]);
            let code = Field { restricted: true, ..code }.default("USD");
            more.extend(["Account", "Contact", "Opportunity", "Order"].map(|object| (object, code.clone())));
        }
        if settings.state_and_country_picklists {
            more.extend(address::code_fields());
        }
        for (object, field) in more {
            if let Some(table) = self.table_mut(object) {
                table.add(field);
            }
        }
        if settings.person_accounts && !self.settings.person_accounts {
            self.place_record_types();
        }
        self.settings = settings;
    }

    /// The two types of Account, once the feature is switched on.
    fn place_record_types(&mut self) {
        for (name, person) in [("Business_Account", false), ("PersonAccount", true)] {
            let values = [
                ("Name", json!(name.replace('_', " "))),
                ("DeveloperName", json!(name)),
                ("SobjectType", json!("Account")),
                ("IsActive", json!(true)),
                ("IsPersonType", json!(person)),
            ];
            if self.tables["RecordType"].live_ones().all(|one| one.text("DeveloperName") != name) {
                self.place("RecordType", &values, 0);
            }
        }
    }
}
