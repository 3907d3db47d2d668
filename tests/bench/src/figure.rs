//! A figure, its goal, and whether it holds.

use std::fmt;

use serde_json::{Value, json};

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// This and nothing else; for counts.
    Exactly(f64),
}

/// One line of the bench.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured, led by its area.
    pub name: String,
    /// `None` when nothing was measured.
    pub value: Option<f64>,
    /// `ms`, `µs`, `s`, `MB` (10⁶ bytes), `x` (times what stands beside), `calls`, `units` (of writing), `/s`, or what is
    /// counted; empty when nothing was measured.
    pub unit: &'static str,
    /// `None` when the figure is there to be looked at.
    pub goal: Option<Goal>,
    /// What it was held against, or why there is no value.
    pub beside: String,
}

impl Goal {
    pub(crate) fn holds_for(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Exactly(exactly) => (value - exactly).abs() < 1e-9,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(out, "<= {}", short(*most)),
            Self::AtLeast(least) => write!(out, ">= {}", short(*least)),
            Self::Exactly(exactly) => write!(out, "= {}", short(*exactly)),
        }
    }
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, value: Option<f64>, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, goal: None, beside: String::new() }
    }

    pub(crate) fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    pub(crate) fn beside(self, beside: impl Into<String>) -> Self {
        Self { beside: beside.into(), ..self }
    }

    /// Whether the goal is met; `None` without a goal. A goal without a value is not met.
    pub fn holds(&self) -> Option<bool> {
        let goal = self.goal?;
        Some(self.value.is_some_and(|value| goal.holds_for(value)))
    }

    /// The figure as one JSON object: `name`, `value`, `unit`, `goal`, `holds`; null where there is none.
    pub fn json(&self) -> Value {
        let unit = (!self.unit.is_empty()).then_some(self.unit);
        let value = self.value.map(|value| (value * 1e4).round() / 1e4);
        let goal = self.goal.map(|goal| goal.to_string());
        json!({"name": self.name, "value": value, "unit": unit, "goal": goal, "holds": self.holds()})
    }
}

/// A number with the digits that mean something here.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        // A goal that is missed by a hair must not look like its bound.
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, goal: Goal) -> Figure {
        Figure::new("receiver: peak RSS", Some(value), "MB").goal(goal)
    }

    #[test]
    fn a_goal_holds_up_to_its_bound() {
        assert_eq!(figure(9.0, Goal::AtMost(9.0)).holds(), Some(true));
        assert_eq!(figure(9.01, Goal::AtMost(9.0)).holds(), Some(false));
        assert_eq!(figure(3000.0, Goal::AtLeast(3000.0)).holds(), Some(true));
        assert_eq!(figure(2999.0, Goal::AtLeast(3000.0)).holds(), Some(false));
        assert_eq!(figure(1.0, Goal::Exactly(1.0)).holds(), Some(true));
        assert_eq!(figure(0.998, Goal::Exactly(1.0)).holds(), Some(false), "a lost call shows");
    }

    #[test]
    fn a_goal_without_a_value_does_not_hold() {
        assert_eq!(Figure::new("x", None, "ms").goal(Goal::AtMost(1.0)).holds(), Some(false));
        assert_eq!(Figure::new("x", Some(1.0), "ms").holds(), None);
    }

    #[test]
    fn a_json_line_has_the_five_keys_and_nothing_else() {
        let line = figure(8.256_78, Goal::AtMost(9.0)).json();
        assert_eq!(
            line,
            json!({"name": "receiver: peak RSS", "value": 8.2568, "unit": "MB", "goal": "<= 9", "holds": true})
        );
    }

    #[test]
    fn a_number_is_as_long_as_it_needs_to_be() {
        assert_eq!(short(1.5), "1.5");
        assert_eq!(short(200.0), "200");
        assert_eq!(short(2.004), "2.004");
        assert_eq!(short(7.0), "7");
    }
}
