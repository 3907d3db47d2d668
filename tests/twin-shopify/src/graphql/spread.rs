//! Fragments: are they there, do they fit where they are spread, is each of them used?

use std::collections::HashSet;

use apollo_compiler::{Name, Node, ast::FragmentDefinition};

use super::{
    check::{Check, concrete},
    usage::Used,
};

impl Check<'_> {
    pub(super) fn spread(&mut self, name: &Name, parent: &Name) {
        self.used.spreads.insert(name.to_string());
        if let Some(fragment) = self.fragments.get(name.as_str()).copied() {
            self.possible(&fragment.type_condition, parent);
        } else {
            let words = format!("Fragment {name} was used, but not defined");
            self.refuse(&words, name.location(), "useAndDefineFragment", &[("fragmentName", name)]);
        }
    }

    /// Whether a fragment's type is one this schema has fields for.
    pub(super) fn condition(&mut self, condition: &Name) -> bool {
        let found = self.schema.types.get(condition);
        let known = found.is_some_and(|found| found.is_object() || found.is_interface() || found.is_union());
        if !known {
            let words = format!("No such type {condition}, so it can't be a fragment condition");
            self.refuse(&words, condition.location(), "undefinedType", &[("typeName", condition)]);
        }
        known
    }

    /// Whether an object can be of both types at once.
    pub(super) fn possible(&mut self, condition: &Name, parent: &Name) -> bool {
        let both =
            |one: &Name, other: &Name| !concrete(self.schema, one).is_disjoint(&concrete(self.schema, other));
        let possible = !self.schema.types.contains_key(condition) || both(condition, parent);
        if !possible {
            let words = format!("Fragment on {condition} can't be spread inside {parent}");
            let more = [("typeName", condition.as_str()), ("parentName", parent.as_str())];
            self.refuse(&words, condition.location(), "cannotSpreadFragment", &more);
        }
        possible
    }

    pub(super) fn unused_fragments(&mut self) {
        let reached: HashSet<String> =
            self.by_operation.iter().flat_map(|(_, used)| self.reached(used)).collect();
        let all: Vec<&Node<FragmentDefinition>> = self.fragments.values().copied().collect();
        for fragment in all.into_iter().filter(|fragment| !reached.contains(fragment.name.as_str())) {
            self.path = vec![format!("fragment {}", fragment.name)];
            let words = format!("Fragment {} was defined, but not used", fragment.name);
            let more = [("fragmentName", fragment.name.as_str())];
            self.refuse(&words, fragment.location(), "useAndDefineFragment", &more);
        }
    }

    /// Fragments used directly or by other fragments.
    pub(super) fn reached(&self, used: &Used) -> HashSet<String> {
        let mut reached = HashSet::new();
        let mut waiting: Vec<String> = used.spreads.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            if reached.insert(name.clone())
                && let Some(inside) = self.by_fragment.get(name.as_str())
            {
                waiting.extend(inside.spreads.iter().cloned());
            }
        }
        reached
    }
}
