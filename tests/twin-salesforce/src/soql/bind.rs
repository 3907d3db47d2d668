//! A query held against the fields there are, and against what may be compared with what.

use super::{Condition, Literal, Name, Operator, Query, Select, pointed};
use crate::{
    field::{Field, FieldKind as K},
    id,
    refusal::Refusal,
    state::State,
    table::Table,
    write::How,
};

/// A column of a query: a field of the object, or of the record one of its references leads to.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The reference, and how a query calls it.
    pub(super) through: Option<(String, String)>,
    pub(super) field: Field,
}

/// Looks columns up for one query.
pub(super) struct Binder<'a> {
    pub(super) state: &'a State,
    pub(super) table: &'a Table,
    pub(super) text: &'a str,
    pub(super) how: &'a How,
}

impl Binder<'_> {
    /// The column of this name.
    ///
    /// # Errors
    /// `INVALID_FIELD` with a caret: no such field, or none the API user may see.
    pub(super) fn column(&self, name: &Name) -> Result<Column, Refusal> {
        let Some((relationship, field)) = name.text.split_once('.') else {
            let field = self.field(self.table, &name.text, name.at)?;
            return Ok(Column { through: None, field });
        };
        // `Contact.Email` in a query on Contact is its own field.
        if relationship.eq_ignore_ascii_case(self.table.name)
            && self.table.relationship(relationship).is_none()
        {
            return Ok(Column { through: None, field: self.field(self.table, field, name.at)? });
        }
        let reference = self
            .table
            .relationship(relationship)
            .ok_or_else(|| self.no_relationship(relationship, name.at))?;
        let behind = reference.refers_to.first().and_then(|object| self.state.table(object));
        let behind = behind.ok_or_else(|| self.no_relationship(relationship, name.at))?;
        let through = Some((reference.name.clone(), relationship.to_owned()));
        Ok(Column { through, field: self.field(behind, field, name.at)? })
    }

    fn field(&self, table: &Table, name: &str, at: usize) -> Result<Field, Refusal> {
        let field = self.state.seen(table, name, self.how).cloned();
        field.ok_or_else(|| {
            let words = format!(
                "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
                table.name
            );
            Refusal::new(400, "INVALID_FIELD", pointed(self.text, at, &words))
        })
    }

    fn no_relationship(&self, name: &str, at: usize) -> Refusal {
        let words = format!(
            "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
        );
        Refusal::new(400, "INVALID_FIELD", pointed(self.text, at, &words))
    }

    /// Looks every column up, and refuses comparisons that cannot be.
    pub(super) fn check(&self, query: &Query) -> Result<Vec<Column>, Refusal> {
        let columns = match &query.select {
            Select::Count => Vec::new(),
            Select::Fields(names) => self.selected(names)?,
        };
        for order in &query.order {
            self.filterable(&order.by, "sorted")?;
        }
        query.condition.as_ref().map_or(Ok(()), |condition| self.check_condition(condition))?;
        Ok(columns)
    }

    fn selected(&self, names: &[Name]) -> Result<Vec<Column>, Refusal> {
        for (index, name) in names.iter().enumerate() {
            if names[..index].iter().any(|other| other.text.eq_ignore_ascii_case(&name.text)) {
                let words = format!("duplicate field selected: {}", name.text);
                return Err(Refusal::malformed_query(pointed(self.text, name.at, &words)));
            }
        }
        names.iter().map(|name| self.column(name)).collect()
    }

    fn check_condition(&self, condition: &Condition) -> Result<(), Refusal> {
        match condition {
            Condition::All(all) | Condition::Any(all) => {
                all.iter().try_for_each(|one| self.check_condition(one))
            }
            Condition::Not(one) => self.check_condition(one),
            Condition::Is { field, operator, value } => {
                let column = self.filterable(field, "filtered")?;
                self.check_operator(&column.field, *operator, field)?;
                self.check_literal(&column.field, value, field)
            }
            Condition::In { field, values, .. } => {
                let column = self.filterable(field, "filtered")?;
                values.iter().try_for_each(|value| self.check_literal(&column.field, value, field))
            }
        }
    }

    fn filterable(&self, name: &Name, use_of: &str) -> Result<Column, Refusal> {
        let column = self.column(name)?;
        if column.field.is_filterable() {
            return Ok(column);
        }
        let words = format!("field '{}' can not be {use_of} in a query call", column.field.name);
        Err(Refusal::new(400, "INVALID_FIELD", pointed(self.text, name.at, &words)))
    }

    fn check_operator(&self, field: &Field, operator: Operator, name: &Name) -> Result<(), Refusal> {
        let fits = match operator {
            Operator::Equal | Operator::Unequal => true,
            Operator::Like => is_text(field.kind) && !matches!(field.kind, K::Id | K::Reference),
            _ => !matches!(field.kind, K::Boolean | K::MultiPicklist),
        };
        let words = format!("invalid operator on {} field", field.kind.name());
        if fits {
            Ok(())
        } else {
            Err(Refusal::new(400, "INVALID_QUERY_FILTER_OPERATOR", pointed(self.text, name.at, &words)))
        }
    }

    fn check_literal(&self, field: &Field, value: &Literal, name: &Name) -> Result<(), Refusal> {
        let (fits, quotes) = match field.kind {
            _ if *value == Literal::Null => return Ok(()),
            K::Id | K::Reference => return self.check_id(value, name, field),
            K::Boolean => (matches!(value, Literal::True | Literal::False), false),
            K::Date => (matches!(value, Literal::Day(_)), false),
            K::DateTime => (matches!(value, Literal::Moment(_)), false),
            kind if kind.is_number() => (matches!(value, Literal::Number(_)), false),
            _ => (matches!(value, Literal::Text(_)), true),
        };
        if fits { Ok(()) } else { Err(self.mismatch(field, name, quotes)) }
    }

    fn mismatch(&self, field: &Field, name: &Name, quotes: bool) -> Refusal {
        let kind = match field.kind {
            K::DateTime => "dateTime",
            K::Currency | K::Percent => "double",
            kind if quotes || kind == K::String => "string",
            kind => kind.name(),
        };
        let may = if quotes { "should" } else { "should not" };
        let words = format!(
            "value of filter criterion for field '{}' must be of type {kind} and {may} be enclosed in quotes",
            field.name
        );
        Refusal::new(400, "INVALID_FIELD", pointed(self.text, name.at, &words))
    }

    fn check_id(&self, value: &Literal, name: &Name, field: &Field) -> Result<(), Refusal> {
        let Literal::Text(text) = value else { return Err(self.mismatch(field, name, true)) };
        if id::normal(text).is_some() || text.is_empty() {
            return Ok(());
        }
        let words = format!("invalid ID field: {text}");
        Err(Refusal::new(400, "INVALID_QUERY_FILTER_OPERATOR", pointed(self.text, name.at, &words)))
    }
}

fn is_text(kind: K) -> bool {
    !kind.is_number() && !matches!(kind, K::Boolean | K::Date | K::DateTime)
}
