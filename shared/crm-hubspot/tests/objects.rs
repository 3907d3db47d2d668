//! What is beside contacts, where an account is not as it should be, or answers oddly.

#![allow(clippy::unwrap_used, reason = "an account that cannot be set ends its test")]

mod account;

use account::Account;
use crm::{CompanyWrite, Crm, CrmErrorKind, DealWrite, NoteWrite, TaskWrite};
use crm_hubspot::setup;
use domain::{Company, Deal, DealFacts, ExternalKey, Money, Note, Priority, RecordId, Task};
use jiff::Timestamp;
use twin_hubspot::{Fault, FaultKind};

fn deal(n: u64, contact: &RecordId) -> DealWrite {
    let facts = DealFacts {
        name: format!("#{n}"),
        amount: Money::parse("49.90", "USD").unwrap(),
        closed_at: Timestamp::UNIX_EPOCH,
    };
    let key = ExternalKey::from_crm(&n.to_string());
    let deal = Deal {
        key,
        stage: "won".into(),
        pipeline: Some("default".into()),
        facts: Some(facts),
        is_wanted: true,
    };
    DealWrite { deal, contact: Some(contact.clone()) }
}

fn note(n: u64, contact: &RecordId) -> NoteWrite {
    let key = ExternalKey::from_crm(&n.to_string());
    let note = Note { key, at: Timestamp::UNIX_EPOCH, lines: vec!["Refund".into()] };
    NoteWrite { note, contact: contact.clone() }
}

fn task(n: u64, contact: &RecordId) -> TaskWrite {
    let key = ExternalKey::from_crm(&n.to_string());
    let (due, lines) = (Timestamp::UNIX_EPOCH, vec!["Say hello".into()]);
    let task = Task { key, subject: "Call".into(), lines, due, priority: Priority::High };
    TaskWrite { task, contact: contact.clone() }
}

fn company(n: u64, contact: &RecordId) -> CompanyWrite {
    let key = ExternalKey::from_crm(&n.to_string());
    CompanyWrite { company: Company { key, name: format!("Ltd {n}") }, contacts: vec![contact.clone()] }
}

fn contact(account: &Account) -> RecordId {
    RecordId::new(account.portal.rep_creates(&[("email", "ada@example.com")]).unwrap())
}

fn kind<T>(outcome: &Result<T, crm::CrmError>) -> CrmErrorKind {
    outcome.as_ref().err().unwrap().kind().clone()
}

#[tokio::test]
async fn a_key_that_is_not_set_up_is_named_and_nothing_is_made() {
    let account = Account::fresh().await;
    setup(&account.hubspot).await.unwrap();
    let contact = contact(&account);
    let deals = account.hubspot.write_deals(&[deal(1, &contact)]).await;
    assert_eq!(kind(&deals[0]), CrmErrorKind::MissingField { name: "shopify_order_id".into() });
    let notes = account.hubspot.write_notes(&[note(1, &contact)]).await;
    assert_eq!(kind(&notes[0]), CrmErrorKind::MissingField { name: "shopify_refund_id".into() });
    let tasks = account.hubspot.write_tasks(&[task(1, &contact)]).await;
    assert_eq!(kind(&tasks[0]), CrmErrorKind::MissingField { name: "shopify_action_key".into() });
    let companies = account.hubspot.write_companies(&[company(1, &contact)]).await;
    assert_eq!(kind(&companies[0]), CrmErrorKind::MissingField { name: "shopify_company_id".into() });
    assert!(account.portal.deals().is_empty() && account.portal.notes().is_empty());
    assert!(account.portal.tasks().is_empty() && account.portal.companies().is_empty());
}

