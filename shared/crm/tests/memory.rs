//! The in-memory CRM keeps the contract, and breaks it only when it is told to.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

use std::collections::BTreeMap;

use crm::conformance::{
    self, CompaniesStage, HeldCompany, HeldDeal, HeldNote, HeldTask, OrdersStage, Stage, TasksStage, Trouble,
};
use crm::memory::{Calls, Fault, MemoryCrm, Operation};
use crm::{Crm, CrmErrorKind, Cursor, DealSpan, Wanted};
use domain::{ExternalKey, Field, Record, RecordId, Value, Write};
use jiff::Timestamp;

impl Stage for InMemory {
    const LONGEST: usize = 65_536;

    async fn empty(missing: Option<Field>) -> Self {
        let crm = MemoryCrm::default();
        if let Some(field) = missing {
            crm.remove_field(field);
        }
        Self(crm)
    }
    fn crm(&self) -> &dyn Crm {
        &self.0
    }
    fn has(&self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId {
        self.0.rep_creates(fields, further_emails)
    }
    fn lives_at(&self, record: &RecordId, postal_code: &str) {
        assert!(self.0.rep_notes_postal_code(record, postal_code), "there is such a record");
    }
    fn delete(&self, record: &RecordId) {
        assert!(self.0.delete(record), "there is such a record");
    }
    fn merge(&self, primary: &RecordId, other: &RecordId) -> RecordId {
        self.0.merge(primary, other).expect("both are there")
    }
    fn doubles(&self, record: &RecordId) -> Option<RecordId> {
        let double = self.0.record(record).expect("there is such a record");
        Some(self.0.rep_creates(&double.fields, &[]))
    }
    fn records(&self) -> Vec<Record> {
        self.0.records()
    }
    fn calls(&self) -> usize {
        let Calls { find, apply, read, fetch, holders, merge, page, .. } = self.0.calls();
        let Calls { write_deals, count_deals, write_notes, write_tasks, write_companies, .. } =
            self.0.calls();
        let beside = write_deals + count_deals + write_notes + write_tasks + write_companies;
        [find, apply, read, fetch, holders, merge, page, beside].iter().sum()
    }
    fn trouble(&self, trouble: Trouble) {
        let refuse = Fault::refuse;
        let all_day = |kind: CrmErrorKind| Fault::refuse(kind).times(usize::MAX);
        self.0.fail(match trouble {
            Trouble::RateLimited => refuse(CrmErrorKind::RateLimited { retry_after: None }),
            Trouble::QuotaUsedUp => refuse(CrmErrorKind::QuotaUsedUp { retry_after: None }),
            Trouble::Unavailable => refuse(CrmErrorKind::Unavailable),
            Trouble::AnswerLost => Fault::lose_answer(),
            Trouble::Unauthorized => all_day(CrmErrorKind::Unauthorized),
            Trouble::Expiring => all_day(CrmErrorKind::Unauthorized).sparing(100),
            Trouble::Rejected(key) => refuse(CrmErrorKind::Rejected { field: None }).on(key),
            Trouble::Unmentioned(key) => refuse(CrmErrorKind::Unanswered).on(key),
        });
    }
}

impl OrdersStage for InMemory {
    fn deals(&self) -> Vec<HeldDeal> {
        self.0.deals()
    }
    fn notes(&self) -> Vec<HeldNote> {
        self.0.notes()
    }
    fn settle(&self) {}
}

impl TasksStage for InMemory {
    fn tasks(&self) -> Vec<HeldTask> {
        self.0.tasks()
    }
    fn closes(&self, task: &RecordId) {
        assert!(self.0.rep_closes(task), "there is such a task");
    }
}

impl CompaniesStage for InMemory {
    fn companies(&self) -> Vec<HeldCompany> {
        self.0.companies()
    }
}

struct InMemory(MemoryCrm);

#[tokio::test]
async fn its_calls_cost_what_it_says() {
    conformance::costs::<InMemory>().await;
}

#[tokio::test]
async fn s_193_it_merges_as_promised() {
    conformance::merging::<InMemory>().await;
}

#[tokio::test]
async fn it_writes_tasks_as_promised() {
    conformance::tasks::<InMemory>().await;
}

#[tokio::test]
async fn it_writes_companies_as_promised() {
    conformance::companies::<InMemory>().await;
}

#[tokio::test]
async fn it_lists_everybody_as_promised() {
    conformance::paging::<InMemory>().await;
}

#[tokio::test]
async fn it_writes_deals_as_promised() {
    conformance::deals::<InMemory>().await;
}

#[tokio::test]
async fn it_writes_notes_as_promised() {
    conformance::notes::<InMemory>().await;
}

#[tokio::test]
async fn it_creates_as_promised() {
    conformance::creating::<InMemory>().await;
}

#[tokio::test]
async fn it_updates_as_promised() {
    conformance::updating::<InMemory>().await;
}

#[tokio::test]
async fn it_takes_batches_as_promised() {
    conformance::batches::<InMemory>().await;
}

#[tokio::test]
async fn it_keeps_values_as_promised() {
    conformance::values::<InMemory>().await;
}

#[tokio::test]
async fn it_finds_as_promised() {
    conformance::finding::<InMemory>().await;
}

#[tokio::test]
async fn it_fails_as_promised() {
    conformance::troubles::<InMemory>().await;
}

fn create(key: &str) -> Write {
    let fields = BTreeMap::from([(Field::FirstName, Value::Text("Ada".into()))]);
    Write::Create { key: ExternalKey::from_crm(key), fields }
}

#[tokio::test]
async fn a_rep_edits_what_was_written() {
    let crm = MemoryCrm::default();
    let written = crm.apply(&[create("7")]).await.remove(0).unwrap();
    let edit = BTreeMap::from([(Field::FirstName, Value::Text("Augusta".into()))]);
    assert!(crm.rep_edits(&written.record, &edit));
    assert_eq!(crm.record(&written.record).unwrap().fields[&Field::FirstName], Value::Text("Augusta".into()));
    assert!(!crm.rep_edits(&RecordId::new("99"), &edit), "nobody edits what is not there");
}

#[tokio::test]
async fn an_address_finds_who_has_it_now_and_nobody_who_had_it() {
    let crm = MemoryCrm::default();
    let lives = |at: &str| BTreeMap::from([(Field::Email, Value::Text(at.to_owned()))]);
    let wanted = |at: &str| Wanted { email: Some(at.into()), ..Wanted::by_key(ExternalKey::from_crm("7")) };
    let found = async |at: &str| -> Vec<RecordId> {
        let mut found = crm.find(&[wanted(at)]).await.unwrap();
        found.remove(0).into_iter().map(|found| found.record.id).collect()
    };
    let ada = crm.rep_creates(&lives("ada@a.example"), &["ada@b.example"]);
    let bea = crm.rep_creates(&lives("bea@a.example"), &[]);
    assert_eq!(found("ada@b.example").await, std::slice::from_ref(&ada));
    assert!(crm.rep_edits(&ada, &lives("ada@c.example")));
    assert_eq!(found("ada@a.example").await, []);
    let both = crm.merge(&ada, &bea).unwrap();
    for at in ["ada@c.example", "ada@b.example", "bea@a.example"] {
        assert_eq!(found(at).await, std::slice::from_ref(&both), "{at}");
    }
    assert!(crm.delete(&both));
    assert_eq!(found("ada@c.example").await, []);
}

fn every_deal() -> DealSpan {
    DealSpan { prefix: String::new(), since: Timestamp::MIN, until: Timestamp::MAX, without: vec![] }
}

#[tokio::test]
async fn calls_are_counted_until_they_are_forgotten() {
    let crm = MemoryCrm::default();
    let key = ExternalKey::from_crm("7");
    crm.apply(&[create("7"), create("8")]).await;
    crm.read(std::slice::from_ref(&key)).await.unwrap();
    crm.find(&[Wanted::by_key(key)]).await.unwrap();
    crm.fetch(&[RecordId::new("1")]).await.unwrap();
    crm.page(None).await.unwrap();
    crm.holders(&[]).await.unwrap();
    Crm::merge(&crm, &RecordId::new("1"), &RecordId::new("2")).await.unwrap();
    crm.write_tasks(&[]).await;
    crm.write_companies(&[]).await;
    crm.write_deals(&[]).await;
    crm.count_deals(&every_deal()).await.unwrap();
    crm.write_notes(&[]).await;
    let once = Calls {
        find: 1,
        apply: 1,
        read: 1,
        fetch: 1,
        holders: 1,
        merge: 1,
        write_deals: 1,
        count_deals: 1,
        write_notes: 1,
        write_tasks: 1,
        write_companies: 1,
        page: 1,
    };
    assert_eq!(crm.calls(), once);
    crm.forget_calls();
    assert_eq!(crm.calls(), Calls::default());
}

#[tokio::test]
async fn a_fault_meets_what_it_is_for_and_ends() {
    let crm = MemoryCrm::default();
    crm.fail(Fault::refuse(CrmErrorKind::Unavailable).at(Operation::Read).times(2));
    crm.fail(Fault::lose_answer().on(ExternalKey::from_crm("8")));
    let outcomes = crm.apply(&[create("7"), create("8")]).await;
    assert!(outcomes[0].is_ok() && outcomes[1].is_err());
    assert_eq!(crm.records().len(), 2, "a lost answer was done all the same");
    for _ in 0..2 {
        assert!(crm.read(&[ExternalKey::from_crm("7")]).await.is_err());
    }
    assert!(crm.read(&[ExternalKey::from_crm("7")]).await.is_ok());
    assert!(crm.faults().is_empty());
}

#[tokio::test]
async fn a_fault_may_spare_the_rows_before_it_once() {
    let crm = MemoryCrm::default();
    crm.fail(Fault::refuse(CrmErrorKind::Unauthorized).at(Operation::Apply).sparing(1).times(2));
    for expected in [[true, false], [false, false], [true, true]] {
        let outcomes = crm.apply(&[create("7"), create("8")]).await;
        assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_cursor_that_it_never_gave_is_not_understood() {
    let error = MemoryCrm::default().page(Some(&Cursor::new("somewhere"))).await.unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Misunderstood);
}
