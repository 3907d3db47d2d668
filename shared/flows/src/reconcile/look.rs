//! The candidates, a hundred at a time: read again on both sides, judged, and sent to be synced again.

use domain::{CustomerId, CustomerKey, Desired, ExternalKey, Record, RecordId, desired};
use drift::{Candidate, Cause, Difference, Evidence, Linked, Scheme, judge};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use store::{Budgets, Link, Links, Outbox, Runs};

use super::halt::Halt;
use super::read::unreadable;
use super::state::{State, Step};
use super::{Next, Run, repair};

/// What a CRM reads in one call.
const AT_ONCE: usize = 100;
/// How many links are read at a time.
const LINKS_AT_A_TIME: usize = 16;
/// Who changed so lately is on their way: the event comes, or the next night finds them.
const SETTLES: SignedDuration = SignedDuration::from_mins(10);

/// A candidate with what was read of them now.
pub(super) struct Seen {
    pub(super) candidate: Candidate,
    pub(super) key: ExternalKey,
    pub(super) records: Vec<Record>,
    pub(super) link: Option<Link>,
    pub(super) truth: Truth,
    pub(super) neighbour: Option<RecordId>,
}

/// What the shop says of a candidate now.
pub(super) enum Truth {
    /// Nobody asked: it is clear without.
    Unread,
    /// There is no such customer.
    Nobody,
    /// It cannot be read.
    Unreadable,
    /// What the contact should say, and when the customer changed last, UTC.
    Wish(Box<Desired>, Timestamp),
}

/// What came of looking at one.
enum Verdict {
    Alike,
    Settling,
    Unreadable,
    Differs(Difference),
}

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    pub(super) async fn look(&self, state: &mut State, at: usize) -> Result<Next, Halt> {
        let all = Candidate::from_bytes(state.part(0)).ok_or_else(unreadable)?;
        let rest = all.get(at..).unwrap_or_default();
        let some = rest.get(..AT_ONCE.min(rest.len())).unwrap_or_default();
        if some.is_empty() {
            return Ok(Next::End(drift::End::Whole));
        }
        let scheme = self.scheme(state);
        let seen = self.seen(state, some, &scheme).await?;
        let (mut repairs, mut doubled) = (Vec::new(), Vec::new());
        for one in &seen {
            let (customer, verdict) = (one.candidate.customer, self.verdict(one, &scheme));
            if matches!(&verdict, Verdict::Differs(found) if self.merges(state, found)) {
                doubled.push(customer.get());
            } else if note(state, customer, verdict) && !one.is_replayed() {
                repairs.push(customer);
            }
        }
        state.report.tally.looked_at += some.len() as u64;
        repair::send(self.shop, &state.report.run, &repairs, self.engine.outbox, self.now()).await?;
        let at = at + some.len();
        let merge = (!doubled.is_empty()).then_some(Step::Merge { at, customers: doubled });
        Ok(Next::Step(merge.unwrap_or(Step::Look { at })))
    }

    /// Everything that is needed to judge each, in as few calls as that takes: who is alike by now, or was never written,
    /// costs no read of the shop.
    async fn seen(&self, state: &mut State, some: &[Candidate], scheme: &Scheme) -> Result<Vec<Seen>, Halt> {
        let mut seen = self.records(state, some).await?;
        let open: Vec<_> = seen.iter_mut().filter(|one| !one.is_alike(scheme)).collect();
        let open = self.links(open).await?;
        let unclear: Vec<_> = open.into_iter().filter(|one| !one.was_never_written()).collect();
        self.truths(state, unclear).await?;
        Ok(seen)
    }

    async fn links<'s>(&self, open: Vec<&'s mut Seen>) -> Result<Vec<&'s mut Seen>, Halt> {
        let keys: Vec<_> = open.iter().map(|one| self.customer(one.candidate.customer)).collect();
        let read = stream::iter(&keys).map(|key| self.engine.links.link(key)).buffered(LINKS_AT_A_TIME);
        let links: Vec<_> = read.collect().await;
        let mut linked = Vec::with_capacity(open.len());
        for (one, link) in open.into_iter().zip(links) {
            one.link = link?;
            linked.push(one);
        }
        Ok(linked)
    }

    fn verdict(&self, one: &Seen, scheme: &Scheme) -> Verdict {
        if one.is_alike(scheme) {
            return Verdict::Alike;
        }
        let (wish, changed_at) = match &one.truth {
            Truth::Unread => return Verdict::Differs(missing()),
            Truth::Unreadable => return Verdict::Unreadable,
            Truth::Nobody => (None, None),
            Truth::Wish(wish, at) => (Some(wish.as_ref()), Some(*at)),
        };
        let link = one.link.as_ref();
        let linked = link.map(|link| Linked { record: &link.record, written: &link.written });
        let evidence = Evidence { wish, records: &one.records, neighbour: one.neighbour.as_ref(), linked };
        let Some(found) = judge(&evidence, &self.means.fingerprint_key, self.means.rules(self.shop)) else {
            return Verdict::Alike;
        };
        let is_young = changed_at.is_some_and(|at| self.now().duration_since(at) < SETTLES);
        if is_young { Verdict::Settling } else { Verdict::Differs(found) }
    }

    pub(super) fn customer(&self, customer: CustomerId) -> CustomerKey {
        CustomerKey { shop: self.shop.clone(), customer }
    }

    pub(super) fn wish(&self, customer: &domain::Customer) -> Truth {
        let wish = desired(customer, self.prefix(), self.means.rules(self.shop));
        let ordered_at = customer.last_order.as_ref().map(|order| order.processed_at);
        Truth::Wish(Box::new(wish), ordered_at.map_or(customer.updated_at, |at| at.max(customer.updated_at)))
    }
}

impl Seen {
    fn is_alike(&self, scheme: &Scheme) -> bool {
        matches!(&self.records[..], [record] if self.candidate.is_alike(record, scheme))
    }

    /// What died of theirs was sent again, and makes them. Somebody who was there before is synced again in any case: it may
    /// have died long before they were deleted.
    fn is_replayed(&self) -> bool {
        self.candidate.is_replayed && self.was_never_written()
    }

    /// The shop has them, no record carries their key, and nobody remembers one.
    fn was_never_written(&self) -> bool {
        self.candidate.checksum.is_some() && self.records.is_empty() && self.link.is_none()
    }
}

fn missing() -> Difference {
    Difference { cause: Cause::MissingInCrm, fields: vec![], records: vec![] }
}

/// Counts it. Whether the customer is to be synced again.
fn note(state: &mut State, customer: CustomerId, verdict: Verdict) -> bool {
    let tally = &mut state.report.tally;
    match verdict {
        Verdict::Alike => tally.settled += 1,
        Verdict::Settling => tally.settling += 1,
        Verdict::Unreadable => tally.unreadable += 1,
        Verdict::Differs(difference) => return state.report.note(customer.get(), &difference),
    }
    false
}
