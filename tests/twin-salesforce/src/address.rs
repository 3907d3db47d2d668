//! State and country picklists: where they are on, an address says what is on the list.

use crate::{
    field::{Field, FieldKind},
    record::{Record, Values},
    refusal::Refusal,
    state::State,
};

/// Codes and names, as far as this org has them.
pub(crate) const COUNTRIES: [(&str, &str); 12] = [
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("CA", "Canada"),
    ("CH", "Switzerland"),
    ("DE", "Germany"),
    ("ES", "Spain"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("NL", "Netherlands"),
    ("US", "United States"),
];

/// Countries whose states are on the list, with the codes and names of some.
const STATES: [(&str, &str, &str); 10] = [
    ("US", "CA", "California"),
    ("US", "NY", "New York"),
    ("US", "OR", "Oregon"),
    ("US", "TX", "Texas"),
    ("US", "WA", "Washington"),
    ("CA", "BC", "British Columbia"),
    ("CA", "ON", "Ontario"),
    ("CA", "QC", "Quebec"),
    ("AU", "NSW", "New South Wales"),
    ("AU", "VIC", "Victoria"),
];

/// The object types and the prefixes of their addresses.
const ADDRESSES: [(&str, &[&str]); 3] = [
    ("Account", &["Billing", "Shipping", "PersonMailing"]),
    ("Contact", &["Mailing", "Other"]),
    ("Order", &["Billing", "Shipping"]),
];

/// The code fields that come with the picklists.
pub(crate) fn code_fields() -> Vec<(&'static str, Field)> {
    let codes: Vec<&str> = COUNTRIES.iter().map(|(code, _)| *code).collect();
    let field =
        |prefix: &str, name: &str| Field::new(&format!("{prefix}{name}"), FieldKind::Picklist).long(10);
    let both = |object, prefix: &&str| {
        [(object, field(prefix, "CountryCode").picks(&codes)), (object, field(prefix, "StateCode"))]
    };
    ADDRESSES
        .iter()
        .flat_map(|(object, prefixes)| {
            prefixes.iter().flat_map(move |prefix| both(*object, prefix)).collect::<Vec<_>>()
        })
        .collect()
}

impl State {
    /// Holds the addresses that were sent against the lists.
    pub(crate) fn check_address(&self, object: &str, record: &Record, sent: &Values) -> Result<(), Refusal> {
        let own = ADDRESSES.iter().find(|(name, _)| *name == object);
        if !self.settings.state_and_country_picklists {
            return Ok(());
        }
        own.into_iter().flat_map(|(_, prefixes)| *prefixes).try_for_each(|prefix| check(prefix, record, sent))
    }
}

fn check(prefix: &str, record: &Record, sent: &Values) -> Result<(), Refusal> {
    let names = ["Country", "CountryCode", "State", "StateCode"].map(|name| format!("{prefix}{name}"));
    let [country, country_code, state, state_code] = names.each_ref().map(|name| record.text(name));
    if !names.iter().any(|name| sent.contains_key(name)) {
        return Ok(());
    }
    let known = COUNTRIES.iter().find(|(code, name)| same(code, country_code) || same(name, country));
    let is_said = !country.is_empty() || !country_code.is_empty();
    match known {
        None if is_said => Err(problem("country", "country/territory", &names[0])),
        None if !state.is_empty() || !state_code.is_empty() => {
            let words = "A country/territory must be specified before specifying a state value for field";
            Err(Refusal::of_fields("FIELD_INTEGRITY_EXCEPTION", words, &[&names[2]]))
        }
        Some((code, _)) => check_state(code, state, state_code, &names[2]),
        None => Ok(()),
    }
}

fn check_state(country: &str, state: &str, code: &str, field: &str) -> Result<(), Refusal> {
    let mut of_country = STATES.iter().filter(|(own, ..)| *own == country);
    let known = of_country.any(|(_, own_code, name)| same(own_code, code) || same(name, state));
    let named = !state.is_empty() || !code.is_empty();
    if known || !named { Ok(()) } else { Err(problem("state", "state", field)) }
}

fn same(known: &str, sent: &str) -> bool {
    !sent.is_empty() && known.eq_ignore_ascii_case(sent)
}

fn problem(what: &str, list: &str, field: &str) -> Refusal {
    let words = format!(
        "There's a problem with this {what}, even though it may appear correct. Please select a {list} from the list of valid {what}s."
    );
    Refusal::of_fields("FIELD_INTEGRITY_EXCEPTION", words, &[field])
}
