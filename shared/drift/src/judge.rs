//! One candidate, read again on both sides: do they differ, and why?

use std::cmp::Reverse;

use domain::{
    Desired, Field, Fingerprint, FingerprintKey, Fingerprints, Observed, Policy, Record, RecordId, Rules,
    Value, plan,
};

use crate::cause::Cause;

/// What is remembered of a customer's last write.
#[derive(Debug, Clone, Copy)]
pub struct Linked<'a> {
    /// The record.
    pub record: &'a RecordId,
    /// What was written, as hashes.
    pub written: &'a Fingerprints,
}

/// All that is known of a candidate now.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// What the contact should say; none where the shop has no such customer.
    pub wish: Option<&'a Desired>,
    /// The records that carry the key. Where there are several, the best is the first.
    pub records: &'a [Record],
    /// A record of another customer's that holds this one's address.
    pub neighbour: Option<&'a RecordId>,
    /// What is remembered.
    pub linked: Option<Linked<'a>>,
}

/// A customer who differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Why.
    pub cause: Cause,
    /// In which fields, where there is a record to compare.
    pub fields: Vec<Field>,
    /// The records it is about. Of duplicates the one that should go on is the first.
    pub records: Vec<RecordId>,
}

/// Judges. None where both halves say the same: a checksum may be older than what was written since. `key` is the key of
/// the remembered hashes, `rules` are the shop's.
pub fn judge(evidence: &Evidence<'_>, key: &FingerprintKey, rules: &Rules) -> Option<Difference> {
    let ids: Vec<_> = evidence.records.iter().map(|record| record.id.clone()).collect();
    let of = |cause, fields, records| Some(Difference { cause, fields, records });
    let (wish, record) = match (evidence.wish, evidence.records) {
        (None, []) => return None,
        (None, _) => return of(Cause::ExtraInCrm, vec![], ids),
        (Some(_), []) => {
            let cause = evidence.neighbour.map_or(Cause::MissingInCrm, |_| Cause::MergedAway);
            return of(cause, vec![], evidence.neighbour.into_iter().cloned().collect());
        }
        (Some(_), several @ [_, _, ..]) => {
            let linked = evidence.linked.map(|linked| linked.record);
            return of(Cause::Duplicate, vec![], survivor_first(several, linked));
        }
        (Some(wish), [record]) => (wish, record),
    };
    let fields = differing(wish, record, key, rules);
    match evidence.linked {
        None => of(Cause::MissingLink, fields, ids),
        Some(linked) if *linked.record != record.id => of(Cause::Merged, fields, ids),
        Some(_) if fields.is_empty() => None,
        Some(linked) => of(cause(&fields, wish, record, linked.written, key), fields, ids),
    }
}

/// Of records with one key the order in which they go up in each other: first the one that knows of the newest order, among
/// equals the one that is linked, then by id, so that it is the same whenever it is asked.
pub fn survivor_first(records: &[Record], linked: Option<&RecordId>) -> Vec<RecordId> {
    let newest = |record: &Record| match record.fields.get(&Field::LastOrderAt) {
        Some(Value::Time(at)) => Some(*at),
        _ => None,
    };
    let mut all: Vec<_> = records.iter().collect();
    all.sort_by_cached_key(|record| {
        (Reverse(newest(record)), linked != Some(&record.id), record.id.as_str().to_owned())
    });
    all.into_iter().map(|record| record.id.clone()).collect()
}

/// The fields that are always the shop's and are not as it says. A repair would write them.
fn differing(wish: &Desired, record: &Record, key: &FingerprintKey, rules: &Rules) -> Vec<Field> {
    let plan = plan(wish, Observed::Read(record), key, rules);
    let fields = plan.writes.iter().flat_map(|write| write.fields().keys().copied());
    fields.filter(|field| rules.policy(*field) == Policy::Always).collect()
}

