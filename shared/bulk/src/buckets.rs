//! Customers put into buckets by id, each bucket with a count and a sum of checksums.

use std::num::NonZeroU32;

use domain::CustomerId;

use crate::record::{self, Taking};

/// One bucket. Two halves that agree have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// How many customers are in it.
    pub customers: u64,
    /// Their checksums, added up without regard to overflow: in any order it is the same, and what is twice shows, which
    /// with exclusive or it would not.
    pub sum: u64,
}

/// All buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets(Vec<Bucket>);

impl Buckets {
    /// So many empty buckets.
    pub fn new(count: NonZeroU32) -> Self {
        Self(vec![Bucket::default(); count.get() as usize])
    }

    /// Which of `count` buckets a customer is in. Ids are steps apart, so they are stirred first (the finish of
    /// `SplitMix64`).
    pub fn index(customer: CustomerId, count: NonZeroU32) -> u32 {
        let mut bits = customer.get();
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        u32::try_from(bits % u64::from(count.get())).unwrap_or_default()
    }

    /// Puts a customer's checksum into bucket `index`; one that is not there takes nothing.
    pub fn add(&mut self, index: u32, checksum: u64) {
        if let Some(bucket) = self.0.get_mut(index as usize) {
            bucket.customers += 1;
            bucket.sum = bucket.sum.wrapping_add(checksum);
        }
    }

    /// Puts in what is in the same buckets of another part of the same half.
    pub fn join(&mut self, other: &Self) {
        for (bucket, other) in self.0.iter_mut().zip(&other.0) {
            bucket.customers += other.customers;
            bucket.sum = bucket.sum.wrapping_add(other.sum);
        }
    }

    /// The numbers of the buckets that are not the same in both halves. All, where they are not as many.
    pub fn differing(&self, other: &Self) -> Vec<u32> {
        let alike = self.0.len() == other.0.len();
        let theirs = |index: usize| other.0.get(index).filter(|_| alike);
        let differs = |(index, bucket): (usize, &Bucket)| (theirs(index) != Some(bucket)).then_some(index);
        self.0.iter().enumerate().filter_map(differs).filter_map(|index| u32::try_from(index).ok()).collect()
    }

    /// The buckets, by number.
    pub fn all(&self) -> &[Bucket] {
        &self.0
    }

    /// As bytes, to be kept: nine or ten for each bucket.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 10);
        self.write(&mut bytes);
        bytes
    }

    /// Buckets as they were kept; none where these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = Taking::of(bytes);
        Self::read(&mut from).filter(|_| from.is_empty())
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        record::number(to, self.0.len() as u64);
        for bucket in &self.0 {
            record::number(to, bucket.customers);
            to.extend(bucket.sum.to_le_bytes());
        }
    }

    pub(crate) fn read(from: &mut Taking<'_>) -> Option<Self> {
        from.list(|from| Some(Bucket { customers: from.number()?, sum: u64::from_le_bytes(from.array()?) }))
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(count: u32) -> NonZeroU32 {
        NonZeroU32::new(count).unwrap()
    }

    #[test]
    fn ids_that_are_steps_apart_fill_all_buckets() {
        let mut buckets = Buckets::new(count(64));
        for step in 0..64_000 {
            buckets.add(Buckets::index(CustomerId::new(6_000_000_000_000 + step * 32_768), count(64)), 1);
        }
        let filled = |bucket: &Bucket| (800..1_200).contains(&bucket.customers);
        assert!(buckets.all().iter().all(filled), "{:?}", buckets.all());
    }

    #[test]
    fn the_order_does_not_matter_and_parts_join() {
        let (mut forth, mut back) = (Buckets::new(count(4)), Buckets::new(count(4)));
        let (mut one, mut other) = (Buckets::new(count(4)), Buckets::new(count(4)));
        for n in 0..100_u32 {
            forth.add(n % 4, (u64::MAX / 3).wrapping_mul(u64::from(n)));
            back.add((99 - n) % 4, (u64::MAX / 3).wrapping_mul(u64::from(99 - n)));
            if n < 30 { &mut one } else { &mut other }.add(n % 4, (u64::MAX / 3).wrapping_mul(u64::from(n)));
        }
        one.join(&other);
        assert_eq!((&forth, &forth), (&back, &one));
        assert_eq!(forth.differing(&back), Vec::<u32>::new());
    }

    #[test]
    fn buckets_that_were_kept_come_back_and_other_bytes_are_none() {
        let mut kept = Buckets::new(count(3));
        kept.add(1, u64::MAX);
        let bytes = kept.to_bytes();
        assert_eq!(Buckets::from_bytes(&bytes), Some(kept));
        assert_eq!(Buckets::from_bytes(&bytes[1..]), None);
    }

    #[test]
    fn a_bucket_differs_by_its_sum_or_its_count() {
        let (mut one, mut other) = (Buckets::new(count(4)), Buckets::new(count(4)));
        one.add(1, 5);
        other.add(1, 6);
        one.add(3, 0);
        assert_eq!(one.differing(&other), [1, 3]);
        assert_eq!(one.differing(&Buckets::new(count(5))), [0, 1, 2, 3]);
    }
}
