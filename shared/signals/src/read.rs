//! From a text to the tree that the parser makes of it.
//!
//! `cel` has two parsers. The documented one (ANTLR) knows where each part begins, and takes about 7 ms for the first
//! expression of a process and 0.02 ms for each further one; the other (`PrattParser`, public but left out of the docs)
//! knows no places and takes 0.001 ms. So the quick one reads, and only where something is wrong the documented one is
//! asked where. A test holds their trees beside each other.

use std::thread;

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::{ParseErrors, Parser, PrattParser};

use crate::refused::{Mend, Refused};

/// The tree, quickly.
pub(crate) fn quick(text: &str) -> Option<IdedExpr> {
    PrattParser::new().parse(text).ok()
}

/// The documented parser goes down ten functions for each bracket, up to 150 KB in a build without optimisation.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// The tree and where each part of it is, or where it stops being one. On a stack of its own, of which as much is taken as
/// is used.
pub(crate) fn with_places(text: &str) -> Result<(IdedExpr, Places), Refused> {
    let parse = || Parser::new().parse_with_source_info(text).map_err(|errors| place(text, &errors));
    let parsed = thread::scope(|scope| {
        let own = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, parse);
        own.ok().and_then(|own| own.join().ok())
    });
    let (tree, info) = parsed.unwrap_or(Err(1)).map_err(unreadable)?;
    Ok((tree, Places(info)))
}

/// Where the parts are.
pub(crate) struct Places(SourceInfo);

impl Places {
    /// The letter at which a part begins, counted from 1.
    pub(crate) fn of(&self, id: u64) -> usize {
        let start = self.0.offset_for(id).map_or(0, |(start, _)| start as usize);
        self.0.source.get(..start).map_or(1, |before| before.chars().count() + 1)
    }
}

/// The letter at which the first error is, counted from 1.
fn place(text: &str, errors: &ParseErrors) -> usize {
    let (line, column) = errors.errors.first().map_or((1, 1), |error| error.pos);
    let before = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let lines = text.split_inclusive('\n').take(before).map(|line| line.chars().count()).sum::<usize>();
    lines + usize::try_from(column).unwrap_or(1).max(1)
}

fn unreadable(at: usize) -> Refused {
    let mend = "write it like customer.orders_count >= 2 && !(\"staff\" in customer.tags), with every bracket and quote \
                closed";
    Refused { at, found: "is no expression from there on".to_owned(), mend: Mend::Words(mend) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parsers_read_the_same() {
        for text in [
            "customer.total_spent >= 500.00",
            "-5 + 3 > -2.5 * (1 - 2) / 4",
            "has(customer.tags) && !(\"vip\" in customer.tags) || 1 == 1",
            "a && b && c && d && e || f || g || h ? \"x\" : size(\"y\") == 1 ? 'z' : \"\"",
            "customer.currency.startsWith(\"U\") && customer.currency in [\"USD\", \"CAD\"]",
            "\"\\u00e9\\n\\\"\" == 'é'",
        ] {
            assert_eq!(quick(text), with_places(text).ok().map(|(tree, _)| tree), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told_with_its_place() {
        for (text, at) in [("", 1), ("1 +", 4), ("1 == 1)", 7), ("true &&\n  &&", 11)] {
            assert_eq!(with_places(text).err().map(|refused| refused.at), Some(at), "{text:?}");
            assert_eq!(quick(text), None, "{text:?}");
        }
    }
}
