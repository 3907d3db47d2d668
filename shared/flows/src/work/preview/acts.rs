//! Which actions would be done, which were done before, and why the others are not.

use std::collections::BTreeMap;

use domain::{ActionName, ActionRule, Desired, Firing, RecordId, SignalState};
use jiff::Timestamp;

use super::super::Outcome;
use super::super::Terms;
use super::super::figures::Medians;
use super::super::fire::{decided, news};
use super::super::firing::why_not;
use super::super::matter::Matter;
use super::super::settle::{Truths, errand};
use super::PastDeeds;
use crate::failure::Failure;

#[allow(clippy::too_many_arguments, reason = "what was read and decided, each of another kind")]
pub(super) async fn told(
    matter: &Matter<'_>,
    wish: Desired,
    after: SignalState,
    truths: &Truths,
    medians: &Medians,
    deeds: &dyn PastDeeds,
    terms: &Terms,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let mut errand = errand(matter, wish, after);
    // The record that is there, or will be.
    errand.verdict = Some(Ok(Outcome::AlreadyTrue { record: RecordId::new("") }));
    let mut fire: BTreeMap<ActionName, Vec<Firing>> = BTreeMap::new();
    for firing in decided(matter, &errand, truths, medians, terms, now) {
        fire.entry(firing.action.clone()).or_default().push(firing);
    }
    let mut lines = Vec::new();
    let rules = terms.rules.of(&matter.group.customer.shop);
    for (name, rule) in rules.actions.iter().filter(|(_, rule)| !rule.act.stands()) {
        match fire.remove(name) {
            Some(firings) => lines.extend(done(name, &firings, deeds, now).await?),
            None => lines.push(not_done(name, rule, matter, &errand.signals, truths, medians, terms, now)),
        }
    }
    Ok(lines)
}

async fn done(
    name: &ActionName,
    firings: &[Firing],
    deeds: &dyn PastDeeds,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for firing in firings {
        let (name, deed, key) = (name.as_str(), firing.deed.name(), &firing.key);
        lines.push(match deeds.was_done(key, now).await? {
            None => format!("action {name}: {deed} ({key})"),
            Some(outcome) => format!("action {name}: done before, not again ({key}): {outcome}"),
        });
    }
    Ok(lines)
}

#[allow(clippy::too_many_arguments, reason = "what was read and decided, each of another kind")]
fn not_done(
    name: &ActionName,
    rule: &ActionRule,
    matter: &Matter<'_>,
    after: &SignalState,
    truths: &Truths,
    medians: &Medians,
    terms: &Terms,
    now: Timestamp,
) -> String {
    let why = news(matter, after, truths, medians, terms, now, |news, by| why_not(news, by, rule));
    format!("action {}: not done, {}", name.as_str(), why.unwrap_or("the customer could not be read"))
}
