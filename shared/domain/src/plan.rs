//! What should be, beside what is, becomes what to do.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::choice::{Choice, against_memory, against_record};
use crate::{Desired, ExternalKey, Field, FingerprintKey, Fingerprints, RecordId, Rules, Value};

/// A record as the CRM has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which.
    pub id: RecordId,
    /// The customer's key that is stamped on it.
    pub key: Option<ExternalKey>,
    /// Our fields, as they are there. A field that is not here was not read.
    pub fields: BTreeMap<Field, Value>,
}

impl Record {
    pub(crate) fn value(&self, field: Field) -> &Value {
        self.fields.get(&field).unwrap_or(&Value::Empty)
    }
}

/// What we know about the other half.
#[derive(Debug, Clone, Copy)]
pub enum Observed<'a> {
    /// There is no record.
    Nothing,
    /// The CRM told us.
    Read(&'a Record),
    /// The CRM told us, but it may be our own word that it told: something was written by somebody who could not remember
    /// it. What a person may edit is written again too, since an older word of ours cannot be told from theirs.
    Doubted(&'a Record),
    /// We have written it before, and remember what.
    Remembered {
        /// Which record.
        record: &'a RecordId,
        /// What was written, as hashes.
        written: &'a Fingerprints,
        /// From which version of the customer, UTC.
        version: Timestamp,
    },
    /// The same, and the CRM was asked too, because memory alone did not answer: [`Plan::is_unsure`].
    Both {
        /// Which record.
        record: &'a RecordId,
        /// What was written, as hashes.
        written: &'a Fingerprints,
        /// From which version of the customer, UTC.
        version: Timestamp,
        /// What the CRM says.
        there: &'a Record,
    },
}

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A record that is not there yet; the key makes it unique, so doing it twice makes one record.
    Create {
        /// The unique key.
        key: ExternalKey,
        /// Everything it should say.
        fields: BTreeMap<Field, Value>,
    },
    /// A record that is there.
    Update {
        /// Which.
        record: RecordId,
        /// What changes.
        fields: BTreeMap<Field, Value>,
    },
}

impl Write {
    /// What is written.
    pub fn fields(&self) -> &BTreeMap<Field, Value> {
        match self {
            Self::Create { fields, .. } | Self::Update { fields, .. } => fields,
        }
    }
}

/// Something that was not written, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// It already says all that may be written.
    AlreadyTrue,
    /// What we read is older than what we have already written.
    Stale {
        /// What was read, UTC.
        read: Timestamp,
        /// What was written, UTC.
        written: Timestamp,
    },
    /// The field is the CRM's.
    OwnedByCrm {
        /// Which.
        field: Field,
    },
    /// What the CRM has is further along, or cannot be compared, and the field only goes forward.
    NotForward {
        /// Which.
        field: Field,
    },
    /// It depends on what the CRM has, which was not read.
    Unread {
        /// Which.
        field: Field,
    },
    /// The shop's phone number is none: it identifies nobody, and is written as it is.
    InvalidPhone,
}

/// What to do, without a choice left to the one who does it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// To be written.
    pub writes: Vec<Write>,
    /// Not to be written.
    pub skipped: Vec<Skipped>,
}

impl Plan {
    /// Whether it depends on what the CRM has: read the record, and plan again with [`Observed::Both`].
    ///
    /// What was written is remembered as hashes, which tell that a value changed and not whether it went forward; and a
    /// rep may have gone further since. So a field that only goes forward is held against the record itself, but only
    /// when it changed, which a stage does a few times in a customer's life.
    pub fn is_unsure(&self) -> bool {
        self.skipped.iter().any(|why| matches!(why, Skipped::Unread { .. }))
    }

    fn update(record: &RecordId, Choice { fields, mut skipped }: Choice) -> Self {
        if fields.is_empty() {
            skipped.insert(0, Skipped::AlreadyTrue);
            return Self { writes: vec![], skipped };
        }
        Self { writes: vec![Write::Update { record: record.clone(), fields }], skipped }
    }
}

/// Compares what should be with what is. `key` is the key of the remembered hashes, `rules` are the shop's.
pub fn plan(desired: &Desired, observed: Observed<'_>, key: &FingerprintKey, rules: &Rules) -> Plan {
    let mut plan = match observed {
        Observed::Nothing => Plan {
            writes: vec![Write::Create { key: desired.key.clone(), fields: said(desired) }],
            skipped: vec![],
        },
        Observed::Read(record) => Plan::update(&record.id, against_record(desired, record, false, rules)),
        Observed::Doubted(record) => Plan::update(&record.id, against_record(desired, record, true, rules)),
        Observed::Remembered { version, .. } | Observed::Both { version, .. }
            if desired.version < version =>
        {
            Plan { writes: vec![], skipped: vec![Skipped::Stale { read: desired.version, written: version }] }
        }
        Observed::Remembered { record, written, .. } => {
            Plan::update(record, against_memory(desired, written, None, key, rules))
        }
        Observed::Both { record, written, there, .. } => {
            Plan::update(record, against_memory(desired, written, Some(there), key, rules))
        }
    };
    plan.skipped.extend(rules.owned_by_crm().map(|field| Skipped::OwnedByCrm { field }));
    plan.skipped.extend(desired.match_keys.has_invalid_phone.then_some(Skipped::InvalidPhone));
    plan
}

