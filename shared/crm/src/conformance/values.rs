//! What is written is what is read.

use std::collections::BTreeMap;

use domain::{Field, Record, Value};

use super::people::{key, person, text};
use super::{Stage, apply, done, kind};
use crate::CrmErrorKind;

/// Texts that were changed or refused somewhere before.
const TEXTS: [&str; 9] = [
    "plain",
    "Zoë d'Arçon-Müller",
    "😀👩‍👩‍👧‍👦\u{10ffff}",
    "\u{202e}שלום\u{202c} مرحبا",
    "quote\" back\\slash; semicolon, comma",
    "tab\tline\nend",
    "<b>&amp;</b> {{token}}",
    "0012",
    "null",
];

/// Exactly these digits.
const NUMBERS: [&str; 6] = ["0", "0.1", "-12.34", "1234567.89", "99999999999.99", "820982911946154"];

/// Moments with and without milliseconds.
const TIMES: [&str; 3] = ["2026-11-24T01:00:00Z", "2026-11-24T01:00:00.001Z", "1999-12-31T23:59:59.250Z"];

/// Lists that contain what others separate them by.
const LISTS: [&[&str]; 5] =
    [&["vip"], &["b2b", "vip"], &["a; b", "c"], &["a,b", "c\\"], &["back\\;slash", ";", "ж 😀"]];

/// What a written value promises.
pub async fn values<S: Stage>() {
    let number = |digits: &&str| Value::Number(digits.parse().expect("a number"));
    let time = |at: &&str| Value::Time(kept::<S>(at.parse().expect("a moment")));
    let list = |tags: &&[&str]| Value::List(tags.iter().map(|tag| (*tag).to_owned()).collect());
    comes_back::<S>(Field::LastName, TEXTS.iter().map(|value| text(value)).collect()).await;
    comes_back::<S>(Field::LastName, vec![text(&"ü😀".repeat(S::LONGEST / 4))]).await;
    comes_back::<S>(Field::TotalSpent, NUMBERS.iter().map(number).collect()).await;
    comes_back::<S>(Field::LastOrderAt, TIMES.iter().map(time).collect()).await;
    comes_back::<S>(Field::Tags, LISTS.iter().map(list).collect()).await;
    every_field_comes_back(&S::empty(None).await).await;
    empty_clears(&S::empty(None).await).await;
    a_moment_is_kept_to_the_millisecond(&S::empty(None).await).await;
    what_is_too_long_is_refused_alone(&S::empty(None).await).await;
}

async fn comes_back<S: Stage>(field: Field, values: Vec<Value>) {
    let stage = S::empty(None).await;
    let with = |n: usize, value: &Value| {
        let mut fields = person(n);
        fields.insert(field, value.clone());
        domain::Write::Create { key: key(n), fields }
    };
    let writes: Vec<_> = values.iter().enumerate().map(|(n, value)| with(n, value)).collect();
    apply(&stage, &writes).await.into_iter().for_each(|outcome| drop(done(outcome)));
    for (n, value) in values.iter().enumerate() {
        assert_eq!(&read(&stage, n).await.fields[&field], value, "{} comes back as it went", field.name());
    }
}

/// The moment as the CRM keeps it.
fn kept<S: Stage>(at: jiff::Timestamp) -> jiff::Timestamp {
    let whole = if S::KEEPS_MILLISECONDS {
        jiff::Timestamp::from_millisecond(at.as_millisecond())
    } else {
        jiff::Timestamp::from_second(at.as_second())
    };
    whole.expect("a moment")
}

async fn every_field_comes_back<S: Stage>(stage: &S) {
    let mut fields = full();
    for value in fields.values_mut() {
        if let Value::Time(at) = value {
            *at = kept::<S>(*at);
        }
    }
    assert_eq!(fields.len(), Field::ALL.len(), "the suite writes every field");
    done(apply(stage, &[domain::Write::Create { key: key(1), fields: fields.clone() }]).await.remove(0));
    assert_eq!(read(stage, 1).await.fields, fields, "every field comes back as it went");
}

