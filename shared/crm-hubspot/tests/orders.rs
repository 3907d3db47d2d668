//! Deals and notes where an account is not as it should be, or answers oddly.

#![allow(clippy::unwrap_used, reason = "an account that cannot be set ends its test")]

mod account;

use account::Account;
use crm::{Crm, CrmErrorKind, DealWrite, NoteWrite};
use crm_hubspot::{SetupError, setup, setup_orders};
use domain::{Deal, DealFacts, ExternalKey, Money, Note, RecordId};
use jiff::Timestamp;
use twin_hubspot::{Fault, FaultKind, Property};

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
    assert!(account.portal.deals().is_empty() && account.portal.notes().is_empty());
}

#[tokio::test]
async fn a_key_that_is_not_unique_is_a_clear_error() {
    let account = Account::fresh().await;
    let mut property = Property::new("shopify_refund_id", "string", "text");
    property.group_name = "note".into();
    account.portal.define_note_property(property).unwrap();
    let error = setup_orders(&account.hubspot).await.unwrap_err();
    assert!(matches!(error, SetupError::KeyNotUnique { object: "notes", .. }), "{error:?}");
    assert!(error.to_string().contains("`shopify_refund_id` of notes"), "{error}");
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
        ];
        account.portal.set_faults(faults).unwrap();
        let deals = account.hubspot.write_deals(&[1, 2, 3].map(|n| deal(n, &contact))).await;
        assert!(is_told(fault, &kind(&deals[1])), "{:?}", deals[1]);
        assert!(deals[0].is_ok() && deals[2].is_ok());
        let notes = account.hubspot.write_notes(&[1, 2, 3].map(|n| note(n, &contact))).await;
        assert!(is_told(fault, &kind(&notes[1])), "{:?}", notes[1]);
        assert!(notes[0].is_ok() && notes[2].is_ok());
        assert_eq!((account.portal.deals().len(), account.portal.notes().len()), (2, 2));
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
