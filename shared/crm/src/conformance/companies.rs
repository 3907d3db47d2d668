//! A company is one, has its name and all its buyers.

use domain::{Company, ExternalKey, RecordId};
use futures_util::future::join_all;

use super::orders::{contact, order_key};
use super::{MORE_THAN_A_CALL, Stage, Trouble};
use crate::{CompanyOutcome, CompanyWrite, CrmErrorKind, Written};

/// How many make the same company at once.
const RIVALS: usize = 5;

/// A company, as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCompany {
    /// Its key.
    pub key: ExternalKey,
    /// Its name.
    pub name: String,
    /// The records of those who are tied to it, in the order of their ids.
    pub contacts: Vec<RecordId>,
}

/// A stage whose CRM has companies.
pub trait CompaniesStage: Stage {
    /// All companies, in any order.
    fn companies(&self) -> Vec<HeldCompany>;
}

/// What a CRM promises about companies.
pub async fn companies<S: CompaniesStage>() {
    a_company_is_made_once_and_tied(&S::empty(None).await).await;
    the_last_name_counts(&S::empty(None).await).await;
    nobody_is_untied(&S::empty(None).await).await;
    a_company_without_buyers_is_made(&S::empty(None).await).await;
    one_key_in_one_call_is_one_company(&S::empty(None).await).await;
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_taken_in_order(&S::empty(None).await, count).await;
    }
    for trouble in [Trouble::AnswerLost, Trouble::Unavailable, Trouble::RateLimited] {
        a_trouble_can_be_repeated(&S::empty(None).await, trouble).await;
    }
    at_once_makes_one(&S::empty(None).await).await;
    credentials_that_end_amid_it_are_told(&S::empty(None).await).await;
    a_buyer_who_is_gone_is_told_and_the_others_are_tied(&S::empty(None).await).await;
}

fn named(n: usize, name: &str, contacts: &[&RecordId]) -> CompanyWrite {
    let company = Company { key: order_key(n), name: name.to_owned() };
    CompanyWrite { company, contacts: contacts.iter().map(|contact| (*contact).clone()).collect() }
}

pub(super) fn company(n: usize, contacts: &[&RecordId]) -> CompanyWrite {
    named(n, &name(n), contacts)
}

fn name(n: usize) -> String {
    format!("Süßwaren <{n}> & Söhne 😀")
}

async fn write(stage: &impl CompaniesStage, companies: &[CompanyWrite]) -> Vec<CompanyOutcome> {
    let outcomes = stage.crm().write_companies(companies).await;
    assert_eq!(outcomes.len(), companies.len(), "each company has one outcome");
    outcomes
}

async fn one(stage: &impl CompaniesStage, company: CompanyWrite) -> Written {
    made(write(stage, &[company]).await.remove(0))
}

fn made(outcome: CompanyOutcome) -> Written {
    outcome.unwrap_or_else(|error| panic!("a company that can be written was refused: {error}"))
}

fn there(stage: &impl CompaniesStage, n: usize) -> HeldCompany {
    let found = stage.companies().into_iter().find(|company| company.key == order_key(n));
    found.expect("the company is there")
}

async fn a_company_is_made_once_and_tied(stage: &impl CompaniesStage) {
    let contact = contact(stage, 1).await;
    let first = one(stage, company(1, &[&contact])).await;
    let second = one(stage, company(1, &[&contact])).await;
    assert_eq!((first.created, second.created), (true, false), "a company is new once");
    assert_eq!(first.record, second.record, "one key is one company");
    let held = HeldCompany { key: order_key(1), name: name(1), contacts: vec![contact] };
    assert_eq!(stage.companies(), [held], "it has its name, and its buyer once");
}

async fn the_last_name_counts(stage: &impl CompaniesStage) {
    one(stage, named(1, "Before", &[])).await;
    write(stage, &[named(1, "First", &[]), named(2, "Other", &[]), named(1, "Last", &[])]).await;
    assert_eq!((there(stage, 1).name.as_str(), stage.companies().len()), ("Last", 2), "the last name counts");
}

async fn nobody_is_untied(stage: &impl CompaniesStage) {
    let [first, second] = [contact(stage, 1).await, contact(stage, 2).await];
    for buyers in [vec![&first], vec![&second], vec![]] {
        one(stage, company(1, &buyers)).await;
    }
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(there(stage, 1).contacts, both, "who was tied stays tied");
}

async fn a_company_without_buyers_is_made(stage: &impl CompaniesStage) {
    assert!(one(stage, company(1, &[])).await.created, "a company needs no buyers");
    assert_eq!(there(stage, 1).contacts, [], "it has none");
}