/// A new record has nothing to clear.
fn said(desired: &Desired) -> BTreeMap<Field, Value> {
    desired.fields.iter().filter(|(_, v)| **v != Value::Empty).map(|(f, v)| (*f, v.clone())).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::desired::tests::ada;
    use crate::{Customer, FieldRule, Fingerprint, Owner, desired};

    pub(crate) fn key() -> FingerprintKey {
        FingerprintKey::new(b"k")
    }

    pub(crate) fn wish(customer: &Customer) -> Desired {
        desired(customer, "", &Rules::default())
    }

    pub(crate) fn prints(wish: &Desired) -> Fingerprints {
        wish.fields.iter().map(|(f, v)| (*f, Fingerprint::of(&key(), *f, v))).collect()
    }

    pub(crate) fn remembered(wish: &Desired, written: &Fingerprints, version: Timestamp) -> Plan {
        let record = RecordId::new("55");
        plan(wish, Observed::Remembered { record: &record, written, version }, &key(), &Rules::default())
    }

    pub(crate) fn written(plan: &Plan) -> Vec<Field> {
        plan.writes.iter().flat_map(|write| write.fields().keys().copied()).collect()
    }

    #[test]
    fn nobody_there_means_one_create_with_the_unique_key() {
        let plan = plan(&wish(&ada()), Observed::Nothing, &key(), &Rules::default());
        assert!(matches!(&plan.writes[..], [Write::Create { key, .. }] if key.as_str() == "7"));
        assert!(plan.skipped.is_empty());
    }

    #[test]
    fn a_second_run_over_the_same_state_writes_nothing() {
        let wish = wish(&ada());
        let plan = remembered(&wish, &prints(&wish), wish.version);
        assert_eq!(plan, Plan { writes: vec![], skipped: vec![Skipped::AlreadyTrue] });
    }

    #[test]
    fn s_013_a_new_order_sets_all_of_the_shops_fields_right_again() {
        let before = wish(&ada());
        let mut customer = ada();
        customer.orders_count = 4;
        let plan = remembered(&wish(&customer), &prints(&before), before.version);
        assert!(written(&plan).contains(&Field::TotalSpent), "a manual edit of the spend is overwritten");
    }

    #[test]
    fn s_027_what_a_rep_may_edit_goes_only_when_the_shop_changed_it() {
        let before = wish(&ada());
        let mut customer = ada();
        customer.orders_count = 4;
        let fields = written(&remembered(&wish(&customer), &prints(&before), before.version));
        for field in [Field::Email, Field::FirstName, Field::LastName, Field::LeadSource] {
            assert!(!fields.contains(&field), "{field:?}");
        }
    }

    #[test]
    fn a_late_event_never_moves_the_crm_backwards() {
        let wish = wish(&ada());
        let later = "2026-11-20T10:00:01Z".parse().unwrap();
        let plan = remembered(&wish, &Fingerprints::new(), later);
        assert_eq!(plan.writes, vec![]);
        assert_eq!(plan.skipped, vec![Skipped::Stale { read: wish.version, written: later }]);
    }

    #[test]
    fn a_record_found_by_its_address_keeps_what_the_rep_wrote_and_gets_the_key() {
        let wish = wish(&ada());
        let theirs = BTreeMap::from([
            (Field::FirstName, Value::Text("Augusta Ada".into())),
            (Field::LeadSource, Value::Text("Trade fair".into())),
            (Field::TotalSpent, Value::Number("100.0".parse().unwrap())),
            (Field::OrdersCount, Value::Number(1.into())),
        ]);
        let record = Record { id: RecordId::new("9"), key: None, fields: theirs };
        let plan = plan(&wish, Observed::Read(&record), &key(), &Rules::default());
        let fields = written(&plan);
        assert!(fields.contains(&Field::CustomerKey) && fields.contains(&Field::OrdersCount));
        for field in [Field::FirstName, Field::LeadSource, Field::TotalSpent] {
            assert!(!fields.contains(&field), "{field:?}");
        }
        assert!(fields.contains(&Field::LastName), "empty in the CRM, so the shop's word helps");
    }

    #[test]
    fn a_record_that_may_hold_an_older_word_of_ours_gets_the_newest_but_its_source_stays() {
        let theirs = BTreeMap::from([
            (Field::FirstName, Value::Text("Augusta".into())),
            (Field::LeadSource, Value::Text("Trade fair".into())),
        ]);
        let record = Record { id: RecordId::new("9"), key: None, fields: theirs };
        let fields = written(&plan(&wish(&ada()), Observed::Doubted(&record), &key(), &Rules::default()));
        assert!(fields.contains(&Field::FirstName) && !fields.contains(&Field::LeadSource));
    }

    #[test]
    fn s_211_a_number_that_is_none_is_told_beside_what_is_written() {
        let mut wish = wish(&ada());
        wish.match_keys.has_invalid_phone = true;
        let told = plan(&wish, Observed::Nothing, &key(), &Rules::default());
        assert_eq!((told.writes.len(), &told.skipped[..]), (1, &[Skipped::InvalidPhone][..]));
        let told = remembered(&wish, &prints(&wish), wish.version);
        assert_eq!(told.skipped, [Skipped::AlreadyTrue, Skipped::InvalidPhone]);
    }

    #[test]
    fn a_refund_to_no_orders_clears_the_average() {
        let before = wish(&ada());
        let mut customer = ada();
        (customer.orders_count, customer.last_order) = (0, None);
        let plan = remembered(&wish(&customer), &prints(&before), before.version);
        assert_eq!(plan.writes[0].fields()[&Field::AverageOrderValue], Value::Empty);
    }

    #[test]
    fn s_093_and_s_110_a_field_of_the_crms_is_in_no_write_and_is_told() {
        let mut rules = Rules::default();
        rules.fields.insert(Field::Email, FieldRule { owner: Owner::Crm, ..FieldRule::usual(Field::Email) });
        let plan = plan(&desired(&ada(), "", &rules), Observed::Nothing, &key(), &rules);
        assert!(!written(&plan).contains(&Field::Email));
        assert_eq!(plan.skipped, [Skipped::OwnedByCrm { field: Field::Email }]);
    }
}
