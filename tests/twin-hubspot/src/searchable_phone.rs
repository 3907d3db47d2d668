//! What the search index knows of a number: area code and local number, without the country code.

/// Country codes of one and of two digits (ITU-T E.164, list of assigned codes); all others have three.
const ONE: [&str; 2] = ["1", "7"];
const TWO: [&str; 43] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
    "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
    "82", "84", "86", "90", "91", "92", "93", "94", "95",
];

/// The digits of `phone`; empty where it has none.
pub(crate) fn searchable(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if !phone.trim_start().starts_with('+') {
        return digits.trim_start_matches('0').to_owned();
    }
    let begins = |codes: &[&str]| codes.iter().any(|code| digits.starts_with(code));
    let code = if begins(&ONE) {
        1
    } else if begins(&TWO) {
        2
    } else {
        3
    };
    digits.get(code..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::searchable;

    #[test]
    fn the_country_code_and_what_dials_out_are_left_aside() {
        let table = [
            ("+41 44 668 18 00", "446681800"),
            ("+1 (202) 555-0173", "2025550173"),
            ("+353 1 234 5678", "12345678"),
            ("044 668 18 00", "446681800"),
            ("none", ""),
            ("+", ""),
        ];
        for (phone, digits) in table {
            assert_eq!(searchable(phone), digits, "{phone}");
        }
    }
}
