//! The signals of a shop, and what they say of a customer.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;

use domain::{Rules, SignalName, SignalRule, Value};

use crate::answer::Truth;
use crate::expression::{Condition, Text, Wording};
use crate::facts::Facts;
use crate::refused::Refused;

/// The signals of a shop, ready to be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals {
    flags: Vec<Flag>,
    valued: Vec<(SignalName, Text)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Flag {
    name: SignalName,
    label: String,
    enter: Condition,
    leave: Option<Condition>,
}

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
                    signals.flags.push(Flag { name: *name, label: label.clone(), enter, leave });
                }
                SignalRule::Valued { value } => {
                    signals.valued.push((*name, Text::parse(value).map_err(faulty(Part::Value))?));
                }
            }
        }
        signals.flags.sort_by(|one, other| one.label.cmp(&other.label));
        Ok(signals)
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
        for (name, text) in &self.valued {
            if let Wording::Said(value) = text.said(facts) {
                reading.values.insert(*name, value);
            }
        }
        reading
    }
}

impl Flag {
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
