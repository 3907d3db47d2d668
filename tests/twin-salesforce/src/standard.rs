//! Salesforce's own fields (Object Reference), as far as a store's data may meet them.

use crate::{
    field::{Field, FieldKind as K},
    set_up,
};

/// Object types with their key prefixes, in the order a list of them has.
pub(crate) const OBJECTS: [(&str, &str); 16] = [
    ("Account", "001"),
    ("AccountContactRelation", "07k"),
    ("Contact", "003"),
    ("CustomField", "00N"),
    ("FieldPermissions", "01k"),
    ("Lead", "00Q"),
    ("Opportunity", "006"),
    ("OpportunityContactRole", "00K"),
    ("Order", "801"),
    ("Organization", "00D"),
    ("PermissionSet", "0PS"),
    ("PermissionSetAssignment", "0Pa"),
    ("Profile", "00e"),
    ("RecordType", "012"),
    ("Task", "00T"),
    ("User", "005"),
];

const STAGES: [&str; 10] = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];
const SOURCES: [&str; 5] = ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"];
const ROLES: [&str; 5] =
    ["Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Executive Sponsor"];

/// The first three characters of an object's ids.
pub(crate) fn prefix(object: &str) -> Option<&'static str> {
    OBJECTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(object)).map(|(_, prefix)| *prefix)
}

/// The object type that this id is of.
pub(crate) fn object_of(id: &str) -> Option<&'static str> {
    OBJECTS.iter().find(|(_, prefix)| id.starts_with(prefix)).map(|(name, _)| *name)
}

/// The fields of one object type in a new org.
pub(crate) fn fields(object: &str) -> Vec<Field> {
    let own = match object {
        "Account" => account(),
        "Contact" => contact(),
        "Lead" => lead(),
        "Opportunity" => opportunity(),
        "Order" => order(),
        "Task" => task(),
        "OpportunityContactRole" => contact_role(),
        "AccountContactRelation" => relation(),
        _ => set_up::fields(object),
    };
    system().into_iter().chain(own).collect()
}

/// What every object has; nobody writes it.
fn system() -> Vec<Field> {
    let moment = |name| Field::new(name, K::DateTime).read_only();
    vec![
        Field::new("Id", K::Id).read_only(),
        Field::new("IsDeleted", K::Boolean).read_only(),
        moment("CreatedDate"),
        moment("LastModifiedDate"),
        moment("SystemModstamp"),
    ]
}

fn texts(names: &[(&str, usize)]) -> Vec<Field> {
    names.iter().map(|(name, length)| Field::new(name, K::String).long(*length)).collect()
}

fn phones(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::new(name, K::Phone).long(40)).collect()
}

/// Street, city, state, postal code and country behind a prefix.
fn address(prefix: &str) -> Vec<Field> {
    let named = |name: &str| format!("{prefix}{name}");
    let mut all = vec![Field::new(&named("Street"), K::TextArea).long(255)];
    for (name, length) in [("City", 40), ("State", 80), ("PostalCode", 20), ("Country", 80)] {
        all.push(Field::new(&named(name), K::String).long(length));
    }
    all
}

fn owner() -> Field {
    Field::new("OwnerId", K::Reference).to(&["User"])
}

fn reference(name: &str, to: &[&str]) -> Field {
    Field::new(name, K::Reference).to(to)
}

fn description() -> Field {
    Field::new("Description", K::TextArea).long(32_000)
}

fn source() -> Field {
    Field::new("LeadSource", K::Picklist).picks(&SOURCES)
}

fn account() -> Vec<Field> {
    let mut all = vec![
        Field::new("Name", K::String).required(),
        reference("MasterRecordId", &["Account"]).read_only(),
        reference("ParentId", &["Account"]),
        Field::new("Type", K::Picklist).picks(&["Prospect", "Customer - Direct", "Other"]),
        Field::new("Industry", K::Picklist).picks(&["Retail", "Manufacturing", "Other"]),
        Field::new("Website", K::Url),
        Field::new("AnnualRevenue", K::Currency).digits(18, 0),
        Field::new("NumberOfEmployees", K::Int).digits(8, 0),
        Field::new("AccountSource", K::Picklist).picks(&SOURCES),
        description(),
        owner(),
    ];
    all.extend(phones(&["Phone", "Fax"]));
    all.extend(address("Billing"));
    all.extend(address("Shipping"));
    all
}

/// What an Account has besides when person accounts are on.
pub(crate) fn person() -> Vec<Field> {
    let mut all = vec![
        Field::new("IsPersonAccount", K::Boolean).read_only().default("false"),
        reference("PersonContactId", &["Contact"]).read_only(),
        reference("RecordTypeId", &["RecordType"]),
        Field::new("PersonEmail", K::Email).long(80),
        Field::new("PersonLeadSource", K::Picklist).picks(&SOURCES),
    ];
    all.extend(texts(&[("FirstName", 40), ("LastName", 80)]));
    all.extend(phones(&["PersonMobilePhone", "PersonHomePhone"]));
    all.extend(address("PersonMailing"));
    all
}

