//! Phone numbers as they are compared: E.164, or no key at all (S-211).

use std::fmt;

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

/// A number that can be dialled from everywhere, such as `+41446681800` (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    e164: String,
    /// The country code's digits, behind the `+`.
    code: usize,
}

impl Phone {
    /// Reads a number in any of its spellings. `region` (ISO 3166, two capital letters) is where a number without a
    /// country code is from; one with its own `+` needs none.
    ///
    /// Refused is what its country's numbering plan does not know, and what has letters in it: an extension is a desk
    /// and not a person's number.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self, InvalidPhone> {
        let refused = || InvalidPhone::new(text, region);
        if text.chars().any(char::is_alphabetic) {
            return Err(refused());
        }
        let region = region.and_then(known);
        let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| refused())?;
        if number.is_valid() { Self::of(&number).ok_or_else(refused) } else { Err(refused()) }
    }

    /// A valid number may still have an extension.
    fn of(number: &PhoneNumber) -> Option<Self> {
        let e164 = number.format_as(PhoneNumberFormat::E164).to_string();
        let code = number.country_code.to_string().len();
        let is_plain = number.extension.as_ref().is_none_or(String::is_empty);
        let has_digits = e164.len() > code + 1 && e164.starts_with('+');
        (is_plain && has_digits).then_some(Self { e164, code })
    }

    /// The number, such as `+41446681800`.
    pub fn as_str(&self) -> &str {
        &self.e164
    }

    /// The digits behind the country code, such as `446681800`.
    pub fn national(&self) -> &str {
        self.e164.get(self.code + 1..).unwrap_or_default()
    }
}

fn known(region: &str) -> Option<Region> {
    let is_code = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { region.parse().ok() } else { None }
}

/// A text that is no phone number: tells its shape and never its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPhone {
    digits: usize,
    has_region: bool,
}

impl InvalidPhone {
    fn new(text: &str, region: Option<&str>) -> Self {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        Self { digits, has_region: region.is_some() || text.trim_start().starts_with('+') }
    }
}

impl fmt::Display for InvalidPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = if self.has_region {
            "correct it in the shop, or write it with its country code, such as +41446681800"
        } else {
            "write it with its country code, such as +41446681800, or set the default region"
        };
        write!(f, "not a phone number ({} digits): {why}", self.digits)
    }
}

impl std::error::Error for InvalidPhone {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn e164(text: &str, region: Option<&str>) -> Option<String> {
        Phone::parse(text, region).ok().map(|phone| phone.as_str().to_owned())
    }

    #[test]
    fn s_211_one_number_is_one_key_in_each_of_its_spellings() {
        let spellings =
            ["+41 44 668 18 00", "044 668 18 00", "+41446681800", "0041 (0)44 668-18-00", " 044/668.18.00 "];
        for text in spellings {
            assert_eq!(e164(text, Some("CH")).as_deref(), Some("+41446681800"), "{text}");
        }
        assert_eq!(Phone::parse("+41446681800", None).unwrap().national(), "446681800");
    }

    #[test]
    fn s_211_the_region_decides_whose_number_it_is_and_a_plus_overrules_it() {
        assert_eq!(e164("030 123456", Some("DE")).as_deref(), Some("+4930123456"));
        assert_eq!(e164("(202) 555-0173", Some("US")).as_deref(), Some("+12025550173"));
        assert_eq!(e164("+49 30 123456", Some("US")).as_deref(), Some("+4930123456"));
        assert_eq!(e164("06 1234 5678", Some("IT")).as_deref(), Some("+390612345678"), "its zero is dialled");
    }

    #[test]
    fn s_211_what_no_numbering_plan_knows_is_no_key() {
        let table = [
            ("030 123456", None),
            ("030 123456", Some("XX")),
            ("030 123456", Some("Germany")),
            ("+15550100", None),
            ("+44 20 7183 8750 ext. 3", None),
            ("0800-FLOWERS", Some("US")),
            ("12", Some("DE")),
            ("+", None),
            ("", Some("DE")),
        ];
        for (text, region) in table {
            assert_eq!(e164(text, region), None, "{text:?} in {region:?}");
        }
    }

    #[test]
    fn an_error_tells_the_shape_and_the_mend_and_never_the_digits() {
        let refused = Phone::parse("030 123456", None).unwrap_err().to_string();
        assert!(refused.contains("9 digits") && refused.contains("default region"), "{refused}");
        assert!(!refused.contains("123456"), "{refused}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_that_reads_the_same_again_or_none(text in "\\PC{0,24}", region in "[A-Z]{2}") {
            if let Ok(phone) = Phone::parse(&text, Some(&region)) {
                prop_assert_eq!(Phone::parse(phone.as_str(), None), Ok(phone.clone()));
                prop_assert!(phone.national().bytes().all(|byte| byte.is_ascii_digit()));
            }
        }

        #[test]
        fn any_digits_are_a_number_that_reads_the_same_again_or_none(text in "\\+?[0-9 ()-]{4,18}") {
            if let Ok(phone) = Phone::parse(&text, Some("GB")) {
                prop_assert_eq!(Phone::parse(phone.as_str(), Some("US")), Ok(phone));
            }
        }
    }
}