#[tokio::test]
async fn a_row_that_is_refused_or_not_spoken_of_fails_alone() {
    let is_told = |fault: FaultKind, kind: &CrmErrorKind| match fault {
        FaultKind::Rejected => matches!(kind, CrmErrorKind::Rejected { .. }),
        _ => *kind == CrmErrorKind::Unanswered,
    };
    for fault in [FaultKind::Rejected, FaultKind::DropRow] {
        let account = Account::without(None).await;
        let contact = contact(&account);
        let of = |property, key: &str| Fault::new(fault).for_row(property, key);
        let faults = vec![
            of("shopify_order_id", "2").at("deals/batch/upsert"),
            of("shopify_refund_id", "2").at("notes/batch/create"),
            of("shopify_action_key", "2").at("tasks/batch/create"),
            of("shopify_company_id", "2").at("companies/batch/upsert"),
        ];
        account.portal.set_faults(faults).unwrap();
        let deals = account.hubspot.write_deals(&[1, 2, 3].map(|n| deal(n, &contact))).await;
        assert!(is_told(fault, &kind(&deals[1])), "{:?}", deals[1]);
        assert!(deals[0].is_ok() && deals[2].is_ok());
        let notes = account.hubspot.write_notes(&[1, 2, 3].map(|n| note(n, &contact))).await;
        assert!(is_told(fault, &kind(&notes[1])), "{:?}", notes[1]);
        assert!(notes[0].is_ok() && notes[2].is_ok());
        let tasks = account.hubspot.write_tasks(&[1, 2, 3].map(|n| task(n, &contact))).await;
        assert!(is_told(fault, &kind(&tasks[1])), "{:?}", tasks[1]);
        assert!(tasks[0].is_ok() && tasks[2].is_ok());
        let companies = account.hubspot.write_companies(&[1, 2, 3].map(|n| company(n, &contact))).await;
        assert!(is_told(fault, &kind(&companies[1])), "{:?}", companies[1]);
        assert!(companies[0].is_ok() && companies[2].is_ok());
        let portal = &account.portal;
        assert_eq!([portal.deals().len(), portal.notes().len(), portal.tasks().len()], [2, 2, 2]);
        assert_eq!(portal.companies().len(), 2);
    }
}

#[tokio::test]
async fn after_a_limit_no_further_call_is_made() {
    let account = Account::without(None).await;
    let contact = contact(&account);
    account.portal.forget_calls();
    let limited = Fault::new(FaultKind::RateLimited).at("deals/batch/upsert");
    account.portal.set_faults(vec![limited]).unwrap();
    let deals: Vec<_> = (0..250).map(|n| deal(n, &contact)).collect();
    let outcomes = account.hubspot.write_deals(&deals).await;
    assert!(outcomes.iter().all(|outcome| matches!(kind(outcome), CrmErrorKind::RateLimited { .. })));
    assert_eq!(account.portal.calls().values().sum::<u64>(), 1);
}

#[tokio::test]
async fn what_was_written_is_not_tied_once_a_limit_is_hit() {
    let account = Account::without(None).await;
    let contact = contact(&account);
    account.portal.forget_calls();
    let limited = Fault::new(FaultKind::RateLimited).after(1).at("companies/batch/upsert");
    account.portal.set_faults(vec![limited]).unwrap();
    let companies: Vec<_> = (0..150).map(|n| company(n, &contact)).collect();
    let outcomes = account.hubspot.write_companies(&companies).await;
    assert!(outcomes.iter().all(|outcome| matches!(kind(outcome), CrmErrorKind::RateLimited { .. })));
    assert_eq!(account.portal.calls().values().sum::<u64>(), 2);
    let again = account.hubspot.write_companies(&companies).await;
    assert!(again.iter().all(Result::is_ok), "all are written and tied");
}

#[tokio::test]
async fn a_stage_that_the_account_does_not_have_refuses_its_deal_alone() {
    let account = Account::without(None).await;
    let contact = contact(&account);
    let mut unknown = deal(2, &contact);
    unknown.deal.stage = "nowhere".into();
    let outcomes = account.hubspot.write_deals(&[deal(1, &contact), unknown, deal(3, &contact)]).await;
    assert!(matches!(kind(&outcomes[1]), CrmErrorKind::Rejected { .. }), "{:?}", outcomes[1]);
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
}
