//! The CRM's half: what its records come to, in the shop's buckets.

use bulk::Buckets;
use domain::{CustomerId, Record};

use crate::record::commerce;
use crate::scheme::Scheme;

/// What was listed of a CRM so far: eight bytes a record and the buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmHalf {
    pub(crate) buckets: Buckets,
    pub(crate) ids: Vec<u64>,
    /// Records that carry no key of this shop's.
    pub others: u64,
}

impl CrmHalf {
    /// Nobody yet.
    pub fn new(scheme: &Scheme) -> Self {
        Self { buckets: Buckets::new(scheme.buckets), ids: Vec::new(), others: 0 }
    }

    /// Takes a record in. One that comes twice is looked at more closely later, and found to be one.
    pub fn take(&mut self, record: &Record, scheme: &Scheme) {
        let Some(customer) = record.key.as_ref().and_then(|key| scheme.customer(key)) else {
            self.others += 1;
            return;
        };
        let bucket = Buckets::index(customer, scheme.buckets);
        self.buckets.add(bucket, checksum(customer, record, scheme));
        self.ids.push(customer.get());
    }

    /// How many records carry a key of the shop's.
    pub fn records(&self) -> u64 {
        self.ids.len() as u64
    }

    /// At most `most` of the customers that were listed, from the one at `at` on. Who was listed twice is there twice.
    pub fn some(&self, at: usize, most: usize) -> Vec<CustomerId> {
        self.ids.iter().skip(at).take(most).map(|id| CustomerId::new(*id)).collect()
    }

    /// The numbers of the buckets in which the halves differ.
    pub fn differing(&self, shop: &Buckets) -> Vec<u32> {
        shop.differing(&self.buckets)
    }

    /// As bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let buckets = self.buckets.to_bytes();
        let mut bytes = Vec::with_capacity(16 + buckets.len() + self.ids.len() * 8);
        bytes.extend(self.others.to_le_bytes());
        bytes.extend((buckets.len() as u64).to_le_bytes());
        bytes.extend(buckets);
        self.ids.iter().for_each(|id| bytes.extend(id.to_le_bytes()));
        bytes
    }

    /// A half as it was kept; none where these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (others, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (buckets, ids) = rest.split_at_checked(length)?;
        let (ids, []) = ids.as_chunks::<8>() else { return None };
        Some(Self {
            buckets: Buckets::from_bytes(buckets)?,
            ids: ids.iter().map(|id| u64::from_le_bytes(*id)).collect(),
            others: u64::from_le_bytes(*others),
        })
    }
}

/// The checksum of a record, under the key and in the form of the shop's half. One that comes to nothing has none of a
/// customer's.
pub(crate) fn checksum(customer: CustomerId, record: &Record, scheme: &Scheme) -> u64 {
    commerce(customer, record, &scheme.compared).map_or(0, |commerce| commerce.checksum(&scheme.key))
}

#[cfg(test)]
mod tests {
    use domain::ExternalKey;

    use super::*;
    use crate::record::tests::{fields, record};
    use crate::scheme::tests::scheme;

    #[test]
    fn s_190_the_halves_are_alike_where_they_say_the_same_in_any_order() {
        let scheme = scheme("");
        let mut shop = Buckets::new(scheme.buckets);
        let mut crm = CrmHalf::new(&scheme);
        for id in [3, 1, 2_u64] {
            let customer = CustomerId::new(id);
            let mut one = record(fields("5.00"));
            one.key = Some(ExternalKey::new("", customer));
            crm.take(&one, &scheme);
            let said = commerce(customer, &one, &scheme.compared).unwrap();
            shop.add(Buckets::index(customer, scheme.buckets), said.checksum(&scheme.key));
        }
        assert_eq!((crm.differing(&shop), crm.records()), (vec![], 3));
        let mut hand_made = record(fields("5.00"));
        hand_made.key = None;
        crm.take(&hand_made, &scheme);
        assert_eq!((crm.differing(&shop), crm.others), (vec![], 1));
        crm.take(&record(fields("5.00")), &scheme);
        assert_eq!(crm.differing(&shop), [Buckets::index(CustomerId::new(7), scheme.buckets)]);
    }

    #[test]
    fn a_half_that_was_kept_comes_back_and_other_bytes_are_none() {
        let scheme = scheme("");
        let mut half = CrmHalf::new(&scheme);
        half.take(&record(fields("5.00")), &scheme);
        let bytes = half.to_bytes();
        assert_eq!(CrmHalf::from_bytes(&bytes), Some(half));
        assert_eq!(CrmHalf::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(CrmHalf::from_bytes(&[]), None);
    }
}