async fn empty_clears(stage: &impl Stage) {
    let written = [domain::Write::Create { key: key(1), fields: full() }];
    let record = done(apply(stage, &written).await.remove(0)).record;
    let kept = [Field::CustomerKey, Field::Email, Field::FirstName];
    let cleared: Vec<_> = Field::ALL.into_iter().filter(|field| !kept.contains(field)).collect();
    let fields: BTreeMap<_, _> = cleared.iter().map(|field| (*field, Value::Empty)).collect();
    done(apply(stage, &[domain::Write::Update { record, fields }]).await.remove(0));
    let now = read(stage, 1).await.fields;
    assert!(cleared.iter().all(|field| now[field] == Value::Empty), "an empty value clears the field");
    assert!(kept.iter().all(|field| now[field] != Value::Empty), "what was not named is kept");
}

async fn a_moment_is_kept_to_the_millisecond<S: Stage>(stage: &S) {
    let mut fields = person(1);
    let finer: jiff::Timestamp = "2026-11-24T01:00:00.123456789Z".parse().expect("a moment");
    fields.insert(Field::LastOrderAt, Value::Time(finer));
    done(apply(stage, &[domain::Write::Create { key: key(1), fields }]).await.remove(0));
    let kept = Value::Time(kept::<S>(finer));
    assert_eq!(read(stage, 1).await.fields[&Field::LastOrderAt], kept, "a moment is kept to the millisecond");
}

async fn read(stage: &impl Stage, n: usize) -> Record {
    let mut records = stage.crm().read(&[key(n)]).await.expect("what is there can be read");
    records.remove(0).expect("what was written can be read by its key")
}

fn full() -> BTreeMap<Field, Value> {
    let at = |text: &str| Value::Time(text.parse().expect("a moment"));
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    let mut fields = person(1);
    fields.extend([
        (Field::LastName, text("Lovelace")),
        (Field::Phone, text("+41441234567")),
        (Field::LeadSource, text("Shopify")),
        (Field::TotalSpent, number("149.70")),
        (Field::OrdersCount, number("3")),
        (Field::AverageOrderValue, number("49.90")),
        (Field::Currency, text("USD")),
        (Field::Tags, Value::List(vec!["b2b".into(), "vip".into()])),
        (Field::CustomerSince, at("2025-01-01T00:00:00Z")),
        (Field::LastOrderId, text("820982911946154508")),
        (Field::LastOrderName, text("#1003")),
        (Field::LastOrderAt, at("2026-11-20T09:59:00.5Z")),
        (Field::RefundCount, number("2")),
        (Field::RefundedAmount, number("19.8")),
        (Field::Companies, Value::List(vec!["Acme; Sons".into(), "Zed".into()])),
        (Field::LifecycleStage, text("customer")),
        (Field::EmailConsent, text("subscribed")),
        (Field::SmsConsent, text("not_subscribed")),
        (Field::Signals, Value::List(vec!["Repeat Purchaser".into(), "VIP Buyer".into()])),
        (Field::Segments, Value::List(vec!["High Value".into(), "Loyal".into()])),
        (Field::Score, number("-35")),
        (Field::Invitation, text("loyalty")),
        (Field::DiscountCode, text("VIP-7F3KQ2")),
    ]);
    fields
}

async fn what_is_too_long_is_refused_alone<S: Stage>(stage: &S) {
    let with = |n: usize, letters: usize| {
        let mut fields = person(n);
        fields.insert(Field::LastName, text(&"x".repeat(letters)));
        domain::Write::Create { key: key(n), fields }
    };
    let mut outcomes =
        apply(stage, &[with(1, S::LONGEST), with(2, S::LONGEST + 1), with(3, 1), with(4, 1)]).await;
    let refused = kind(&outcomes.remove(1));
    assert!(matches!(refused, CrmErrorKind::Rejected { .. }), "what is too long is rejected: {refused:?}");
    for outcome in outcomes {
        done(outcome);
    }
    assert_eq!(stage.records().len(), 3, "its neighbours are written, and it is not");
    assert_eq!(
        read(stage, 1).await.fields[&Field::LastName],
        text(&"x".repeat(S::LONGEST)),
        "nothing is cut"
    );
}
