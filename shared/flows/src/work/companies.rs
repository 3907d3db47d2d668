//! Companies that buy: those of the customers that were just written, and those that changed by themselves.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CompanyWrite, Crm, Written};
use domain::{Buyer, Company, CompanyId, ExternalKey, Field, Freshness, RecordId, ShopDomain, Subject};
use jiff::Timestamp;
use shopify::Companies;

use super::commit::{End, Ended};
use super::matter::Matter;
use super::observe::Sight;
use super::settle::{Truths, truth};
use super::together::together;
use super::write::Errand;
use super::{Outcome, Settled, Terms, World, read};
use crate::failure::Failure;

const GONE: &str = "a company that is not in the shop any more stays in the CRM";
const UNWRITTEN: &str = "the manifest writes no companies";

/// What went wrong with the companies of customers, by the matter's place in the batch. The contacts are right all the
/// same.
#[derive(Default)]
pub(super) struct Buying {
    failures: BTreeMap<usize, Failure>,
}

/// Writes the companies of those customers in whose contact the companies just changed (S-029, S-030). Where that is
/// nobody, no call is made.
pub(super) async fn write<I, L, P, R>(
    matters: &[Matter<'_>],
    errands: &[Errand],
    truths: &Truths,
    world: &World<'_, I, L, P, R>,
) -> Buying {
    let mut wishes: BTreeMap<ExternalKey, (CompanyWrite, BTreeSet<usize>)> = BTreeMap::new();
    for (matter, errand) in matters.iter().zip(errands) {
        let prefix = world.shops.key_prefix(&matter.group.customer.shop);
        let Some(record) = buys(errand) else { continue };
        for buyer in buyers(matter, truths) {
            let company = company(buyer.company, &buyer.name, prefix);
            let empty = || (CompanyWrite { company: company.clone(), contacts: vec![] }, BTreeSet::new());
            let (write, indexes) = wishes.entry(company.key.clone()).or_insert_with(empty);
            write.contacts.push(record.clone());
            indexes.insert(matter.index);
        }
    }
    let (writes, whose): (Vec<_>, Vec<_>) = wishes.into_values().unzip();
    let mut buying = Buying::default();
    for (outcome, indexes) in send(&writes, world.crm).await.into_iter().zip(whose) {
        if let Err(failure) = outcome {
            buying.failures.extend(indexes.into_iter().map(|index| (index, failure.clone())));
        }
    }
    buying
}

/// The record of a customer whose companies the CRM has to be told: they changed, or it is not remembered that it was told.
fn buys(errand: &Errand) -> Option<&RecordId> {
    let is_remembered = matches!(errand.sight, Some(Sight::Remembered(_))) && !errand.in_doubt;
    match errand.verdict.as_ref()?.as_ref().ok()? {
        Outcome::Written { record, fields, .. } if fields.contains(&Field::Companies) => Some(record),
        Outcome::Written { record, .. } | Outcome::AlreadyTrue { record } if !is_remembered => Some(record),
        _ => None,
    }
}

fn buyers<'t>(matter: &Matter<'_>, truths: &'t Truths) -> &'t [Buyer] {
    let customer = truth(matter, truths)
        .and_then(|truth| truth.customers.get(&matter.group.customer.customer)?.as_ref().ok());
    customer.and_then(|customer| customer.companies.as_deref()).unwrap_or_default()
}

fn company(id: CompanyId, name: &str, prefix: &str) -> Company {
    Company { key: ExternalKey::of_company(prefix, id), name: name.trim().to_owned() }
}

async fn send(writes: &[CompanyWrite], crm: &dyn Crm) -> Vec<Result<Written, Failure>> {
    together(writes, async |some: &[CompanyWrite]| {
        let outcomes = crm.write_companies(some).await;
        outcomes.into_iter().map(|outcome| outcome.map_err(Failure::from)).collect()
    })
    .await
}

impl Buying {
    /// All of a customer's deliveries fail for a company that could not be written. The contact is written anew the next
    /// time, so the company is too, and a contact that is gone is found out about.
    pub(super) fn told<'a>(&self, mut ended: Ended<'a>) -> Ended<'a> {
        let Some(failure) = self.failures.get(&ended.matter.index) else { return ended };
        for verdict in ended.verdicts.iter_mut().filter(|verdict| verdict.is_ok()) {
            *verdict = Err(failure.clone());
        }
        if matches!(ended.end, End::Keep(_)) {
            ended.end = End::Abandon;
        }
        ended
    }
}

/// Companies that a delivery names by themselves: each is read and written, with nobody to be tied (S-029).
pub(super) async fn named<I: Sync, L: Sync, P: Sync, R: Sync>(
    mut settled: Vec<Settled>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Settled> {
    let now = (world.clock)();
    let mut asked: BTreeMap<ShopDomain, BTreeSet<CompanyId>> = BTreeMap::new();
    for (case, _) in &settled {
        if let Subject::Company { id, .. } = case.event.subject
            && terms.rules.of(&case.event.shop).writes(Field::Companies)
        {
            asked.entry(case.event.shop.clone()).or_default().insert(id);
        }
    }
    let mut all = BTreeMap::new();
    for (shop, companies) in asked {
        let companies = Vec::from_iter(companies);
        let found = read(world.shops.companies(&shop, &companies, now)).await;
        all.insert(shop, found);
    }
    let (mut verdicts, mut writes) = (Vec::new(), Vec::new());
    for (case, verdict) in &mut settled {
        let Subject::Company { id, .. } = case.event.subject else { continue };
        let prefix = world.shops.key_prefix(&case.event.shop);
        match all.get(&case.event.shop).map(|read| name(case, id, read, now)) {
            Some(Ok(Some(name))) => {
                writes.push(CompanyWrite { company: company(id, &name, prefix), contacts: vec![] });
                verdicts.push(verdict);
            }
            Some(Ok(None)) => *verdict = Ok(Outcome::Nothing { why: GONE }),
            Some(Err(failure)) => *verdict = Err(failure),
            None => *verdict = Ok(Outcome::Nothing { why: UNWRITTEN }),
        }
    }
    for (verdict, outcome) in verdicts.into_iter().zip(send(&writes, world.crm).await) {
        *verdict = outcome.map(|Written { record, created }| Outcome::CompanyWritten { record, created });
    }
    settled
}

/// Its name as it is now; none where it is gone. A read that is older than the delivery is a replica's that lags.
fn name(
    case: &super::Case,
    id: CompanyId,
    read: &Result<Companies, Failure>,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    let company = read.as_ref().map_err(Failure::clone)?.get(&id);
    let company = company.map(Result::as_ref).transpose().map_err(Failure::unreadable)?;
    match case.event.mention().freshness(company.map(|company| company.updated_at), now) {
        Freshness::Stale | Freshness::Missing => Err(Failure::StaleRead),
        Freshness::Fresh | Freshness::Gone => Ok(company.map(|company| company.name.clone())),
    }
}
