//! Who is this, where no key and no address tells?

use std::collections::BTreeMap;

use domain::{AliasPolicy, Field, MatchedBy, Namesake, Phone, RecordId, Value};

use super::finding::{find, first};
use super::people::{email, key, text, wanted};
use super::{Stage, apply, done};
use crate::Wanted;

/// What a look-up by lesser proof promises, and reading by id.
pub(super) async fn proving<S: Stage>() {
    a_number_finds_its_record_in_each_spelling(&S::empty(None).await).await;
    a_number_that_another_has_finds_nobody(&S::empty(None).await).await;
    all_with_the_number_are_candidates(&S::empty(None).await).await;
    an_address_comes_before_a_number(&S::empty(None).await).await;
    an_alias_finds_its_record(&S::empty(None).await).await;
    a_name_at_a_place_finds_its_record(&S::empty(None).await).await;
    records_are_read_by_their_id(&S::empty(None).await).await;
    for count in [1, 101] {
        any_number_is_proved(&S::empty(None).await, count).await;
    }
}

fn phone(text: &str) -> Phone {
    Phone::parse(text, None).expect("a number")
}

fn by_phone(text: &str) -> Wanted {
    Wanted { phone: Some(phone(text)), region: Some("CH".into()), ..Wanted::by_key(key(999)) }
}

fn by_alias(aliases: AliasPolicy, email: &str) -> Wanted {
    Wanted { email: Some(email.to_owned()), aliases, ..Wanted::by_key(key(999)) }
}

fn has(stage: &impl Stage, fields: &[(Field, &str)]) -> RecordId {
    let fields: BTreeMap<Field, Value> = fields.iter().map(|(field, value)| (*field, text(value))).collect();
    stage.has(&fields, &[])
}

async fn a_number_finds_its_record_in_each_spelling(stage: &impl Stage) {
    for (n, spelling) in
        ["+41 44 668 18 00", "+41446681801", "044 668 18 02", "044/668.18.03"].iter().enumerate()
    {
        let id = has(stage, &[(Field::FirstName, "A"), (Field::Phone, spelling)]);
        let found = first(stage, by_phone(&format!("+4144668180{n}"))).await;
        let found = found.map(|found| (found.by, found.record.id));
        assert_eq!(found, Some((MatchedBy::Phone, id)), "a number finds its record: {spelling}");
    }
}

async fn a_number_that_another_has_finds_nobody(stage: &impl Stage) {
    for phone in ["+49446681800", "+41446681801", "044 668 18", "+4144668180099"] {
        has(stage, &[(Field::FirstName, "A"), (Field::Phone, phone)]);
    }
    assert_eq!(first(stage, by_phone("+41446681800")).await, None, "another number finds nobody");
    let with_number = first(stage, by_phone("+41446681801")).await;
    assert!(with_number.is_some(), "the very number finds its record");
}

async fn all_with_the_number_are_candidates(stage: &impl Stage) {
    let both = ["A", "B"].map(|name| has(stage, &[(Field::FirstName, name), (Field::Phone, "+41446681800")]));
    let mut ids: Vec<_> =
        find(stage, &[by_phone("+41446681800")]).await.remove(0).into_iter().map(|m| m.record.id).collect();
    ids.sort();
    assert_eq!(ids, both, "all who have the number are candidates");
}

async fn an_address_comes_before_a_number(stage: &impl Stage) {
    has(stage, &[(Field::FirstName, "A"), (Field::Phone, "+41446681800")]);
    let by_email = has(stage, &[(Field::Email, &email(1))]);
    let found = first(stage, Wanted { phone: Some(phone("+41446681800")), ..wanted(1) }).await;
    let found = found.map(|found| (found.by, found.record.id));
    assert_eq!(found, Some((MatchedBy::Email, by_email)), "an address comes before a number");
}

