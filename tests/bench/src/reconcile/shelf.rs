//! Customers and their orders as a bulk operation tells them: seeded, so that a file is the same in every run.

use std::fmt::{self, Write as _};

use bulk::Told;

const SEED: u64 = 0x00C0_FFEE;
const GIVEN: [&str; 8] = ["Zoë", "Liam", "Olivia", "José", "Mia", "Noah", "Søren", "Emma"];
const FAMILY: [&str; 8] = ["O'Connor", "Müller", "Smith", "García", "Nguyễn", "Ivanov", "Brown", "Lefèvre"];
const TOWNS: [&str; 6] = ["Montréal", "Berlin", "New York", "São Paulo", "Lyon", "Oslo"];
const NOTE: &str = r#""Please leave at the door.\nRing \"twice\"! \u2764""#;

/// What is asked for beside what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// Nothing: the lines of [`bulk::DOCUMENT`].
    Lean,
    /// All that contacts and deals are made from, in the same operation: nine lines in ten are not needed.
    Wide,
}

/// Writes one customer after the other, with three orders on average, and counts what it wrote.
pub(crate) struct Shelf {
    width: Width,
    chance: fastrand::Rng,
    customers: u64,
    written: u64,
    orders: u64,
    told: Told,
}

impl Shelf {
    /// So many customers.
    pub(crate) fn new(width: Width, customers: u64) -> Self {
        let told = Told { objects: 0, roots: 0, bytes: 0 };
        Self { width, chance: fastrand::Rng::with_seed(SEED), customers, written: 0, orders: 0, told }
    }

    /// What a shop would say of what was written so far.
    pub(crate) fn told(&self) -> Told {
        self.told
    }

    /// Appends the next customer with their orders; false when there is none.
    pub(crate) fn next(&mut self, to: &mut String) -> Result<bool, fmt::Error> {
        if self.written == self.customers {
            return Ok(false);
        }
        let (id, before) = (6_000_000_000_000 + self.written * 32_768, to.len());
        // Skewed, as in a shop: many have none or one, a few have a dozen.
        let orders = (self.chance.f64().powi(3) * 14.0).floor();
        let orders = (0..14).take_while(|n| f64::from(*n) < orders).count() as u64;
        self.customer(to, id, orders)?;
        for _ in 0..orders {
            self.order(to, id)?;
        }
        self.written += 1;
        self.told.roots += 1;
        self.told.objects += 1 + orders;
        self.told.bytes += (to.len() - before) as u64;
        Ok(true)
    }

