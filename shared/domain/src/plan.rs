//! What should be, beside what is, becomes what to do.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::progress::{Progress, progress};
use crate::{
    Desired, ExternalKey, Field, Fingerprint, FingerprintKey, Fingerprints, Policy, RecordId, Rules, Value,
};

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
    fn value(&self, field: Field) -> &Value {
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
        Observed::Read(record) => Plan::update(&record.id, against_record(desired, record, rules)),
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
    plan
}

/// The fields that go, and why others do not.
#[derive(Default)]
struct Choice {
    fields: BTreeMap<Field, Value>,
    skipped: Vec<Skipped>,
}

impl Choice {
    fn take(&mut self, field: Field, value: &Value) {
        self.fields.insert(field, value.clone());
    }

    /// Takes it where the CRM has nothing, as far as it is known what the CRM has.
    fn take_once(&mut self, field: Field, value: &Value, there: Option<&Record>) {
        match there {
            Some(there) if *there.value(field) == Value::Empty => self.take(field, value),
            Some(_) => {}
            None => self.skipped.push(Skipped::Unread { field }),
        }
    }

    /// Takes it where it is further along than what the CRM has, as far as it is known what the CRM has.
    fn take_forward(&mut self, field: Field, value: &Value, there: Option<&Record>, rules: &Rules) {
        let Some(there) = there else { return self.skipped.push(Skipped::Unread { field }) };
        match progress(rules, field, there.value(field), value) {
            Progress::Ahead => self.take(field, value),
            Progress::Same => {}
            Progress::Back | Progress::Unknown => self.skipped.push(Skipped::NotForward { field }),
        }
    }
}

/// A new record has nothing to clear.
fn said(desired: &Desired) -> BTreeMap<Field, Value> {
    desired.fields.iter().filter(|(_, v)| **v != Value::Empty).map(|(f, v)| (*f, v.clone())).collect()
}

/// The CRM told us what it has: the shop's fields where they differ, the person's where the CRM has nothing.
fn against_record(desired: &Desired, record: &Record, rules: &Rules) -> Choice {
    let mut choice = Choice::default();
    let differs = |(field, value): &(&Field, &Value)| record.value(**field).canonical() != value.canonical();
    for (field, value) in desired.fields.iter().filter(differs) {
        match rules.policy(*field) {
            Policy::Always => choice.take(*field, value),
            Policy::WhenChanged | Policy::SetOnce => choice.take_once(*field, value, Some(record)),
            Policy::ForwardOnly => choice.take_forward(*field, value, Some(record), rules),
        }
    }
    choice
}

/// We remember what we wrote. Where anything changed, all of the shop's own fields go along, so that a manual edit of
/// one of them is set right (S-013); the person's fields go only where the shop changed them (S-027).
fn against_memory(
    desired: &Desired,
    written: &Fingerprints,
    there: Option<&Record>,
    key: &FingerprintKey,
    rules: &Rules,
) -> Choice {
    let mut choice = Choice::default();
    let changed =
        |(field, value): &(&Field, &Value)| written.get(field) != Some(&Fingerprint::of(key, **field, value));
    for (field, value) in desired.fields.iter().filter(changed) {
        match rules.policy(*field) {
            Policy::Always | Policy::WhenChanged => choice.take(*field, value),
            Policy::SetOnce if is_new_to(*field, written) => choice.take_once(*field, value, there),
            Policy::SetOnce => {}
            Policy::ForwardOnly => choice.take_forward(*field, value, there, rules),
        }
    }
    if !choice.fields.is_empty() {
        let always = |field: &Field| rules.policy(*field) == Policy::Always;
        choice.fields.extend(desired.fields.iter().filter(|(f, _)| always(f)).map(|(f, v)| (*f, v.clone())));
    }
    choice
}

