//! Who is this?

use domain::{Field, Match, MatchedBy, RecordId};

use super::people::{create, email, key, lead, person, text, wanted};
use super::proving::proving;
use super::{Stage, apply_one, kind};
use crate::{CrmErrorKind, Wanted};

/// What a look-up promises.
pub async fn finding<S: Stage>() {
    nobody_is_nobody(&S::empty(None).await).await;
    a_key_finds_its_record(&S::empty(None).await).await;
    an_address_finds_its_record(&S::empty(None).await).await;
    a_further_address_leads_to_its_record(&S::empty(None).await).await;
    the_key_comes_before_the_address(&S::empty(None).await).await;
    both_addresses_lead_to_a_survivor(&S::empty(None).await).await;
    what_was_deleted_is_not_found(&S::empty(None).await).await;
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_looked_up(&S::empty(None).await, count).await;
    }
    proving::<S>().await;
}

pub(super) async fn find(stage: &impl Stage, wanted: &[Wanted]) -> Vec<Vec<Match>> {
    let found = stage.crm().find(wanted).await.unwrap_or_else(|error| panic!("a look-up failed: {error}"));
    assert_eq!(found.len(), wanted.len(), "each wanted has one answer");
    found
}

pub(super) async fn first(stage: &impl Stage, wanted: Wanted) -> Option<Match> {
    find(stage, &[wanted]).await.remove(0).into_iter().next()
}

fn by_email_only(address: &str) -> Wanted {
    Wanted { email: Some(address.to_owned()), ..Wanted::by_key(key(999)) }
}

async fn nobody_is_nobody(stage: &impl Stage) {
    assert_eq!(first(stage, wanted(1)).await, None, "nobody is nobody");
    assert_eq!(first(stage, Wanted::by_key(key(1))).await, None, "nobody is nobody");
    let read = stage.crm().read(&[key(1)]).await.expect("nobody can be read");
    assert_eq!(read, [None], "nobody is nobody");
}

async fn a_key_finds_its_record(stage: &impl Stage) {
    let id = stage.has(&person(1), &[]);
    let found = first(stage, Wanted::by_key(key(1))).await.expect("a key finds its record");
    assert_eq!((found.by, &found.record.id), (MatchedBy::Key, &id), "a key finds its record");
    assert_eq!(found.record.key, Some(key(1)), "a record says its key");
    assert_eq!(found.record.fields[&Field::FirstName], text("Person 1"), "a record says its fields");
    let read = stage.crm().read(&[key(2), key(1), key(1)]).await.expect("records can be read");
    let ids: Vec<_> = read.into_iter().map(|record| record.map(|record| record.id)).collect();
    assert_eq!(ids, [None, Some(id.clone()), Some(id)], "one answer for each key");
}

async fn an_address_finds_its_record(stage: &impl Stage) {
    let mut fields = lead(1);
    fields.insert(Field::Email, text("Person-1@Example.COM"));
    let id = stage.has(&fields, &[]);
    for address in [email(1), email(1).to_uppercase()] {
        let found =
            first(stage, by_email_only(&address)).await.expect("an address in any case finds its record");
        assert_eq!(
            (found.by, found.record.id),
            (MatchedBy::Email, id.clone()),
            "an address finds its record"
        );
        assert_eq!(found.record.key, None, "a record that nobody stamped has no key");
    }
    assert_eq!(
        first(stage, by_email_only(&email(11))).await,
        None,
        "an address that begins alike is another"
    );
}

/// A further address is found, or a create with it names its holder; either way there is no second record.
async fn leads_to(stage: &impl Stage, n: usize, holder: &RecordId) {
    let before = stage.records().len();
    let named = match first(stage, wanted(n)).await {
        Some(found) => {
            assert_eq!(found.by, MatchedBy::Email, "a further address finds its record");
            found.record.id
        }
        None => match kind(&apply_one(stage, create(n)).await) {
            CrmErrorKind::Conflict { existing: Some(existing) } => existing,
            other => panic!("a create with a held address was answered with {other:?}"),
        },
    };
    assert_eq!(&named, holder, "a further address leads to its record");
    assert_eq!(stage.records().len(), before, "a held address makes no second record");
}

async fn a_further_address_leads_to_its_record(stage: &impl Stage) {
    let id = stage.has(&lead(1), &[&email(2), &email(3)]);
    stage.has(&lead(4), &[]);
    for n in [2, 3] {
        leads_to(stage, n, &id).await;
    }
    assert_eq!(first(stage, by_email_only("example.com")).await, None, "a part of an address finds nobody");
}

async fn the_key_comes_before_the_address(stage: &impl Stage) {
    let mut by_key = person(1);
    by_key.insert(Field::Email, text("elsewhere@example.com"));
    let by_key = stage.has(&by_key, &[]);
    stage.has(&lead(1), &[]);
    let found = first(stage, wanted(1)).await.expect("somebody is found");
    assert_eq!((found.by, found.record.id), (MatchedBy::Key, by_key), "the key comes before the address");
}

async fn both_addresses_lead_to_a_survivor(stage: &impl Stage) {
    let [first_id, second] = [1, 2].map(|n| stage.has(&lead(n), &[]));
    let survivor = stage.merge(&first_id, &second);
    for n in [1, 2] {
        leads_to(stage, n, &survivor).await;
    }
}

async fn what_was_deleted_is_not_found(stage: &impl Stage) {
    let id = stage.has(&person(1), &[]);
    stage.delete(&id);
    assert_eq!(first(stage, wanted(1)).await, None, "what was deleted is not found");
}

async fn any_number_is_looked_up(stage: &impl Stage, count: usize) {
    let ids: Vec<_> =
        (0..count).map(|n| stage.has(&if n % 3 == 0 { lead(n) } else { person(n) }, &[])).collect();
    let all: Vec<_> = (0..count).map(wanted).collect();
    let found: Vec<_> = find(stage, &all).await.into_iter().map(|mut found| found.remove(0)).collect();
    assert!(found.iter().map(|one| &one.record.id).eq(&ids), "{count} look-ups are answered in their order");
    let by = |n: usize| if n.is_multiple_of(3) { MatchedBy::Email } else { MatchedBy::Key };
    assert!(found.iter().enumerate().all(|(n, one)| one.by == by(n)), "each is found by what it is known by");
}
