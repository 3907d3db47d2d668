//! By what a customer may be told, beside the stamped key and a verified address.

use crate::{AliasPolicy, Customer, Desired, Field, IdentityRules, Phone, Value};

/// A name at a place: no proof of anything, so it only counts where the rules say so (S-216).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namesake {
    first_name: String,
    last_name: String,
    postal_code: String,
}

impl Namesake {
    /// All three as they are compared: without case and surrounding space, a postal code without any space. `None` where
    /// one of them is empty.
    pub fn new(first_name: &str, last_name: &str, postal_code: &str) -> Option<Self> {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let all = Self {
            first_name: plain(first_name),
            last_name: plain(last_name),
            postal_code: plain(postal_code).replace([' ', '-'], ""),
        };
        let is_whole = ![&all.first_name, &all.last_name, &all.postal_code].into_iter().any(String::is_empty);
        is_whole.then_some(all)
    }

    /// In lower case.
    pub fn first_name(&self) -> &str {
        &self.first_name
    }

    /// In lower case.
    pub fn last_name(&self) -> &str {
        &self.last_name
    }
}

/// By what a customer may be told. Empty where the rules say that nothing else counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchKeys {
    /// How far addresses may differ and still be one.
    pub aliases: AliasPolicy,
    /// The number, where it is one.
    pub phone: Option<Phone>,
    /// Whether the shop has a number that is none, and so is no key.
    pub has_invalid_phone: bool,
    /// Where a number without a country code, in the CRM, is taken to be from.
    pub region: Option<String>,
    /// Name and place.
    pub namesake: Option<Namesake>,
}

impl MatchKeys {
    /// What the rules let count of a customer.
    pub fn of(customer: &Customer, rules: &IdentityRules) -> Self {
        let region = region(customer, rules);
        let number = number(customer, region);
        Self {
            aliases: rules.aliases,
            has_invalid_phone: number == Number::Invalid,
            phone: if let (Number::Valid(phone), true) = (number, rules.phone) { Some(phone) } else { None },
            region: region.map(str::to_owned),
            namesake: namesake(customer).filter(|_| rules.composite),
        }
    }
}

#[derive(PartialEq)]
enum Number {
    Valid(Phone),
    Invalid,
    None,
}

/// The customer's own country goes before the shop's.
fn region<'a>(customer: &'a Customer, rules: &'a IdentityRules) -> Option<&'a str> {
    customer.place.country.as_deref().or(rules.default_region.as_deref())
}

fn number(customer: &Customer, region: Option<&str>) -> Number {
    match customer.phone.value().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        Some(text) => Phone::parse(text, region).map_or(Number::Invalid, Number::Valid),
        None => Number::None,
    }
}

fn namesake(customer: &Customer) -> Option<Namesake> {
    let (first, last) = (customer.first_name.value()?, customer.last_name.value()?);
    Namesake::new(first, last, customer.place.postal_code.as_deref()?)
}

impl Desired {
    /// The same, told by what the rules let count. A number that is one is written as it is compared; one that is none
    /// is written as the shop has it.
    pub(crate) fn told_by(mut self, customer: &Customer, rules: &IdentityRules) -> Self {
        self.match_keys = MatchKeys::of(customer, rules);
        if let Some(written) = self.fields.get_mut(&Field::Phone)
            && let Number::Valid(phone) = number(customer, region(customer, rules))
        {
            *written = Value::Text(phone.as_str().to_owned());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::tests::ada;
    use crate::{Rules, Seen, desired};

    fn with_phone(text: &str, country: Option<&str>) -> Customer {
        let mut customer = ada();
        customer.phone = Seen::Known(Some(text.into()));
        customer.place.country = country.map(str::to_owned);
        customer
    }

    fn rules(region: Option<&str>) -> IdentityRules {
        IdentityRules { phone: true, default_region: region.map(str::to_owned), ..IdentityRules::default() }
    }

    fn told(customer: &Customer, rules: &IdentityRules) -> Desired {
        desired(customer, "", &Rules { identity: rules.clone(), ..Rules::default() })
    }

    #[test]
    fn s_211_the_region_is_the_customers_else_the_numbers_else_the_shops() {
        let table = [
            ("044 668 18 00", Some("CH"), Some("DE"), Some("+41446681800")),
            ("030 123456", None, Some("DE"), Some("+4930123456")),
            ("+49 30 123456", None, None, Some("+4930123456")),
            ("+49 30 123456", Some("CH"), Some("US"), Some("+4930123456")),
            ("030 123456", None, None, None),
        ];
        for (text, country, default_region, expected) in table {
            let keys = told(&with_phone(text, country), &rules(default_region)).match_keys;
            assert_eq!(keys.phone.as_ref().map(Phone::as_str), expected, "{text} {country:?}");
            assert_eq!(keys.has_invalid_phone, expected.is_none(), "{text} {country:?}");
        }
    }

    #[test]
    fn s_211_a_number_is_written_as_it_is_compared_and_what_is_none_as_it_is() {
        let written = |text: &str| told(&with_phone(text, Some("CH")), &IdentityRules::default()).fields;
        assert_eq!(written("044 668 18 00")[&Field::Phone], Value::Text("+41446681800".into()));
        assert_eq!(written(" 12 ")[&Field::Phone], Value::Text("12".into()));
        assert!(!told(&ada(), &rules(None)).fields.contains_key(&Field::Phone));
    }

    #[test]
    fn s_216_nothing_counts_that_the_rules_do_not_name() {
        let mut customer = with_phone("+41446681800", None);
        customer.place.postal_code = Some("W1J 7NT".into());
        let keys = MatchKeys::of(&customer, &IdentityRules { phone: false, ..IdentityRules::default() });
        assert_eq!((keys.phone, keys.namesake, keys.has_invalid_phone), (None, None, false));
        let all = IdentityRules { composite: true, ..rules(None) };
        let keys = MatchKeys::of(&customer, &all);
        assert!(keys.phone.is_some());
        assert_eq!(keys.namesake, Namesake::new(" ADA", "lovelace ", "w1j7nt"));
        customer.last_name = Seen::Withheld;
        assert_eq!(MatchKeys::of(&customer, &all).namesake, None, "a part of a name is no name");
    }
}
