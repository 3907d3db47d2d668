//! What no figure tells: a link that is gone, and rules that say something else by now.
//!
//! A contact whose figures are right may have lost its link; a seventh of all is looked at each night, so each once a week. A
//! label that a rule would give it now shows in no figure either, so when the rules change everybody is synced again once,
//! and with that is due when the new rules say (a signal that changes by time alone reaches who never has another event).

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use bulk::Buckets;
use domain::CustomerId;
use drift::{Cause, CrmHalf, Difference, End, Purpose, Report};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use store::{Budgets, Links, Outbox, Runs};

use super::halt::Halt;
use super::read::unreadable;
use super::state::{State, Step};
use super::{Next, Run, repair};
use crate::failure::Failure;

/// So many between two checkpoints.
const AT_ONCE: usize = 5_000;
/// So many are synced again between two ticks of the schedule: what webhooks bring waits behind them in the workers' queue, and
/// a CRM that takes ten calls a second is done with so many in half a minute.
const REFRESHED_AT_ONCE: usize = 10_000;
/// So many links are read at a time.
const LINKS_AT_A_TIME: usize = 16;
/// Each link is looked for once in so many nights.
const NIGHTS: NonZeroU32 = NonZeroU32::new(7).unwrap();

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// Both halves are there.
    pub(super) async fn listed(
        &self,
        state: &mut State,
        bulk: String,
        shop: &Buckets,
        half: &CrmHalf,
    ) -> Result<Next, Halt> {
        let tally = &mut state.report.tally;
        (tally.crm_records, tally.other_records, tally.differing_buckets) =
            (half.records(), half.others, half.differing(shop).len() as u64);
        let mark = self.means.rules(self.shop).mark(&self.means.fingerprint_key);
        let (rules, waited) = self.before().await?.map(|before| (before.rules, before.waiting)).unzip();
        (state.report.rules, state.report.waited) =
            (Some(mark.as_str().to_owned()), waited.unwrap_or_default());
        let refreshes = rules.is_some_and(|rules| rules != state.report.rules);
        state.set_body(vec![shop.to_bytes(), half.to_bytes()]);
        Ok(Next::Step(Step::Sweep { bulk, at: 0, refreshes }))
    }

    /// The last whole run that compared everybody and knows by which rules; none before the first.
    async fn before(&self) -> Result<Option<Report>, Failure> {
        let kept = self.engine.runs.reports(self.shop).await?;
        let reports = kept.iter().filter_map(|text| serde_json::from_str::<Report>(text).ok());
        let mut whole = reports.filter(|report| report.is_whole() && !report.dry_run);
        Ok(whole.find(|report| report.rules.is_some()))
    }

    pub(super) async fn sweep(
        &self,
        state: &mut State,
        bulk: String,
        at: usize,
        refreshes: bool,
    ) -> Result<Next, Halt> {
        let shop = Buckets::from_bytes(state.part(0)).ok_or_else(unreadable)?;
        let half = CrmHalf::from_bytes(state.part(1)).ok_or_else(unreadable)?;
        let differing: BTreeSet<u32> = half.differing(&shop).into_iter().collect();
        let most = if refreshes { REFRESHED_AT_ONCE } else { AT_ONCE };
        let some = half.some(at, most);
        if some.is_empty() {
            let next =
                if differing.is_empty() { Next::End(End::Whole) } else { Next::Step(Step::Find { bulk }) };
            return Ok(next);
        }
        let buckets = self.scheme(state).buckets;
        // Of the others it is found out one by one why they differ.
        let is_alike = |customer: &CustomerId| !differing.contains(&Buckets::index(*customer, buckets));
        let repairs = if refreshes {
            refreshed(state, &some)
        } else {
            let alike: Vec<_> = some.iter().copied().filter(is_alike).collect();
            self.unlinked(state, &alike).await?
        };
        repair::send(self.shop, &state.report.run, &repairs, self.engine.outbox, self.now()).await?;
        let next = Step::Sweep { bulk, at: at + some.len(), refreshes };
        if refreshes && some.len() == most && !state.report.dry_run {
            state.step = next;
            return Ok(Next::Later);
        }
        Ok(Next::Step(next))
    }

    /// Of those whose turn it is, who has no link.
    async fn unlinked(&self, state: &mut State, some: &[CustomerId]) -> Result<Vec<CustomerId>, Halt> {
        let (begun_at, is_all) = (state.report.started_at, state.report.purpose == Purpose::Import);
        let turn = some.iter().copied().filter(|customer| is_all || is_turn(*customer, begun_at));
        let turn: Vec<_> = turn.collect();
        let keys: Vec<_> = turn.iter().map(|customer| self.customer(*customer)).collect();
        let read = stream::iter(&keys).map(|key| self.engine.links.link(key)).buffered(LINKS_AT_A_TIME);
        let links: Vec<_> = read.collect().await;
        state.report.tally.links += turn.len() as u64;
        let mut unlinked = Vec::new();
        for (customer, link) in turn.into_iter().zip(links) {
            let lost = Difference { cause: Cause::MissingLink, fields: vec![], records: vec![] };
            if link?.is_none() && state.report.note(customer.get(), &lost) {
                unlinked.push(customer);
            }
        }
        Ok(unlinked)
    }
}

fn is_turn(customer: CustomerId, begun_at: Timestamp) -> bool {
    let night = begun_at.as_second().div_euclid(24 * 60 * 60).rem_euclid(NIGHTS.get().into());
    i64::from(Buckets::index(customer, NIGHTS)) == night
}

/// Everybody of them. In a dry run they are counted, and nobody is synced.
fn refreshed(state: &mut State, some: &[CustomerId]) -> Vec<CustomerId> {
    state.report.tally.refreshed += some.len() as u64;
    if state.report.dry_run { vec![] } else { some.to_vec() }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn s_192_each_link_has_its_turn_once_in_seven_nights_and_the_nights_are_alike() {
        let begun_at: Timestamp = "2026-11-25T03:15:00Z".parse().unwrap();
        let nights: Vec<_> = (0..7).map(|day| begun_at + SignedDuration::from_hours(24 * day)).collect();
        let customers = (0..7_000u64).map(|n| CustomerId::new(6_000_000_000_000 + n * 32_768));
        let mut by_night = [0; 7];
        for customer in customers {
            let turns: Vec<_> = (0..7).filter(|night| is_turn(customer, nights[*night])).collect();
            let [night] = turns[..] else { panic!("{customer} has its turn in the nights {turns:?}") };
            by_night[night] += 1;
        }
        assert!(by_night.iter().all(|count| (900..1_100).contains(count)), "{by_night:?}");
    }
}