    fn customer(&mut self, to: &mut String, id: u64, orders: u64) -> fmt::Result {
        write!(to, r#"{{"id":"gid:\/\/shopify\/Customer\/{id}","updatedAt":""#)?;
        self.date(to)?;
        write!(to, r#"","numberOfOrders":"{orders}","amountSpent":"#)?;
        self.money(to, 300_000)?;
        if self.width == Width::Wide {
            self.person(to, id)?;
        }
        to.write_str("}\n")
    }

    /// The rest of `infra`'s contact: who they are.
    fn person(&mut self, to: &mut String, id: u64) -> fmt::Result {
        let (given, family) = (self.pick(&GIVEN), self.pick(&FAMILY));
        write!(to, r#","legacyResourceId":"{id}","createdAt":""#)?;
        self.date(to)?;
        write!(
            to,
            r#"","firstName":"{given}","lastName":"{family}","displayName":"{given} {family}","state":"ENABLED""#
        )?;
        write!(
            to,
            r#","locale":"fr-FR","note":null,"tags":["vip","newsletter"],"verifiedEmail":true,"taxExempt":false"#
        )?;
        write!(
            to,
            r#","defaultEmailAddress":{{"emailAddress":"c{id}@example.com","marketingState":"SUBSCRIBED""#
        )?;
        write!(
            to,
            r#","marketingOptInLevel":"SINGLE_OPT_IN","marketingUpdatedAt":null}},"defaultPhoneNumber":null"#
        )?;
        to.write_str(r#","defaultAddress":"#)?;
        self.address(to, given, family)?;
        to.write_str(r#","statistics":{"predictedSpendTier":"HIGH","rfmGroup":"LOYAL"}"#)
    }

    fn order(&mut self, to: &mut String, customer: u64) -> fmt::Result {
        self.orders += 1;
        let id = 5_600_000_000_000 + self.orders * 32_768;
        write!(
            to,
            r##"{{"id":"gid:\/\/shopify\/Order\/{id}","name":"#{}","updatedAt":""##,
            1_000 + self.orders
        )?;
        self.date(to)?;
        to.write_str(r#"","processedAt":""#)?;
        self.date(to)?;
        write!(to, r#"","test":{}"#, self.chance.u8(..) < 3)?;
        if self.width == Width::Wide {
            self.deal(to, id)?;
        }
        to.write_str(r#","netPaymentSet":"#)?;
        self.shop_money(to, 30_000)?;
        self.refunds(to)?;
        write!(to, r#","__parentId":"gid:\/\/shopify\/Customer\/{customer}"}}"#)?;
        to.write_str("\n")
    }

    /// The rest of an order, as far as a deal is made from it, with what one likes to have beside it.
    fn deal(&mut self, to: &mut String, id: u64) -> fmt::Result {
        write!(to, r#","legacyResourceId":"{id}","createdAt":""#)?;
        self.date(to)?;
        let note = if self.chance.u8(..10) == 0 { NOTE } else { "null" };
        write!(
            to,
            r#"","cancelledAt":null,"cancelReason":null,"sourceName":"web","tags":["web"],"note":{note}"#
        )?;
        to.write_str(
            r#","currencyCode":"EUR","displayFinancialStatus":"PAID","displayFulfillmentStatus":"FULFILLED""#,
        )?;
        let (key, token) = (self.chance.u64(..), self.chance.u64(..));
        write!(
            to,
            r#","statusPageUrl":"https:\/\/shop.example.com\/690933842\/orders\/{token:016x}\/authenticate?key={key:016x}""#
        )?;
        for set in
            ["totalPriceSet", "currentTotalPriceSet", "subtotalPriceSet", "totalTaxSet", "totalDiscountsSet"]
        {
            write!(to, r#","{set}":"#)?;
            self.shop_money(to, 30_000)?;
        }
        to.write_str(r#","shippingAddress":"#)?;
        let (given, family) = (self.pick(&GIVEN), self.pick(&FAMILY));
        self.address(to, given, family)
    }

    /// One order in ten has one, one in a hundred two.
    fn refunds(&mut self, to: &mut String) -> fmt::Result {
        let count = match self.chance.u8(..100) {
            0 => 2,
            1..10 => 1,
            _ => 0,
        };
        to.write_str(r#","refunds":["#)?;
        for n in 0..count {
            to.write_str(if n == 0 { "" } else { "," })?;
            to.write_str(r#"{"totalRefundedSet":"#)?;
            self.shop_money(to, 5_000)?;
            to.write_str("}")?;
        }
        to.write_str("]")
    }

    fn shop_money(&mut self, to: &mut String, below: u32) -> fmt::Result {
        to.write_str(r#"{"shopMoney":"#)?;
        self.money(to, below)?;
        to.write_str("}")
    }

    fn money(&mut self, to: &mut String, below: u32) -> fmt::Result {
        let cents = self.chance.u32(..below);
        write!(to, r#"{{"amount":"{}.{:02}","currencyCode":"EUR"}}"#, cents / 100, cents % 100)
    }

    fn address(&mut self, to: &mut String, given: &str, family: &str) -> fmt::Result {
        let (house, zip, town) = (self.chance.u8(1..200), self.chance.u32(10_000..99_999), self.pick(&TOWNS));
        write!(
            to,
            r#"{{"firstName":"{given}","lastName":"{family}","company":null,"address1":"{house} Rue de l’Église""#
        )?;
        write!(
            to,
            r#","address2":null,"city":"{town}","zip":"{zip}","provinceCode":"IDF","countryCodeV2":"FR"}}"#
        )
    }

    fn date(&mut self, to: &mut String) -> fmt::Result {
        let chance = &mut self.chance;
        let (month, day, hour) = (chance.u8(1..=11), chance.u8(1..=28), chance.u8(..24));
        write!(to, "2026-{month:02}-{day:02}T{hour:02}:{:02}:{:02}Z", chance.u8(..60), chance.u8(..60))
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words.get(self.chance.usize(..words.len())).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(width: Width, customers: u64) -> (String, Told) {
        let (mut shelf, mut text) = (Shelf::new(width, customers), String::new());
        while shelf.next(&mut text).expect("a string takes all") {}
        (text, shelf.told())
    }

    #[test]
    fn a_file_is_the_same_in_every_run_and_every_line_is_json() {
        for width in [Width::Lean, Width::Wide] {
            let (text, told) = text(width, 1_000);
            assert_eq!(text, self::text(width, 1_000).0);
            assert_eq!((told.objects, told.bytes), (text.lines().count() as u64, text.len() as u64));
            for line in text.lines() {
                serde_json::from_str::<serde_json::Value>(line).expect("JSON");
            }
            assert!((2_700..=3_500).contains(&(told.objects - told.roots)), "three orders each: {told:?}");
        }
    }
}
