//! The signals of a shop, and what they say of a customer.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;

use domain::{Rules, SignalName, SignalRule, Value};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::answer::Truth;
use crate::expression::{Condition, Text, Wording};
use crate::fact::Fact;
use crate::facts::Facts;
use crate::refused::Refused;
use crate::template::words;

/// The signals of a shop, ready to be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals {
    flags: Vec<Flag>,
    valued: Vec<(SignalName, Text, Clocks)>,
    /// Those that are true of one order, and go neither on nor off.
    of_orders: Vec<Flag>,
    asked: BTreeSet<Fact>,
}

#[derive(Debug, Clone, PartialEq)]
struct Flag {
    name: SignalName,
    label: String,
    enter: Condition,
    leave: Option<Condition>,
    clocks: Clocks,
}

/// What days are compared with.
type Clocks = BTreeSet<(Fact, Decimal)>;

/// An expression of a signal's rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// Of which signal.
    pub signal: SignalName,
    /// Which of its expressions.
    pub part: Part,
    /// Why.
    pub refused: Refused,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signal, part, refused } = self;
        let Refused { at, found, .. } = refused;
        write!(f, "the signal {}: `{}` at letter {at} {found}", signal.as_str(), part.name())
    }
}

impl Error for Faulty {}

/// The expressions that a rule can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// When a flag goes on.
    Enter,
    /// When it goes off.
    Leave,
    /// What a signal says that has a text.
    Value,
}

impl Part {
    /// Its key in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Leave => "leave",
            Self::Value => "value",
        }
    }
}

/// What the signals say of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Which flags are on: to be remembered, and given back the next time.
    pub on: BTreeSet<SignalName>,
    /// Their labels, in order.
    pub labels: Vec<String>,
    /// What the others say; one that is not here could not be told, and stays as it was.
    pub values: BTreeMap<SignalName, Value>,
}

/// Why a signal says what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Which.
    pub signal: SignalName,
    /// What it said before: the label of a flag, or nothing; none where it has a text, which is not remembered.
    pub was: Option<String>,
    /// What it says now.
    pub is: String,
    /// Its expressions, as they were written.
    pub expressions: Vec<(Part, String)>,
    /// What it saw: each fact that it asks for, by name, with its value in words. No fact is personal data.
    pub saw: Vec<(&'static str, String)>,
}

/// What a person reads of facts.
fn seen(asked: &BTreeSet<Fact>, facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    asked.iter().map(|fact| (fact.name(), words(facts.value(*fact)))).collect()
}

impl Signals {
    /// Makes a shop's rules ready; or tells the first expression that cannot be used.
    pub fn of(rules: &Rules) -> Result<Self, Faulty> {
        let mut signals = Self::default();
        for (name, rule) in &rules.signals {
            let faulty = |part| move |refused| Faulty { signal: *name, part, refused };
            match rule {
                SignalRule::Flag { label, enter, leave } => {
                    let enter = Condition::parse(enter).map_err(faulty(Part::Enter))?;
                    let leave = leave.as_deref().map(Condition::parse).transpose();
                    let leave = leave.map_err(faulty(Part::Leave))?;
                    let (label, clocks) = (label.clone(), Clocks::new());
                    signals.add(Flag { name: *name, label, enter, leave, clocks });
                }
                SignalRule::Valued { value } => {
                    let text = Text::parse(value).map_err(faulty(Part::Value))?;
                    let mut clocks = Clocks::new();
                    text.node().clocks(&mut clocks);
                    signals.asked.extend(text.facts());
                    signals.valued.push((*name, text, clocks));
                }
            }
        }
        signals.flags.sort_by(|one, other| one.label.cmp(&other.label));
        Ok(signals)
    }

    fn add(&mut self, mut flag: Flag) {
        for condition in [Some(&flag.enter), flag.leave.as_ref()].into_iter().flatten() {
            condition.node().clocks(&mut flag.clocks);
            self.asked.extend(condition.facts());
        }
        if flag.enter.is_of_order() { self.of_orders.push(flag) } else { self.flags.push(flag) }
    }

    /// Whether one of them asks for that fact.
    pub fn ask(&self, fact: Fact) -> bool {
        self.asked.contains(&fact)
    }

    /// Whether one of them is of orders.
    pub fn ask_of_orders(&self) -> bool {
        !self.of_orders.is_empty()
    }

