//! HubSpot, as its twin plays it, keeps the contract.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

mod account;

use std::collections::BTreeMap;

use account::{Account, properties};
use crm::Crm;
use crm::conformance::{
    self, CompaniesStage, HeldCompany, HeldDeal, HeldNote, HeldTask, OrdersStage, Stage, TasksStage, Trouble,
};
use domain::{Field, Record, RecordId, Value};
use twin_hubspot::{EmailConflict, Fault, FaultKind};

/// `WHOLE`: a taken address refuses the whole batch, instead of its row; nobody knows which one HubSpot does.
struct Twin<const WHOLE: bool>(Account);

impl<const WHOLE: bool> Stage for Twin<WHOLE> {
    const LONGEST: usize = 65_536;

    async fn empty(missing: Option<Field>) -> Self {
        let account = Account::without(missing).await;
        let mut settings = account.portal.settings();
        settings.email_conflict = if WHOLE { EmailConflict::WholeConflict } else { EmailConflict::RowError };
        // The clock stands still, so five searches in a second would be five in all.
        settings.search_per_second = 1_000;
        account.portal.set_settings(settings);
        Self(account)
    }

    fn crm(&self) -> &dyn Crm {
        &self.0.hubspot
    }

    fn has(&self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId {
        let mut held = properties(fields);
        held.push(("hs_additional_emails", further_emails.join(";")));
        let held: Vec<_> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let id = self.0.portal.rep_creates(&held).expect("HubSpot takes it");
        self.0.portal.clock().advance_ms(60_000);
        RecordId::new(id)
    }

    fn lives_at(&self, record: &RecordId, postal_code: &str) {
        self.0.portal.rep_edits(record.as_str(), &[("zip", postal_code)]).expect("there is such a record");
        self.0.portal.clock().advance_ms(60_000);
    }

    fn delete(&self, record: &RecordId) {
        self.0.portal.archive(record.as_str()).expect("there is such a record");
    }

    fn merge(&self, primary: &RecordId, other: &RecordId) -> RecordId {
        RecordId::new(self.0.portal.merge(primary.as_str(), other.as_str()).expect("both are there"))
    }

    fn doubles(&self, record: &RecordId) -> Option<RecordId> {
        let double = self.0.doubles(record.as_str(), "double@example.com");
        self.0.portal.clock().advance_ms(60_000);
        Some(RecordId::new(double))
    }

    fn records(&self) -> Vec<Record> {
        self.0.records()
    }

    fn calls(&self) -> usize {
        let all = self.0.portal.calls().into_values().sum::<u64>();
        usize::try_from(all).expect("it is no more than memory holds")
    }

    fn trouble(&self, trouble: Trouble) {
        let of =
            |key: &domain::ExternalKey, kind| Fault::new(kind).for_row("shopify_customer_id", key.as_str());
        let fault = match trouble {
            Trouble::RateLimited => Fault::new(FaultKind::RateLimited),
            Trouble::QuotaUsedUp => Fault::new(FaultKind::DailyLimited),
            Trouble::Unavailable => Fault::new(FaultKind::HtmlGateway),
            Trouble::AnswerLost => Fault::new(FaultKind::AnswerLost),
            Trouble::Expiring => Fault::new(FaultKind::Unauthorized).after(1).times(u32::MAX),
            Trouble::Unauthorized => return self.0.portal.set_token("another"),
            Trouble::Rejected(key) => of(&key, FaultKind::Rejected),
            Trouble::Unmentioned(key) => of(&key, FaultKind::DropRow),
        };
        self.0.portal.set_faults(vec![fault]).expect("the twin knows the fault");
    }
}

#[tokio::test]
async fn it_creates_as_promised() {
    conformance::creating::<Twin<false>>().await;
}

#[tokio::test]
async fn it_creates_as_promised_where_one_taken_address_refuses_the_whole_batch() {
    conformance::creating::<Twin<true>>().await;
}

#[tokio::test]
async fn it_updates_as_promised() {
    conformance::updating::<Twin<false>>().await;
}

#[tokio::test]
async fn it_takes_batches_as_promised() {
    conformance::batches::<Twin<false>>().await;
}

#[tokio::test]
async fn it_keeps_values_as_promised() {
    conformance::values::<Twin<false>>().await;
}

#[tokio::test]
async fn it_finds_as_promised() {
    conformance::finding::<Twin<false>>().await;
}

#[tokio::test]
async fn it_fails_as_promised() {
    conformance::troubles::<Twin<false>>().await;
}

impl<const WHOLE: bool> OrdersStage for Twin<WHOLE> {
    fn deals(&self) -> Vec<HeldDeal> {
        self.0.deals()
    }

    fn notes(&self) -> Vec<HeldNote> {
        self.0.notes()
    }

    fn settle(&self) {
        self.0.portal.clock().advance_ms(60_000);
    }
}

#[tokio::test]
async fn it_writes_deals_as_promised() {
    conformance::deals::<Twin<false>>().await;
}

#[tokio::test]
async fn it_writes_notes_as_promised() {
    conformance::notes::<Twin<false>>().await;
}

impl<const WHOLE: bool> TasksStage for Twin<WHOLE> {
    fn tasks(&self) -> Vec<HeldTask> {
        self.0.tasks()
    }

    fn closes(&self, task: &RecordId) {
        self.0.portal.rep_completes(task.as_str()).expect("there is such a task");
    }
}

impl<const WHOLE: bool> CompaniesStage for Twin<WHOLE> {
    fn companies(&self) -> Vec<HeldCompany> {
        self.0.companies()
    }
}

#[tokio::test]
async fn its_calls_cost_what_it_says() {
    conformance::costs::<Twin<false>>().await;
}

#[tokio::test]
async fn s_193_it_merges_as_promised() {
    conformance::merging::<Twin<false>>().await;
}

#[tokio::test]
async fn it_writes_tasks_as_promised() {
    conformance::tasks::<Twin<false>>().await;
}

#[tokio::test]
async fn it_writes_companies_as_promised() {
    conformance::companies::<Twin<false>>().await;
}

#[tokio::test]
async fn it_lists_everybody_as_promised() {
    conformance::paging::<Twin<false>>().await;
}
