//! How both halves are summed up, so that they can be held against each other.

use std::num::NonZeroU32;

use bulk::{ChecksumKey, Compared};
use domain::{CustomerId, ExternalKey};

/// What both halves have to agree on.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// The shop's own prefix of its customers' keys.
    pub prefix: String,
    /// The key of the checksums.
    pub key: ChecksumKey,
    /// What of a customer is compared.
    pub compared: Compared,
    /// How many buckets.
    pub buckets: NonZeroU32,
}

impl Scheme {
    /// The shop's customer whose key this is; none where it is another shop's.
    pub fn customer(&self, key: &ExternalKey) -> Option<CustomerId> {
        let digits = key.as_str().strip_prefix(self.prefix.as_str())?;
        let is_id = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_id).map(CustomerId::new)
    }
}

const FEWEST: u32 = 64;
/// Two and a half megabytes, kept.
const MOST: u32 = 1 << 18;

/// How many buckets for so many customers: about one for each, so that who differs is nearly alone in a bucket.
pub fn bucket_count(customers: u64) -> NonZeroU32 {
    let wanted = u32::try_from(customers).unwrap_or(MOST).min(MOST).next_power_of_two();
    NonZeroU32::new(wanted.clamp(FEWEST, MOST)).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn scheme(prefix: &str) -> Scheme {
        Scheme {
            prefix: prefix.to_owned(),
            key: ChecksumKey::new([7; 16]),
            compared: Compared::default(),
            buckets: bucket_count(10),
        }
    }

    #[test]
    fn a_key_is_the_shops_own_by_its_prefix_and_by_nothing_else() {
        let customer = |prefix: &str, key: &str| scheme(prefix).customer(&ExternalKey::from_crm(key));
        assert_eq!(customer("", "7"), Some(CustomerId::new(7)));
        assert_eq!(customer("a-", "a-7"), Some(CustomerId::new(7)));
        for (prefix, key) in [("a-", "b-7"), ("a-", "7"), ("", "a-7"), ("", ""), ("", "+7"), ("", "x")] {
            assert_eq!(customer(prefix, key), None, "{prefix} {key}");
        }
    }

    #[test]
    fn there_are_about_as_many_buckets_as_customers_within_bounds() {
        let of = |customers| bucket_count(customers).get();
        assert_eq!((of(0), of(1_000), of(100_000)), (64, 1_024, 131_072));
        assert_eq!(of(u64::MAX), 1 << 18);
    }
}