/// A record that was written before the shop had a word for the field, or before it was switched on. Where nothing at
/// all is remembered the last write is in doubt, and a field that is set once may have been in it.
fn is_new_to(field: Field, written: &Fingerprints) -> bool {
    !written.is_empty() && !written.contains_key(&field)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::desired::tests::ada;
    use crate::{Customer, FieldRule, Owner, Reached, desired};

    fn key() -> FingerprintKey {
        FingerprintKey::new(b"k")
    }

    fn wish(customer: &Customer) -> Desired {
        desired(customer, "", &Rules::default())
    }

    fn prints(wish: &Desired) -> Fingerprints {
        wish.fields.iter().map(|(f, v)| (*f, Fingerprint::of(&key(), *f, v))).collect()
    }

    fn remembered(wish: &Desired, written: &Fingerprints, version: Timestamp) -> Plan {
        let record = RecordId::new("55");
        plan(wish, Observed::Remembered { record: &record, written, version }, &key(), &Rules::default())
    }

    fn written(plan: &Plan) -> Vec<Field> {
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
    fn a_refund_to_no_orders_clears_the_average() {
        let before = wish(&ada());
        let mut customer = ada();
        (customer.orders_count, customer.last_order) = (0, None);
        let plan = remembered(&wish(&customer), &prints(&before), before.version);
        assert_eq!(plan.writes[0].fields()[&Field::AverageOrderValue], Value::Empty);
    }

    /// Rules in which the lifecycle stage is written: customer from the first order on, evangelist from the fourth.
    fn staged() -> Rules {
        let mut rules = Rules::default();
        let usual = FieldRule::usual(Field::LifecycleStage);
        rules.fields.insert(Field::LifecycleStage, FieldRule { is_synced: true, ..usual });
        let stage = |stage: &str, from_orders| Reached { stage: stage.to_owned(), from_orders };
        rules.lifecycle.reached = vec![stage("customer", 1), stage("evangelist", 4)];
        rules
    }

    fn with_orders(orders: u64) -> Desired {
        let mut customer = ada();
        customer.orders_count = orders;
        desired(&customer, "", &staged())
    }

    fn with_stage(stage: &str) -> Record {
        let fields = [(Field::LifecycleStage, Value::Text(stage.to_owned()))].into();
        Record { id: RecordId::new("55"), key: None, fields }
    }

    fn both(wish: &Desired, before: &Desired, there: &Record) -> Plan {
        let (written, version) = (prints(before), before.version);
        plan(wish, Observed::Both { record: &there.id, written: &written, version, there }, &key(), &staged())
    }

    const STAGE_IS_KEPT: Skipped = Skipped::NotForward { field: Field::LifecycleStage };

    #[test]
    fn s_044_what_only_goes_forward_is_held_against_the_record_where_it_changed() {
        let (before, wish) = (with_orders(1), with_orders(4));
        let record = RecordId::new("55");
        let observed =
            Observed::Remembered { record: &record, written: &prints(&before), version: before.version };
        assert!(plan(&wish, observed, &key(), &staged()).is_unsure());
        assert!(!plan(&before, observed, &key(), &staged()).is_unsure(), "nothing changed, nothing to ask");
        let plan = both(&wish, &before, &with_stage("customer"));
        assert_eq!(plan.writes[0].fields()[&Field::LifecycleStage], Value::Text("evangelist".into()));
        assert!(!plan.is_unsure());
    }

    #[test]
    fn s_044_a_stage_never_goes_back_whoever_brought_it_forward() {
        let plan = both(&with_orders(3), &with_orders(4), &with_stage("evangelist"));
        assert!(!written(&plan).contains(&Field::LifecycleStage));
        assert_eq!(plan.skipped, [STAGE_IS_KEPT]);
        for by_a_rep in ["evangelist", "our own stage"] {
            let plan = both(&with_orders(1), &with_orders(0), &with_stage(by_a_rep));
            assert!(!written(&plan).contains(&Field::LifecycleStage), "{by_a_rep}");
        }
    }

    #[test]
    fn a_stage_that_is_all_that_changed_and_is_kept_leaves_nothing_to_write() {
        let mut before = with_orders(3);
        before.fields.insert(Field::LifecycleStage, Value::Text("evangelist".into()));
        let plan = both(&with_orders(3), &before, &with_stage("evangelist"));
        assert_eq!(plan, Plan { writes: vec![], skipped: vec![Skipped::AlreadyTrue, STAGE_IS_KEPT] });
    }

    #[test]
    fn a_field_that_is_set_once_and_switched_on_later_fills_only_what_is_empty() {
        let mut before = wish(&ada());
        before.fields.remove(&Field::LeadSource);
        let unsure = remembered(&wish(&ada()), &prints(&before), before.version);
        assert!(unsure.is_unsure());
        let mut theirs = with_stage("lead");
        let empty = both(&wish(&ada()), &before, &theirs);
        assert!(written(&empty).contains(&Field::LeadSource));
        theirs.fields.insert(Field::LeadSource, Value::Text("Trade fair".into()));
        assert_eq!(both(&wish(&ada()), &before, &theirs).writes, vec![]);
    }

    #[test]
    fn s_093_a_field_of_the_crms_is_in_no_write_and_is_told() {
        let mut rules = Rules::default();
        rules.fields.insert(Field::Email, FieldRule { owner: Owner::Crm, ..FieldRule::usual(Field::Email) });
        let plan = plan(&desired(&ada(), "", &rules), Observed::Nothing, &key(), &rules);
        assert!(!written(&plan).contains(&Field::Email));
        assert_eq!(plan.skipped, [Skipped::OwnedByCrm { field: Field::Email }]);
    }

    /// What a rep sets the stage to, if one does; the number of orders then; whether the memory of the last write is lost.
    type Step = (Option<usize>, u64, bool);

    /// Plays a history and gives the place of the stage after each step, before and after our write.
    fn played(history: &[Step]) -> Vec<(Option<usize>, Option<usize>)> {
        let (rules, mut there) = (staged(), with_stage(""));
        there.fields.insert(Field::LifecycleStage, Value::Empty);
        let (mut memory, mut places) = (Fingerprints::new(), vec![]);
        let place = |there: &Record| match there.value(Field::LifecycleStage) {
            Value::Text(stage) => staged().lifecycle.rank(stage),
            _ => None,
        };
        for (rep, orders, is_lost) in history {
            if let Some(stage) = rep.and_then(|n| rules.lifecycle.order.get(n)) {
                there.fields.insert(Field::LifecycleStage, Value::Text(stage.clone()));
            }
            if *is_lost {
                memory.clear();
            }
            let (wish, before) = (with_orders(*orders), place(&there));
            let (record, version) = (there.id.clone(), wish.version);
            let observed = Observed::Remembered { record: &record, written: &memory, version };
            let mut made = plan(&wish, observed, &key(), &rules);
            if made.is_unsure() {
                let both = Observed::Both { record: &record, written: &memory, version, there: &there };
                made = plan(&wish, both, &key(), &rules);
                assert!(!made.is_unsure(), "with the record everything can be told");
            }
            for write in &made.writes {
                there.fields.extend(write.fields().clone());
            }
            memory.extend(prints(&wish));
            places.push((before, place(&there)));
        }
        places
    }

    proptest! {
        #[test]
        fn s_044_no_history_brings_a_stage_back_by_our_doing(
            history in vec((option::of(0..7_usize), 0..7_u64, any::<bool>()), 1..30)
        ) {
            for (before, after) in played(&history) {
                prop_assert!(before <= after, "{before:?} became {after:?}");
            }
        }

        #[test]
        fn s_044_where_nobody_interferes_the_stage_is_the_furthest_that_was_reached(
            history in vec((0..7_u64, any::<bool>()), 1..30)
        ) {
            let history: Vec<Step> = history.into_iter().map(|(orders, is_lost)| (None, orders, is_lost)).collect();
            let lifecycle = staged().lifecycle;
            let reached = |(_, orders, _): &Step| lifecycle.stage(*orders).and_then(|stage| lifecycle.rank(stage));
            let furthest = history.iter().map(reached).max().flatten();
            prop_assert_eq!(played(&history).last().map(|(_, after)| *after), Some(furthest));
        }
    }
}