async fn one_key_in_one_call_is_one_company(stage: &impl CompaniesStage) {
    let [first, second] = [contact(stage, 1).await, contact(stage, 2).await];
    let writes = [company(1, &[&first]), company(2, &[&first, &second]), company(1, &[&second])];
    let written: Vec<_> = write(stage, &writes).await.into_iter().map(made).collect();
    assert_eq!(written[0].record, written[2].record, "one key is one company");
    assert_eq!((written[0].created, written[2].created), (true, false), "a company is new once");
    let mut both = vec![first, second];
    both.sort();
    assert_eq!([1, 2].map(|n| there(stage, n).contacts), [both.clone(), both], "the buyers of all are tied");
}

async fn any_number_is_taken_in_order(stage: &impl CompaniesStage, count: usize) {
    let [first, second] = [contact(stage, 1).await, contact(stage, 2).await];
    let companies: Vec<_> = (0..count).rev().map(|n| company(n, &[&first, &second])).collect();
    let written: Vec<_> = write(stage, &companies).await.into_iter().map(made).collect();
    assert!(written.iter().all(|written| written.created), "{count} new companies are new");
    assert_eq!(stage.companies().len(), count, "{count} keys make {count} companies");
    assert!(stage.companies().iter().all(|company| company.contacts.len() == 2), "each has its buyers");
    let again: Vec<_> = write(stage, &companies).await.into_iter().map(made).collect();
    let records = |all: Vec<Written>| all.into_iter().map(|written| written.record).collect::<Vec<_>>();
    assert_eq!(records(written), records(again), "outcomes are in the order they were asked");
}

async fn a_trouble_can_be_repeated(stage: &impl CompaniesStage, trouble: Trouble) {
    let contact = contact(stage, 1).await;
    stage.trouble(trouble.clone());
    let told = write(stage, &[company(1, &[&contact])]).await.remove(0);
    let kind = told.expect_err("it is told").kind().clone();
    assert!(trouble.is_told_as(&kind), "{trouble:?} was told as {kind:?}");
    one(stage, company(1, &[&contact])).await;
    assert_eq!(stage.companies().len(), 1, "done again it is one company");
    assert_eq!(there(stage, 1).contacts, [contact], "done again it has its buyer");
}

async fn at_once_makes_one(stage: &impl CompaniesStage) {
    let contact = contact(stage, 1).await;
    let companies = [company(1, &[&contact])];
    let rivals = join_all((0..RIVALS).map(|_| stage.crm().write_companies(&companies))).await;
    let written: Vec<_> = rivals.into_iter().flatten().map(made).collect();
    assert_eq!(written.iter().filter(|one| one.created).count(), 1, "one of many at once makes the company");
    assert!(
        written.iter().all(|one| one.record == written[0].record),
        "all of many at once name one company"
    );
    assert_eq!(
        (stage.companies().len(), there(stage, 1).contacts),
        (1, vec![contact]),
        "it has its buyer once"
    );
}

async fn credentials_that_end_amid_it_are_told(stage: &impl CompaniesStage) {
    let contact = contact(stage, 1).await;
    stage.trouble(Trouble::Expiring);
    let companies: Vec<_> = (0..MORE_THAN_A_CALL).map(|n| company(n, &[&contact])).collect();
    let outcomes = write(stage, &companies).await;
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(!refused.is_empty(), "the rest is refused");
    for error in refused {
        assert_eq!(*error.kind(), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    }
    let written = outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_ok());
    let keys: Vec<_> = written.map(|(n, _)| order_key(n)).collect();
    let held = stage.companies().into_iter().filter(|held| keys.contains(&held.key));
    let tied: Vec<_> = held.map(|held| held.contacts).collect();
    assert_eq!(tied, vec![vec![contact]; keys.len()], "what is told as written is there and has its buyer");
}

async fn a_buyer_who_is_gone_is_told_and_the_others_are_tied(stage: &impl CompaniesStage) {
    let [stays, gone] = [contact(stage, 1).await, contact(stage, 2).await];
    stage.delete(&gone);
    let writes = [company(1, &[&gone, &stays]), company(2, &[&stays]), company(3, &[&gone])];
    let outcomes = write(stage, &writes).await;
    for outcome in [&outcomes[0], &outcomes[2]] {
        let kind = outcome.as_ref().expect_err("there is nobody to tie").kind();
        assert_eq!(*kind, CrmErrorKind::Gone, "a buyer who is gone is told as such");
    }
    assert!(outcomes[1].is_ok(), "a company with all its buyers is written");
    for (n, buyers) in [(1, vec![stays.clone()]), (2, vec![stays]), (3, vec![])] {
        let held = there(stage, n);
        assert_eq!((held.name, held.contacts), (name(n), buyers), "it is there, with those who are there");
    }
}