fn contact() -> Vec<Field> {
    let mut all = vec![
        Field::new("LastName", K::String).long(80).required(),
        Field::new("FirstName", K::String).long(40),
        Field::new("Name", K::String).long(121).read_only(),
        reference("AccountId", &["Account"]),
        reference("MasterRecordId", &["Contact"]).read_only(),
        Field::new("Email", K::Email).long(80),
        Field::new("Salutation", K::Picklist).picks(&["Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."]),
        Field::new("Title", K::String).long(128),
        Field::new("Department", K::String).long(80),
        Field::new("Birthdate", K::Date),
        Field::new("HasOptedOutOfEmail", K::Boolean).default("false"),
        Field::new("DoNotCall", K::Boolean).default("false"),
        source(),
        description(),
        owner(),
    ];
    all.extend(phones(&["Phone", "Fax", "MobilePhone", "HomePhone", "OtherPhone"]));
    all.extend(address("Mailing"));
    all.extend(address("Other"));
    all
}

fn lead() -> Vec<Field> {
    let mut all = vec![
        Field::new("LastName", K::String).long(80).required(),
        Field::new("FirstName", K::String).long(40),
        Field::new("Company", K::String).required(),
        Field::new("Email", K::Email).long(80),
        source(),
        owner(),
    ];
    all.extend(phones(&["Phone", "MobilePhone"]));
    all
}

fn opportunity() -> Vec<Field> {
    vec![
        Field::new("Name", K::String).long(120).required(),
        Field::new("StageName", K::Picklist).picks(&STAGES).required(),
        Field::new("CloseDate", K::Date).required(),
        Field::new("Amount", K::Currency),
        Field::new("Probability", K::Percent).digits(3, 0),
        Field::new("Type", K::Picklist).picks(&["New Customer", "Existing Customer - Upgrade"]),
        Field::new("NextStep", K::String),
        Field::new("IsClosed", K::Boolean).read_only().default("false"),
        Field::new("IsWon", K::Boolean).read_only().default("false"),
        reference("AccountId", &["Account"]),
        // Makes the primary OpportunityContactRole of a new record; later the role is what can be changed.
        reference("ContactId", &["Contact"]).create_only(),
        source(),
        description(),
        owner(),
    ]
}

fn order() -> Vec<Field> {
    let mut all = vec![
        reference("AccountId", &["Account"]).required(),
        Field::new("EffectiveDate", K::Date).required(),
        Field::new("Status", K::Picklist).picks(&["Draft", "Activated"]).required(),
        Field::new("EndDate", K::Date),
        Field::new("Name", K::String).long(80),
        Field::new("Type", K::Picklist),
        Field::new("OrderNumber", K::String).long(30).read_only(),
        Field::new("OrderReferenceNumber", K::String).long(80),
        Field::new("PoNumber", K::String).long(80),
        // The sum of the order's products; it cannot be set.
        Field::new("TotalAmount", K::Currency).read_only(),
        reference("BillToContactId", &["Contact"]),
        reference("ShipToContactId", &["Contact"]),
        reference("OpportunityId", &["Opportunity"]),
        description(),
        owner(),
    ];
    all.extend(address("Billing"));
    all.extend(address("Shipping"));
    all
}

fn task() -> Vec<Field> {
    let status = ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"];
    vec![
        Field::new("Subject", K::Combobox),
        Field::new("Status", K::Picklist).picks(&status).default("Not Started"),
        Field::new("Priority", K::Picklist).picks(&["High", "Normal", "Low"]).default("Normal"),
        Field::new("ActivityDate", K::Date),
        Field::new("Type", K::Picklist).picks(&["Call", "Email", "Meeting", "Other"]),
        Field::new("IsClosed", K::Boolean).read_only().default("false"),
        reference("WhoId", &["Contact", "Lead"]),
        reference("WhatId", &["Account", "Opportunity", "Order"]),
        description(),
        owner(),
    ]
}

fn contact_role() -> Vec<Field> {
    vec![
        reference("OpportunityId", &["Opportunity"]).required().create_only(),
        reference("ContactId", &["Contact"]).required(),
        Field::new("Role", K::Picklist).picks(&ROLES),
        Field::new("IsPrimary", K::Boolean).default("false"),
    ]
}

fn relation() -> Vec<Field> {
    vec![
        reference("AccountId", &["Account"]).required().create_only(),
        reference("ContactId", &["Contact"]).required().create_only(),
        Field::new("Roles", K::MultiPicklist).picks(&ROLES),
        Field::new("IsActive", K::Boolean).default("true"),
        Field::new("IsDirect", K::Boolean).read_only().default("false"),
        Field::new("StartDate", K::Date),
        Field::new("EndDate", K::Date),
    ]
}