    /// Those that are true of the order in `facts`.
    pub fn of_order(&self, facts: &Facts<'_>) -> Vec<SignalName> {
        let holds = |flag: &&Flag| flag.enter.holds(facts) == Truth::True;
        self.of_orders.iter().filter(holds).map(|flag| flag.name).collect()
    }

    /// When what they say of a customer changes although nothing happens, where it does. `reading` is what they say now.
    pub fn next_change(&self, facts: &Facts<'_>, reading: &Reading) -> Option<Timestamp> {
        let flags = self.flags.iter().filter_map(|flag| {
            let is_on = reading.on.contains(&flag.name);
            first(&flag.clocks, facts, |then| flag.is_on(then, is_on) != is_on)
        });
        let valued = self.valued.iter().filter_map(|(name, text, clocks)| {
            let says = |wording| match wording {
                Wording::Said(value) => Some(value),
                Wording::Unknown => None,
            };
            let said = reading.values.get(name);
            first(clocks, facts, |then| says(text.said(then)).as_ref() != said)
        });
        flags.chain(valued).min()
    }

    /// Why each says what it says of a customer, of whom those flags were `on` before.
    pub fn explain(&self, facts: &Facts<'_>, on: &BTreeSet<SignalName>) -> Vec<Explained> {
        let flags = self.flags.iter().map(|flag| {
            let was = on.contains(&flag.name);
            flag.explained(was, flag.is_on(facts, was), facts)
        });
        let valued = self.valued.iter().map(|(name, text, _)| {
            let is = match text.said(facts) {
                Wording::Said(Value::Text(text)) => text,
                Wording::Said(_) => String::new(),
                Wording::Unknown => "as it was".to_owned(),
            };
            let expressions = vec![(Part::Value, text.written().to_owned())];
            Explained { signal: *name, was: None, is, expressions, saw: seen(&text.facts(), facts) }
        });
        flags.chain(valued).collect()
    }

    /// What they say of a customer, of whom those flags were `on` before.
    pub fn read(&self, facts: &Facts<'_>, on: &BTreeSet<SignalName>) -> Reading {
        let mut reading = Reading::default();
        for flag in &self.flags {
            if flag.is_on(facts, on.contains(&flag.name)) {
                reading.on.insert(flag.name);
                reading.labels.push(flag.label.clone());
            }
        }
        for (name, text, _) in &self.valued {
            if let Wording::Said(value) = text.said(facts) {
                reading.values.insert(*name, value);
            }
        }
        reading
    }
}

/// The first moment to come at which something differs, of those at which it may.
fn first(clocks: &Clocks, facts: &Facts<'_>, differs: impl Fn(&Facts<'_>) -> bool) -> Option<Timestamp> {
    let moments = clocks.iter().flat_map(|(fact, days)| facts.moments(*fact, *days));
    let moments: BTreeSet<_> = moments.filter(|at| *at > facts.now()).collect();
    moments.into_iter().find(|at| differs(&facts.at(*at)))
}

impl Flag {
    /// Its label while it is on.
    fn said(&self, is_on: bool) -> String {
        if is_on { self.label.clone() } else { String::new() }
    }

    /// Why it is on, or is not.
    fn explained(&self, was_on: bool, is_on: bool, facts: &Facts<'_>) -> Explained {
        let parts = [(Part::Enter, Some(&self.enter)), (Part::Leave, self.leave.as_ref())];
        let parts = parts.into_iter().filter_map(|(part, condition)| Some((part, condition?)));
        let asked = parts.clone().flat_map(|(_, condition)| condition.facts()).collect();
        Explained {
            signal: self.name,
            was: Some(self.said(was_on)),
            is: self.said(is_on),
            expressions: parts.map(|(part, condition)| (part, condition.written().to_owned())).collect(),
            saw: seen(&asked, facts),
        }
    }

    /// It goes on where `enter` is true, off where `leave` is and `enter` is not, and stays as it was where that cannot
    /// be told.
    fn is_on(&self, facts: &Facts<'_>, was_on: bool) -> bool {
        let enter = self.enter.holds(facts);
        if !was_on || enter == Truth::True {
            return enter == Truth::True;
        }
        let leave = self.leave.as_ref().map_or(Truth::True, |leave| leave.holds(facts));
        (!enter & leave) != Truth::True
    }
}
