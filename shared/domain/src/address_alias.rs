//! Which addresses are one person's.

use crate::AliasPolicy;

/// Both are one mailbox provider, and it ignores dots before the `@`
/// (support.google.com/mail/answer/7436150, support.google.com/mail/answer/10313).
const IGNORE_DOTS: [&str; 2] = ["gmail.com", "googlemail.com"];

impl AliasPolicy {
    /// The plain form of an address: two addresses are one person's where their plain forms are equal. A text that is no
    /// address is its own plain form.
    pub fn plain(self, address: &str) -> String {
        let address = address.trim().to_lowercase();
        let Some((local, domain)) = address.rsplit_once('@') else { return address };
        let local = if self == Self::Exact { local } else { before_plus(local) };
        if self == Self::PlusAndDots && IGNORE_DOTS.contains(&domain) {
            return format!("{}@gmail.com", local.replace('.', ""));
        }
        format!("{local}@{domain}")
    }

    /// The addresses under which a record may be kept that is not kept under `address` itself: the plain form of it, at
    /// each name of its provider. Those with another word behind the `+`, or with other dots, cannot be listed.
    pub fn others(self, address: &str) -> Vec<String> {
        let (exact, plain) = (Self::Exact.plain(address), self.plain(address));
        let mut others = vec![plain.clone()];
        if let Some((local, domain)) = plain.rsplit_once('@')
            && self == Self::PlusAndDots
            && IGNORE_DOTS.contains(&domain)
        {
            others.extend(IGNORE_DOTS.map(|domain| format!("{local}@{domain}")));
            others.dedup();
        }
        others.retain(|other| *other != exact);
        others
    }
}

/// What begins with a `+` has no part before it, and stays as it is.
fn before_plus(local: &str) -> &str {
    match local.split_once('+') {
        Some((before, _)) if !before.is_empty() => before,
        _ => local,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::AliasPolicy::{Exact, Plus, PlusAndDots};
    use super::*;

    const ALL: [AliasPolicy; 3] = [Exact, Plus, PlusAndDots];

    #[test]
    fn s_049_what_one_person_is_is_the_policys() {
        let table = [
            ("Ada@Example.com ", "ada@example.com", &ALL[..]),
            ("ada+shop@example.com", "ada@example.com", &ALL[1..]),
            ("ada+a+b@example.com", "ada+c@example.com", &ALL[1..]),
            ("a.da@gmail.com", "ada@gmail.com", &ALL[2..]),
            ("a.d.a+x@googlemail.com", "ada@gmail.com", &ALL[2..]),
            ("a.da@example.com", "ada@example.com", &[]),
            ("+ada@example.com", "+bob@example.com", &[]),
            ("ada@example.com", "ada@example.org", &[]),
        ];
        for (one, other, one_for) in table {
            for policy in ALL {
                let is_one = policy.plain(one) == policy.plain(other);
                assert_eq!(is_one, one_for.contains(&policy), "{one} and {other} by {policy:?}");
            }
        }
    }

    #[test]
    fn s_049_other_addresses_to_ask_for_are_few() {
        assert_eq!(Exact.others("Ada+x@Example.com"), Vec::<String>::new());
        assert_eq!(Plus.others("ada@example.com"), Vec::<String>::new());
        assert_eq!(Plus.others("Ada+x@Example.com"), ["ada@example.com"]);
        assert_eq!(PlusAndDots.others("a.da@gmail.com"), ["ada@gmail.com", "ada@googlemail.com"]);
        assert_eq!(PlusAndDots.others("ada@gmail.com"), ["ada@googlemail.com"]);
    }

    proptest! {
        #[test]
        fn a_plain_form_is_plain_and_others_are_the_same_person(address in "[a-zA-Z.+@]{0,12}@(gmail|x)\\.com") {
            for policy in ALL {
                let plain = policy.plain(&address);
                prop_assert_eq!(policy.plain(&plain), plain.clone());
                for other in policy.others(&address) {
                    prop_assert_eq!(policy.plain(&other), plain.clone());
                }
            }
        }
    }
}
