//! `PartiQL`: the few statements that our store makes.

use serde_json::Value;

use super::Refusal;
use super::expression::{Change, Condition};
use super::parser::{Meanings, Parser};
use super::row::Row;

/// One statement.
#[derive(Debug)]
pub(super) enum Statement {
    /// A row that must not be there yet.
    Insert { table: String, row: Row },
    /// A change of a row that must be there; whether the row before it is asked for.
    Update { table: String, change: Change, condition: Condition, returns_old: bool },
}

/// Reads a statement with its parameters.
pub(super) fn read(text: &str, parameters: &[Value]) -> Result<Statement, Refusal> {
    let meanings = Meanings { parameters: parameters.iter().collect(), ..Meanings::default() };
    let mut parser = Parser::of(text, meanings)?;
    let statement = if parser.takes("INSERT") { insert(&mut parser) } else { update(&mut parser) }?;
    parser.end()?;
    Ok(statement)
}

/// `INSERT INTO "table" VALUE {'pk': ?, 'sk': ?}`.
fn insert(parser: &mut Parser<'_>) -> Result<Statement, Refusal> {
    parser.expects("INTO")?;
    let table = parser.name()?;
    parser.expects("VALUE")?;
    parser.expects_sign("{")?;
    let mut row = Row::new();
    loop {
        let name = parser.text()?;
        parser.expects_sign(":")?;
        parser.expects_sign("?")?;
        row.insert(name, parser.parameter()?);
        if !parser.takes_sign(",") {
            parser.expects_sign("}")?;
            return Ok(Statement::Insert { table, row });
        }
    }
}

/// `UPDATE "table" SET a = ? SET b = ? REMOVE c WHERE pk = ? AND sk = ? AND ... RETURNING ALL OLD *`.
fn update(parser: &mut Parser<'_>) -> Result<Statement, Refusal> {
    parser.expects("UPDATE")?;
    let (table, mut change) = (parser.name()?, Change::default());
    while !parser.takes("WHERE") {
        if parser.takes("REMOVE") {
            change.remove.push(parser.name()?);
        } else {
            parser.expects("SET")?;
            change.set.push(parser.assignment()?);
        }
    }
    let condition = parser.condition()?;
    let returns_old = parser.takes("RETURNING");
    if returns_old {
        parser.expects("ALL")?;
        parser.expects("OLD")?;
        parser.expects_sign("*")?;
    }
    Ok(Statement::Update { table, change, condition, returns_old })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_go_where_the_marks_stand() {
        let parameters = [json!({"S": "me"}), json!({"N": "0"}), json!({"S": "p"}), json!({"S": "s"})];
        let text = "UPDATE \"t\" SET owner = ? SET until = ? WHERE pk = ? AND sk = ? RETURNING ALL OLD *";
        let Ok(Statement::Update { table, change, condition, returns_old }) = read(text, &parameters) else {
            panic!("an update")
        };
        assert!(table == "t" && returns_old && change.set.len() == 2);
        assert_eq!(condition.pinned("sk"), Some(&json!({"S": "s"})));
    }

    #[test]
    fn one_parameter_too_many_or_too_few_is_refused() {
        let text = "INSERT INTO \"t\" VALUE {'pk': ?}";
        assert!(read(text, &[json!({"S": "p"})]).is_ok());
        assert!(read(text, &[]).is_err());
        assert!(read(text, &[json!({"S": "p"}), json!({"S": "q"})]).is_err());
    }

    #[test]
    fn another_statement_is_refused() {
        assert!(read("SELECT * FROM \"t\"", &[]).is_err());
        assert!(read("DELETE FROM \"t\" WHERE pk = ?", &[json!({"S": "p"})]).is_err());
    }
}
