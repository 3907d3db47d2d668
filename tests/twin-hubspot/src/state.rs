//! Everything a portal knows, behind one lock.

use std::collections::BTreeMap;

use crate::{
    association::Associations, chance::Chance, fault::Fault, kind::Kind, limits::Limits, pipeline::Pipelines,
    property::Property, refusal::Refusal, schema::Schema, settings::Settings, shelf::Shelf,
};

/// One object type: what its records may say, and the records.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) schema: Schema,
    pub(crate) shelf: Shelf,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) token: String,
    /// When the token ran out, if it did (OAuth tokens do).
    pub(crate) token_expired_ms: Option<i64>,
    pub(crate) settings: Settings,
    pub(crate) associations: Associations,
    pub(crate) pipelines: Pipelines,
    pub(crate) limits: Limits,
    pub(crate) faults: Vec<Fault>,
    pub(crate) calls: BTreeMap<String, u64>,
    pub(crate) chance: Chance,
    pub(crate) portal_id: u64,
    tables: [Table; Kind::ALL.len()],
    last_id: u64,
}

impl State {
    pub(crate) fn new(seed: u64, token: &str) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            token: token.to_owned(),
            token_expired_ms: None,
            settings: Settings::default(),
            associations: Associations::default(),
            pipelines: Pipelines::standard(),
            limits: Limits::default(),
            faults: Vec::new(),
            calls: BTreeMap::new(),
            portal_id: 140_000_000 + chance.below(9_000_000),
            // Ids as long as HubSpot's are, so that nobody keeps one in 32 bits.
            last_id: 100_000_000_000 + chance.below(90_000_000_000),
            tables: Kind::ALL.map(Table::fresh),
            chance,
        }
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }

    pub(crate) fn table_mut(&mut self, kind: Kind) -> &mut Table {
        &mut self.tables[kind as usize]
    }

    pub(crate) fn shelf(&self, kind: Kind) -> &Shelf {
        &self.table(kind).shelf
    }

    pub(crate) fn shelf_mut(&mut self, kind: Kind) -> &mut Shelf {
        &mut self.table_mut(kind).shelf
    }

    /// Ids grow, with gaps.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1 + self.chance.below(40);
        self.last_id
    }

    /// Defines a property and, when it is unique, keeps it so.
    pub(crate) fn define(&mut self, kind: Kind, property: Property) -> Result<(), Refusal> {
        let (name, unique) = (property.name.clone(), property.has_unique_value);
        let table = self.table_mut(kind);
        table.schema.add(property)?;
        if unique {
            table.shelf.keep_unique(&name);
        }
        Ok(())
    }
}

impl Table {
    fn fresh(kind: Kind) -> Self {
        let mut shelf = Shelf::default();
        if kind == Kind::Contact {
            shelf.keep_unique("email");
        }
        Self { schema: Schema::standard(kind), shelf }
    }
}