async fn an_alias_finds_its_record(stage: &impl Stage) {
    use AliasPolicy::{Exact, Plus, PlusAndDots};
    let ada = has(stage, &[(Field::Email, "ada@example.com")]);
    let bob = has(stage, &[(Field::Email, "bob+news@example.com")]);
    let eve = has(stage, &[(Field::Email, "eve@gmail.com")]);
    let dan = has(stage, &[(Field::Email, "dan@googlemail.com")]);
    has(stage, &[(Field::Email, "news.ada@example.com")]);
    let table = [
        (Plus, "ada+shop@example.com", Some(&ada)),
        (Plus, "bob@example.com", Some(&bob)),
        (Plus, "bob+shop@example.com", Some(&bob)),
        (Plus, "e.ve@gmail.com", None),
        (Plus, "news@example.com", None),
        (PlusAndDots, "e.v.e+x@gmail.com", Some(&eve)),
        (PlusAndDots, "d.an@gmail.com", Some(&dan)),
        (PlusAndDots, "a.da@example.com", None),
        (Exact, "ada+shop@example.com", None),
        (Exact, "bob@example.com", None),
    ];
    for (policy, address, expected) in table {
        let found = first(stage, by_alias(policy, address)).await.map(|found| (found.by, found.record.id));
        let expected = expected.map(|id| (MatchedBy::Alias, id.clone()));
        assert_eq!(found, expected, "{address} by {policy:?}");
    }
}

async fn a_name_at_a_place_finds_its_record(stage: &impl Stage) {
    let name = |first: &str| [(Field::FirstName, first.to_owned()), (Field::LastName, "Lovelace".to_owned())];
    let lives = |first: &str, postal_code: &str| {
        let name = name(first);
        let id = has(stage, &name.each_ref().map(|(field, value)| (*field, value.as_str())));
        stage.lives_at(&id, postal_code);
        id
    };
    let ada = lives("Ada", "W1J 7NT");
    lives("Ada", "8001");
    lives("Augusta", "W1J 7NT");
    let by_name = |first: &str, postal_code: &str| Wanted {
        namesake: Namesake::new(first, "LOVELACE", postal_code),
        ..Wanted::by_key(key(999))
    };
    for postal_code in ["W1J 7NT", "w1j7nt"] {
        let found = find(stage, &[by_name("ada", postal_code)]).await.remove(0);
        let found: Vec<_> = found.into_iter().map(|found| (found.by, found.record.id)).collect();
        assert_eq!(found, [(MatchedBy::Composite, ada.clone())], "a name at a place finds its record");
    }
    assert_eq!(first(stage, by_name("Ada", "9999")).await, None, "at another place it finds nobody");
}

async fn records_are_read_by_their_id(stage: &impl Stage) {
    let made: Vec<_> = apply(stage, &[super::people::create(1), super::people::create(2)]).await;
    let ids: Vec<_> = made.into_iter().map(|outcome| done(outcome).record).collect();
    stage.delete(&ids[1]);
    let asked =
        [ids[1].clone(), ids[0].clone(), RecordId::new("999"), RecordId::new("not-an-id"), ids[0].clone()];
    let read = stage.crm().fetch(&asked).await.expect("records can be read by their id");
    let found: Vec<_> = read.iter().map(|record| record.as_ref().map(|record| &record.id)).collect();
    assert_eq!(found, [None, Some(&ids[0]), None, None, Some(&ids[0])], "one answer for each id");
    let record = read[1].as_ref().expect("it is there");
    assert_eq!(record.key, Some(key(1)), "a record says its key");
    assert_eq!(record.fields[&Field::FirstName], text("Person 1"), "a record says its fields");
    assert_eq!(stage.crm().fetch(&[]).await.expect("nobody can be read"), [], "nobody is nobody");
}

async fn any_number_is_proved(stage: &impl Stage, count: usize) {
    let number = |n: usize| format!("+4144668{n:04}");
    let ids: Vec<_> =
        (0..count).map(|n| has(stage, &[(Field::FirstName, "A"), (Field::Phone, &number(n))])).collect();
    let all: Vec<_> = (0..count).map(|n| Wanted { phone: Some(phone(&number(n))), ..wanted(n) }).collect();
    let found: Vec<_> = find(stage, &all).await.into_iter().map(|mut found| found.remove(0)).collect();
    assert!(found.iter().map(|one| &one.record.id).eq(&ids), "{count} numbers are answered in their order");
}