/// Of several fields the one that says most: a lost event explains more than an edit, and an edit more than a new field.
fn cause(
    fields: &[Field],
    wish: &Desired,
    record: &Record,
    written: &Fingerprints,
    key: &FingerprintKey,
) -> Cause {
    let of = |field: &Field| {
        let print = |value| Fingerprint::of(key, *field, value);
        let wished = wish.fields.get(field).map(print);
        let there = print(record.fields.get(field).unwrap_or(&Value::Empty));
        match written.get(field) {
            None => Cause::MappingChanged,
            Some(written) if Some(written) != wished.as_ref() => Cause::Stale,
            Some(written) if *written != there => Cause::ManualEdit,
            Some(_) => Cause::Stale,
        }
    };
    let causes: Vec<_> = fields.iter().map(of).collect();
    let first = [Cause::Stale, Cause::ManualEdit].into_iter().find(|cause| causes.contains(cause));
    first.unwrap_or(Cause::MappingChanged)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{CustomerId, CustomerKey, ExternalKey, MatchKeys, ShopDomain};

    use super::*;
    use crate::record::tests::{fields, record};

    fn key() -> FingerprintKey {
        FingerprintKey::new(b"k")
    }

    fn wish(fields: BTreeMap<Field, Value>) -> Desired {
        let shop = ShopDomain::parse("demo.myshopify.com").unwrap();
        Desired {
            customer: CustomerKey { shop, customer: CustomerId::new(7) },
            key: ExternalKey::from_crm("7"),
            version: "2026-11-20T10:00:00Z".parse().unwrap(),
            match_email: None,
            match_keys: MatchKeys::default(),
            fields,
        }
    }

    fn prints(fields: &BTreeMap<Field, Value>) -> Fingerprints {
        fields.iter().map(|(field, value)| (*field, Fingerprint::of(&key(), *field, value))).collect()
    }

    type Case<'a> =
        (Option<&'a Desired>, &'a [Record], Option<&'a RecordId>, Option<Linked<'a>>, Option<Cause>);

    /// The cause, where the shop says so much, the CRM says so much, and so much was written last.
    fn told(shop: &str, crm: &str, written: Option<&Fingerprints>) -> Option<Cause> {
        let (wish, records, id) = (wish(fields(shop)), [record(fields(crm))], RecordId::new("55"));
        let linked = written.map(|written| Linked { record: &id, written });
        let evidence = Evidence { wish: Some(&wish), records: &records, neighbour: None, linked };
        judge(&evidence, &key(), &Rules::default()).map(|found| found.cause)
    }

    #[test]
    fn s_197_and_s_198_a_lost_event_an_edit_and_a_new_field_are_told_apart() {
        let written = |spent: &str| prints(&fields(spent));
        assert_eq!(told("5", "5", Some(&written("5"))), None);
        assert_eq!(told("6", "5", Some(&written("5"))), Some(Cause::Stale));
        assert_eq!(told("5", "9", Some(&written("5"))), Some(Cause::ManualEdit));
        assert_eq!(told("6", "9", Some(&written("5"))), Some(Cause::Stale), "both: the event was lost too");
        let mut before = written("5");
        before.remove(&Field::TotalSpent);
        assert_eq!(told("5", "9", Some(&before)), Some(Cause::MappingChanged));
        assert_eq!(told("5", "9", None), Some(Cause::MissingLink));
    }

    #[test]
    fn s_192_and_s_194_who_is_missing_doubled_merged_or_too_many_is_told_apart() {
        let (wish, one) = (wish(fields("5")), record(fields("5")));
        let other = Record { id: RecordId::new("66"), ..record(fields("5")) };
        let (id, elsewhere, written) = (RecordId::new("55"), RecordId::new("11"), prints(&fields("5")));
        let linked = |record| Some(Linked { record, written: &written });
        let both = [other.clone(), one.clone()];
        let table: [Case<'_>; 8] = [
            (Some(&wish), &[], None, None, Some(Cause::MissingInCrm)),
            (Some(&wish), &[], None, linked(&id), Some(Cause::MissingInCrm)),
            (Some(&wish), &[], Some(&elsewhere), linked(&id), Some(Cause::MergedAway)),
            (Some(&wish), &both, None, linked(&id), Some(Cause::Duplicate)),
            (Some(&wish), &both[1..], None, linked(&elsewhere), Some(Cause::Merged)),
            (Some(&wish), &both[1..], None, linked(&id), None),
            (None, &both[1..], None, linked(&id), Some(Cause::ExtraInCrm)),
            (None, &[], None, None, None),
        ];
        for (wish, records, neighbour, linked, cause) in table {
            let evidence = Evidence { wish, records, neighbour, linked };
            let found = judge(&evidence, &key(), &Rules::default());
            assert_eq!(found.as_ref().map(|found| found.cause), cause);
            if cause == Some(Cause::Duplicate) {
                assert_eq!(found.unwrap().records, [id.clone(), other.id.clone()], "the linked one goes on");
            }
        }
    }

    #[test]
    fn s_193_of_duplicates_the_one_with_the_newest_order_goes_on_also_where_another_is_linked() {
        let wish = wish(fields("5"));
        let mut newer = record(fields("5"));
        newer.id = RecordId::new("66");
        newer.fields.insert(Field::LastOrderAt, Value::Time("2026-01-01T00:00:00Z".parse().unwrap()));
        let records = [record(fields("5")), newer];
        let (older, written) = (RecordId::new("55"), prints(&fields("5")));
        for linked in [None, Some(Linked { record: &older, written: &written })] {
            let evidence = Evidence { wish: Some(&wish), records: &records, neighbour: None, linked };
            let found = judge(&evidence, &key(), &Rules::default()).unwrap();
            assert_eq!(found.records, ["66", "55"].map(RecordId::new));
        }
    }

    #[test]
    fn s_027_what_a_rep_may_write_too_is_no_difference() {
        let text = |text: &str| Value::Text(text.to_owned());
        let named = |name: &str| {
            let mut fields = fields("5");
            fields.insert(Field::FirstName, text(name));
            fields
        };
        let (wish, records, id) = (wish(named("Ada")), [record(named("Augusta"))], RecordId::new("55"));
        let written = prints(&named("Ada"));
        let linked = Some(Linked { record: &id, written: &written });
        let evidence = Evidence { wish: Some(&wish), records: &records, neighbour: None, linked };
        assert_eq!(judge(&evidence, &key(), &Rules::default()), None);
    }
}
