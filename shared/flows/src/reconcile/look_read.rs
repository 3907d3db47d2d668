//! What is read of the candidates, of each side as few calls as their number allows.

use crm::Wanted;
use domain::{ExternalKey, Field, Record, RecordId};
use drift::Candidate;
use shopify::ReadShop as _;
use store::{Budgets, Links, Outbox, Runs};

use super::Run;
use super::halt::Halt;
use super::look::{Seen, Truth};
use super::state::State;

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// The records that carry the keys: one read for those that were listed once or not at all, and one for all others.
    pub(super) async fn records(&self, state: &mut State, some: &[Candidate]) -> Result<Vec<Seen>, Halt> {
        let mut seen: Vec<_> = some.iter().map(|candidate| self.unseen(*candidate)).collect();
        let (doubled, alone) = seen.iter_mut().partition(|one| one.candidate.listed > 1);
        self.alone(state, alone).await?;
        self.doubled(state, doubled).await?;
        Ok(seen)
    }

    fn unseen(&self, candidate: Candidate) -> Seen {
        let key = ExternalKey::new(self.prefix(), candidate.customer);
        Seen { candidate, key, records: vec![], link: None, truth: Truth::Unread, neighbour: None }
    }

    async fn alone(&self, state: &mut State, some: Vec<&mut Seen>) -> Result<(), Halt> {
        if some.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = some.iter().map(|one| one.key.clone()).collect();
        state.report.tally.crm_calls += 1;
        let read = self.engine.crm.read(&keys).await?;
        for (one, record) in some.into_iter().zip(read) {
            one.records = record.into_iter().collect();
        }
        Ok(())
    }

    /// A record may have been listed twice because it changed meanwhile; or there are two, of which a CRM that reads by a unique
    /// key may show one, or refuse to choose.
    async fn doubled(&self, state: &mut State, mut some: Vec<&mut Seen>) -> Result<(), Halt> {
        if some.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = some.iter().map(|one| one.key.clone()).collect();
        state.report.tally.crm_calls += 1;
        let found = self.engine.crm.holders(&keys).await?;
        for (one, found) in some.iter_mut().zip(found) {
            one.records = found;
            if let [_] = one.records[..] {
                one.candidate.listed = 1;
            }
        }
        Ok(())
    }

    /// What the shop says now, and whose record holds the address of those that have none.
    pub(super) async fn truths(&self, state: &mut State, mut some: Vec<&mut Seen>) -> Result<(), Halt> {
        let customers: Vec<_> = some.iter().map(|one| one.candidate.customer).collect();
        if customers.is_empty() {
            return Ok(());
        }
        let (shops, now) = (self.engine.shops, self.now());
        let mut truth = shops.read(self.shop, &customers, &[], now).await?;
        let rules = self.means.rules(self.shop);
        let is_refunded =
            [Field::RefundCount, Field::RefundedAmount].into_iter().any(|field| rules.writes(field));
        let mut refunds =
            if is_refunded { shops.refunds(self.shop, &customers, now).await? } else { [].into() };
        let points = shops.points(self.shop, customers.len(), 0)
            + if is_refunded { shops.refunds_points(customers.len()) } else { 0 };
        state.report.tally.shop_points += u64::from(points);
        state.report.tally.shop_calls += 1 + u64::from(is_refunded);
        for one in &mut some {
            let customer = one.candidate.customer;
            one.truth = match (truth.customers.remove(&customer), refunds.remove(&customer)) {
                (None, _) => Truth::Nobody,
                (Some(Err(_)), _) | (_, Some(Err(_))) => Truth::Unreadable,
                (Some(Ok(mut read)), refunds) => {
                    read.refunds = refunds.and_then(Result::ok).map(|refunds| refunds.refunds);
                    self.wish(&read)
                }
            };
        }
        let mut without: Vec<_> = some.into_iter().filter(|one| one.records.is_empty()).collect();
        for one in &mut without {
            self.merged(state, one).await?;
        }
        without.retain(|one| one.neighbour.is_none());
        self.neighbours(state, without).await
    }

    /// The record that was written last may have gone up in another customer's.
    async fn merged(&self, state: &mut State, one: &mut Seen) -> Result<(), Halt> {
        let Some(link) = &one.link else { return Ok(()) };
        state.report.tally.crm_calls += 1;
        let found = self.engine.crm.follow(&link.record).await?;
        let theirs = |record: &Record| record.key.as_ref().is_some_and(|key| *key != one.key);
        one.neighbour = found.filter(theirs).map(|record| record.id);
        Ok(())
    }

    async fn neighbours(&self, state: &mut State, mut some: Vec<&mut Seen>) -> Result<(), Halt> {
        some.retain(|one| matches!(&one.truth, Truth::Wish(wish, _) if wish.match_email.is_some()));
        if some.is_empty() {
            return Ok(());
        }
        let wanted = |one: &&mut Seen| {
            let email = if let Truth::Wish(wish, _) = &one.truth { wish.match_email.clone() } else { None };
            Wanted { email, ..Wanted::by_key(one.key.clone()) }
        };
        let wanted: Vec<_> = some.iter().map(wanted).collect();
        state.report.tally.crm_calls += 1;
        let found = self.engine.crm.find(&wanted).await?;
        for (one, found) in some.iter_mut().zip(found) {
            let others = found
                .into_iter()
                .filter(|found| found.record.key.as_ref().is_some_and(|key| *key != one.key));
            one.neighbour = others.map(|found| RecordId::clone(&found.record.id)).next();
        }
        Ok(())
    }
}
