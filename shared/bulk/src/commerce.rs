//! What a customer comes to, and its checksum: the canonical form that both halves are hashed in.

use std::fmt;

use domain::{Currency, CustomerId, OrderId};

use crate::amount::Amount;
use crate::sip;

/// The commerce fields of a customer, from all of their orders that were no tests. Both halves make one of these: the
/// shop's from its orders, the CRM's from what its record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commerce {
    /// Whose.
    pub customer: CustomerId,
    /// How many orders.
    pub orders: u64,
    /// What came in less what went back, in the shop's money; none where it was in more than one currency.
    pub spent: Option<Amount>,
    /// The currency of the customer's spend.
    pub currency: Currency,
    /// The order placed last; of two in one second the one with the higher id.
    pub newest: Option<Newest>,
    /// How often money went back.
    pub refunds: u64,
    /// How much went back; none as with the spend.
    pub refunded: Option<Amount>,
}

/// An order, as far as it is a field of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// Which.
    pub id: OrderId,
    /// When it was placed: seconds since 1970, UTC.
    pub processed_at: i64,
    /// The shop's name for it, such as `#1001`.
    pub name: String,
}

/// The key of the checksums. Both halves need the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChecksumKey(pub(crate) [u64; 2]);

impl fmt::Debug for ChecksumKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChecksumKey(..)")
    }
}

impl ChecksumKey {
    /// A key of sixteen bytes.
    pub fn new(key: [u8; 16]) -> Self {
        let key = u128::from_le_bytes(key);
        Self([low(key), low(key >> 64)])
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(bits: u128) -> u64 {
    bits as u64
}

impl Commerce {
    /// The checksum: SipHash-2-4 under `key` over [`Commerce::canonical`].
    pub fn checksum(&self, key: &ChecksumKey) -> u64 {
        let mut form = Vec::with_capacity(128);
        self.canonical(&mut form);
        sip::hash(key.0, &form)
    }

    /// Appends the canonical form (version 1): the fields in this order, whole numbers with their lowest byte first.
    ///
    /// | Field | Bytes |
    /// |---|---|
    /// | version, 1 | 1 |
    /// | customer | 8 |
    /// | orders | 8 |
    /// | currency, three letters | 3 |
    /// | spent: 1 and billionths, or 0 and zeros | 1 + 16, two's complement |
    /// | refunds | 8 |
    /// | refunded, as spent | 1 + 16 |
    /// | newest order: 1, id, seconds, then length and bytes of the name in UTF-8; or 0 | 1 + 8 + 8 + 8 + length, or 1 |
    pub fn canonical(&self, form: &mut Vec<u8>) {
        form.push(1);
        form.extend(self.customer.get().to_le_bytes());
        form.extend(self.orders.to_le_bytes());
        form.extend(self.currency.as_str().as_bytes());
        amount(form, self.spent);
        form.extend(self.refunds.to_le_bytes());
        amount(form, self.refunded);
        form.push(u8::from(self.newest.is_some()));
        if let Some(newest) = &self.newest {
            form.extend(newest.id.get().to_le_bytes());
            form.extend(newest.processed_at.to_le_bytes());
            form.extend((newest.name.len() as u64).to_le_bytes());
            form.extend(newest.name.as_bytes());
        }
    }
}

fn amount(form: &mut Vec<u8>, amount: Option<Amount>) {
    form.push(u8::from(amount.is_some()));
    form.extend(amount.unwrap_or_default().0.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Commerce {
        Commerce {
            customer: CustomerId::new(7),
            orders: 2,
            spent: Amount::parse("30.50"),
            currency: Currency::parse("EUR").unwrap(),
            newest: Some(Newest { id: OrderId::new(9), processed_at: 1_790_000_000, name: "#1001".into() }),
            refunds: 1,
            refunded: Amount::parse("2"),
        }
    }

    #[test]
    fn the_canonical_form_is_what_the_table_says() {
        let mut form = Vec::new();
        ada().canonical(&mut form);
        let hex: Vec<_> = form.iter().map(|byte| format!("{byte:02x}")).collect();
        let expected = [
            "01",
            "0700000000000000",
            "0200000000000000",
            "455552",
            "01",
            "0011f119070000000000000000000000",
            "0100000000000000",
            "01",
            "00943577000000000000000000000000",
            "01",
            "0900000000000000",
            "803bb16a00000000",
            "0500000000000000",
            "2331303031",
        ];
        assert_eq!(hex.concat(), expected.concat());
    }

    #[test]
    fn the_checksum_is_the_same_in_every_run_and_another_one_under_another_key() {
        let key = ChecksumKey::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        // Computed by another implementation, in another language.
        assert_eq!(ada().checksum(&key), 0xc285_c2fd_ecb0_a906);
        assert_ne!(ada().checksum(&key), ada().checksum(&ChecksumKey::new([7; 16])));
    }

    #[test]
    fn every_field_is_in_the_checksum() {
        let key = ChecksumKey::new([7; 16]);
        let mut others = vec![ada(); 9];
        others[0].customer = CustomerId::new(8);
        others[1].orders = 3;
        others[2].spent = Amount::parse("30.51");
        others[3].spent = None;
        others[4].currency = Currency::parse("USD").unwrap();
        others[5].newest = None;
        others[6].refunds = 2;
        others[7].refunded = Amount::parse("2.01");
        others[8].newest = Some(Newest { name: "#1002".into(), ..ada().newest.unwrap() });
        let mut sums: Vec<_> = others.iter().map(|other| other.checksum(&key)).collect();
        sums.push(ada().checksum(&key));
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 10);
    }
}
