//! Which fields of a wish go into a record that is there.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::progress::{Progress, progress};
use crate::{
    Desired, Field, Fingerprint, FingerprintKey, Fingerprints, Policy, Record, Rules, Skipped, Value,
};

/// The fields that go, and why others do not.
#[derive(Default)]
pub(crate) struct Choice {
    pub(crate) fields: BTreeMap<Field, Value>,
    pub(crate) skipped: Vec<Skipped>,
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

/// The CRM told us what it has: the shop's fields where they differ, the person's where the CRM has nothing; those too
/// where what it has may be an older word of ours.
pub(crate) fn against_record(desired: &Desired, record: &Record, in_doubt: bool, rules: &Rules) -> Choice {
    let mut choice = Choice::default();
    let differs = |(field, value): &(&Field, &Value)| !says(record.value(**field), **field, value);
    for (field, value) in desired.fields.iter().filter(differs) {
        match rules.policy(*field) {
            Policy::Always => choice.take(*field, value),
            Policy::WhenChanged if in_doubt => choice.take(*field, value),
            Policy::WhenChanged | Policy::SetOnce => choice.take_once(*field, value, Some(record)),
            Policy::ForwardOnly => choice.take_forward(*field, value, Some(record), rules),
        }
    }
    choice
}

/// Whether what is there is what we would write. What a CRM holds for a metafield is read as a text, since only the shop
/// knows what it is: it is compared as what the shop says it is.
fn says(there: &Value, field: Field, wished: &Value) -> bool {
    let is_meant = |text: &str| match wished {
        Value::Number(number) => text.parse() == Ok(*number),
        Value::Time(time) => {
            text.parse().is_ok_and(|at: Timestamp| at.as_millisecond() == time.as_millisecond())
        }
        Value::List(words) => text.split(';').map(str::trim).eq(words.iter().map(String::as_str)),
        Value::Empty | Value::Text(_) => false,
    };
    match (field, there) {
        (Field::Metafield(_), Value::Text(text)) if is_meant(text) => true,
        _ => there.canonical() == wished.canonical(),
    }
}

/// We remember what we wrote. Where the CRM was asked too, what is always the shop's and was edited there is set right. Where anything changed, all of the shop's own fields go along, so that a manual edit of
/// one of them is set right (S-013); the person's fields go only where the shop changed them (S-027).
pub(crate) fn against_memory(
    desired: &Desired,
    written: &Fingerprints,
    there: Option<&Record>,
    key: &FingerprintKey,
    rules: &Rules,
) -> Choice {
    let mut choice = Choice::default();
    let is_edited = |field: Field, value: &Value| {
        let there = there.and_then(|there| there.fields.get(&field));
        rules.policy(field) == Policy::Always && there.is_some_and(|there| !says(there, field, value))
    };
    let changed = |(field, value): &(&Field, &Value)| {
        written.get(field) != Some(&Fingerprint::of(key, **field, value)) || is_edited(**field, value)
    };
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
    use crate::plan::tests::{key, prints, remembered, wish, written};
    use crate::{FieldRule, Observed, Plan, Reached, RecordId, desired, plan};
    use desired::tests::ada;

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
    fn s_198_an_edit_of_the_shops_figures_is_seen_where_the_record_was_read_and_a_reps_own_words_stay() {
        let wish = with_orders(1);
        let mut there = Record { fields: wish.fields.clone(), ..with_stage("customer") };
        there.fields.insert(Field::FirstName, Value::Text("Augusta".to_owned()));
        assert!(both(&wish, &wish, &there).writes.is_empty());
        there.fields.insert(Field::TotalSpent, Value::Empty);
        let plan = both(&wish, &wish, &there);
        let fields = written(&plan);
        assert!(fields.contains(&Field::TotalSpent) && !fields.contains(&Field::FirstName), "{fields:?}");
    }

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
    fn s_034_what_is_set_once_is_never_set_again_and_nobody_is_asked() {
        let before = wish(&ada());
        let mut now = before.clone();
        now.fields.insert(Field::LeadSource, Value::Text("Another".into()));
        let plan = remembered(&now, &prints(&before), before.version);
        assert_eq!(plan, Plan { writes: vec![], skipped: vec![Skipped::AlreadyTrue] });
        let in_doubt = remembered(&before, &Fingerprints::new(), before.version);
        assert!(!in_doubt.is_unsure() && !written(&in_doubt).contains(&Field::LeadSource));
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

    #[test]
    fn s_214_what_a_crm_says_in_a_metafield_is_compared_as_what_the_shop_says_it_is() {
        let tier = Field::from_name("loyalty_tier").unwrap();
        let list = |words: &[&str]| Value::List(words.iter().map(|word| (*word).to_owned()).collect());
        let number = |text: &str| Value::Number(text.parse().unwrap());
        let at = Value::Time("2026-11-20T10:00:00Z".parse().unwrap());
        let table = [
            (Value::Text("gold".into()), "gold", true),
            (Value::Text("gold".into()), "Gold", false),
            (number("12.50"), "12.5", true),
            (number("12.50"), "12.51", false),
            (at.clone(), "2026-11-20T12:00:00+02:00", true),
            (at, "2026-11-20T10:00:01Z", false),
            (list(&["a", "b"]), "a; b", true),
            (list(&["a", "b"]), "a;b", true),
            (list(&["a", "b"]), "b;a", false),
            (Value::Empty, "gold", false),
        ];
        for (wished, text, is_the_same) in table {
            let mut wish = wish(&ada());
            wish.fields = [(tier, wished.clone())].into();
            let record = Record {
                id: RecordId::new("55"),
                key: None,
                fields: [(tier, Value::Text(text.into()))].into(),
            };
            let choice = against_record(&wish, &record, false, &Rules::default());
            assert_eq!(choice.fields.is_empty(), is_the_same, "{wished:?} beside {text}");
        }
    }

    #[test]
    fn s_214_a_metafield_goes_when_it_changes_and_is_cleared_when_it_goes() {
        let rules = desired::tests::with_metafields(&["loyalty_tier"]);
        let tier = Field::from_name("loyalty_tier").unwrap();
        let said = |value: Option<&str>| {
            let mut customer = ada();
            let value = value.map(|text| Value::Text(text.to_owned()));
            let key = desired::tests::custom("loyalty_tier");
            customer.metafields.insert(key, crate::Seen::Known(value));
            desired(&customer, "", &rules)
        };
        let (record, before) = (RecordId::new("55"), said(Some("gold")));
        let written = prints(&before);
        let observed = Observed::Remembered { record: &record, written: &written, version: before.version };
        assert!(plan(&before, observed, &key(), &rules).writes.is_empty(), "nothing changed");
        let write =
            |value| plan(&said(value), observed, &key(), &rules).writes.remove(0).fields()[&tier].clone();
        assert_eq!(write(Some("silver")), Value::Text("silver".into()));
        assert_eq!(write(None), Value::Empty);
    }
}
