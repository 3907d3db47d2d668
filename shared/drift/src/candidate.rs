//! Who is in a bucket that differs, and so is looked at.

use std::collections::{BTreeMap, BTreeSet};

use bulk::{Buckets, Commerce};
use domain::{CustomerId, Record};

use crate::half::{CrmHalf, checksum};
use crate::scheme::Scheme;

/// A customer who may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub customer: CustomerId,
    /// What the shop says, summed up; none where the shop has no such customer.
    pub checksum: Option<u64>,
    /// How often their key was listed in the CRM.
    pub listed: u32,
    /// Whether what died of theirs was sent again by this run.
    pub is_replayed: bool,
}

impl Candidate {
    /// Whether this record says what the shop said, so that there is nothing to look into.
    pub fn is_alike(&self, record: &Record, scheme: &Scheme) -> bool {
        self.listed == 1 && self.checksum == Some(checksum(self.customer, record, scheme))
    }

    /// Whether the shop has them and the CRM listed nobody: who is missing, as far as can be told without another look.
    pub fn is_missing(&self) -> bool {
        self.checksum.is_some() && self.listed == 0
    }

    /// All of them as bytes, to be kept: twenty-one for each.
    pub fn to_bytes(all: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(all.len() * SIZE);
        for Self { customer, checksum, listed, is_replayed } in all {
            bytes.extend(customer.get().to_le_bytes());
            let (has, replayed) = (u8::from(checksum.is_some()) * HAS, u8::from(*is_replayed) * REPLAYED);
            bytes.push(has | replayed);
            bytes.extend(checksum.unwrap_or_default().to_le_bytes());
            bytes.extend(listed.to_le_bytes());
        }
        bytes
    }

    /// Candidates as they were kept; none where these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Vec<Self>> {
        let (all, []) = bytes.as_chunks::<SIZE>() else { return None };
        all.iter().map(Self::read).collect()
    }

    fn read(bytes: &[u8; SIZE]) -> Option<Self> {
        let (customer, rest) = bytes.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let (listed, _) = rest.split_first_chunk()?;
        Some(Self {
            customer: CustomerId::new(u64::from_le_bytes(*customer)),
            checksum: (flags & HAS != 0).then(|| u64::from_le_bytes(*checksum)),
            listed: u32::from_le_bytes(*listed),
            is_replayed: flags & REPLAYED != 0,
        })
    }
}

const SIZE: usize = 8 + 1 + 8 + 4;
const HAS: u8 = 1;
const REPLAYED: u8 = 2;

/// Everybody in these buckets, of both halves, by id. `shop` are the shop's customers in them, one by one.
pub fn candidates(
    shop: &[Commerce],
    crm: &CrmHalf,
    differing: &BTreeSet<u32>,
    scheme: &Scheme,
) -> Vec<Candidate> {
    let is_in = |customer| differing.contains(&Buckets::index(customer, scheme.buckets));
    let mut all: BTreeMap<CustomerId, Candidate> = BTreeMap::new();
    for commerce in shop {
        let (customer, checksum) = (commerce.customer, Some(commerce.checksum(&scheme.key)));
        all.insert(customer, Candidate { customer, checksum, listed: 0, is_replayed: false });
    }
    for customer in crm.ids.iter().map(|id| CustomerId::new(*id)).filter(|id| is_in(*id)) {
        let unheard = Candidate { customer, checksum: None, listed: 0, is_replayed: false };
        all.entry(customer).or_insert(unheard).listed += 1;
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use bulk::Amount;
    use domain::Currency;

    use super::*;
    use crate::record::tests::{fields, record};
    use crate::scheme::tests::scheme;

    fn customer(id: u64) -> Commerce {
        Commerce {
            customer: CustomerId::new(id),
            orders: 0,
            spent: Some(Amount::default()),
            currency: Currency::parse("EUR").unwrap(),
            newest: None,
            refunds: 0,
            refunded: Some(Amount::default()),
        }
    }

    #[test]
    fn everybody_in_a_bucket_that_differs_is_looked_at_and_nobody_else() {
        let scheme = scheme("");
        let mut crm = CrmHalf::new(&scheme);
        crm.take(&record(fields("5.00")), &scheme);
        crm.take(&record(fields("5.00")), &scheme);
        let all: BTreeSet<u32> = (0..scheme.buckets.get()).collect();
        let found = candidates(&[customer(7), customer(8)], &crm, &all, &scheme);
        let listed: Vec<_> = found.iter().map(|one| (one.customer.get(), one.listed)).collect();
        assert_eq!(listed, [(7, 2), (8, 0)]);
        let extra = candidates(&[], &crm, &all, &scheme);
        assert_eq!((extra.len(), extra[0].checksum, extra[0].listed), (1, None, 2));
        assert_eq!(candidates(&[], &crm, &BTreeSet::new(), &scheme), []);
        let mut kept = found;
        kept[0].is_replayed = true;
        assert_eq!(Candidate::from_bytes(&Candidate::to_bytes(&kept)), Some(kept));
        assert_eq!(Candidate::from_bytes(&[1]), None);
    }

    #[test]
    fn a_record_that_says_the_same_is_alike_unless_it_is_not_alone() {
        let (scheme, record) = (scheme(""), record(fields("5.00")));
        let checksum = Some(checksum(CustomerId::new(7), &record, &scheme));
        let one = Candidate { customer: CustomerId::new(7), checksum, listed: 1, is_replayed: false };
        assert!(one.is_alike(&record, &scheme));
        assert!(!Candidate { listed: 2, ..one }.is_alike(&record, &scheme));
        assert!(!Candidate { checksum: None, ..one }.is_alike(&record, &scheme));
    }
}
