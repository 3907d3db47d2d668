//! The calls that write.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::expression::{Change, Condition};
use super::parser::{Meanings, Parser};
use super::row::Row;
use super::statement::{self, Statement};
use super::{
    ACTIONS_AT_ONCE, Answer, Key, Refusal, STATEMENTS_AT_ONCE, Tables, array, at_most, key, knows, object,
    text,
};

/// What both an item's own call and an action in a transaction may say.
const COMMON: [&str; 5] = [
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
];

/// One conditional write of one row.
struct Write {
    key: Key,
    condition: Condition,
    becomes: Becomes,
    tells_what_stood: bool,
}

enum Becomes {
    Changed(Change),
    Row(Row),
    Nothing,
}

impl Tables {
    pub(super) fn put(&mut self, request: &Map<String, Value>) -> Result<Answer, Refusal> {
        let write = put_of(request)?;
        self.alone(&write, false)
    }

    pub(super) fn update(&mut self, request: &Map<String, Value>) -> Result<Answer, Refusal> {
        let returns_old = match request.get("ReturnValues").and_then(Value::as_str) {
            None | Some("NONE") => false,
            Some("ALL_OLD") => true,
            Some(other) => return Err(Refusal::of(format!("the bench does not return {other}"))),
        };
        let mut rest = request.clone();
        rest.remove("ReturnValues");
        self.alone(&update_of(&rest)?, returns_old)
    }

    fn alone(&mut self, write: &Write, returns_old: bool) -> Result<Answer, Refusal> {
        if !self.holds(write) {
            self.charge_refused(&write.key, 1);
            return Ok(Answer::Failed("ConditionalCheckFailedException", self.stood(write)));
        }
        let before = self.carry_out(write, 1)?;
        let told = before.filter(|_| returns_old).map(|row| json!({"Attributes": row}));
        Ok(Answer::Done(told.unwrap_or_else(|| json!({}))))
    }

    /// All or none; twice the price.
    pub(super) fn transact(&mut self, request: &Map<String, Value>) -> Result<Answer, Refusal> {
        knows(request, &["TransactItems", "ClientRequestToken"])?;
        let writes = array(request, "TransactItems")?.iter().map(action).collect::<Result<Vec<_>, _>>()?;
        at_most(writes.len(), ACTIONS_AT_ONCE)?;
        distinct(writes.iter().map(|write| &write.key))?;
        let held: Vec<bool> = writes.iter().map(|write| self.holds(write)).collect();
        if held.iter().all(|held| *held) {
            for write in &writes {
                self.carry_out(write, 2)?;
            }
            return Ok(Answer::Done(json!({})));
        }
        let reasons: Vec<Value> =
            writes.iter().zip(held).map(|(write, held)| self.reason(write, held)).collect();
        for write in &writes {
            self.charge_refused(&write.key, 2);
        }
        Ok(Answer::Failed("TransactionCanceledException", json!({"CancellationReasons": reasons})))
    }

    fn reason(&self, write: &Write, held: bool) -> Value {
        if held {
            return json!({"Code": "None"});
        }
        let mut reason = self.stood(write);
        reason["Code"] = "ConditionalCheckFailed".into();
        reason
    }

    /// Each statement by itself.
    pub(super) fn state_many(&mut self, request: &Map<String, Value>) -> Result<Value, Refusal> {
        knows(request, &["Statements"])?;
        let statements = array(request, "Statements")?.iter().map(stated).collect::<Result<Vec<_>, _>>()?;
        at_most(statements.len(), STATEMENTS_AT_ONCE)?;
        distinct(statements.iter().map(|(write, ..)| &write.key))?;
        let mut responses = Vec::with_capacity(statements.len());
        for (write, kind) in &statements {
            responses.push(self.state(write, *kind)?);
        }
        Ok(json!({"Responses": responses}))
    }

    fn state(&mut self, write: &Write, kind: Kind) -> Result<Value, Refusal> {
        let table = write.key.0.clone();
        if !self.holds(write) {
            self.charge_refused(&write.key, 1);
            let mut error = self.stood(write);
            error["Code"] =
                if kind == Kind::Insert { "DuplicateItem" } else { "ConditionalCheckFailed" }.into();
            return Ok(json!({"TableName": table, "Error": error}));
        }
        let before = self.carry_out(write, 1)?;
        Ok(match before.filter(|_| kind == Kind::ReturningUpdate) {
            Some(row) => json!({"TableName": table, "Item": row}),
            None => json!({"TableName": table}),
        })
    }

    fn holds(&self, write: &Write) -> bool {
        self.rows
            .get(&write.key)
            .map_or_else(|| write.condition.holds(&Row::new()), |row| write.condition.holds(row))
    }

    fn carry_out(&mut self, write: &Write, times: u64) -> Result<Option<Row>, Refusal> {
        let after = match &write.becomes {
            Becomes::Row(row) => Some(row.clone()),
            Becomes::Nothing => None,
            Becomes::Changed(change) => Some(match self.rows.get(&write.key) {
                Some(row) => change.made(row)?,
                None => change.made(&bare(&write.key))?,
            }),
        };
        Ok(self.store(write.key.clone(), after, times))
    }

    fn stood(&self, write: &Write) -> Value {
        let mut error = json!({"Message": "The conditional request failed"});
        if let Some(row) = self.rows.get(&write.key).filter(|_| write.tells_what_stood) {
            error["Item"] = json!(row);
        }
        error
    }
}

/// A row of its key alone: what an update of a row that is not there begins with.
fn bare((_, pk, sk): &Key) -> Row {
    let parts = [("pk", pk), ("sk", sk)].into_iter().filter(|(_, text)| !text.is_empty());
    parts.map(|(name, text)| (name.to_owned(), json!({"S": text}))).collect()
}

fn action(action: &Value) -> Result<Write, Refusal> {
    let parts = action.as_object().ok_or_else(|| Refusal::of("an action is no object"))?;
    match parts.iter().next() {
        Some((kind, Value::Object(part))) if parts.len() == 1 => match kind.as_str() {
            "Update" => update_of(part),
            "Put" => put_of(part),
            "Delete" => delete_of(part),
            _ => Err(Refusal::of(format!("the bench has no action `{kind}`"))),
        },
        _ => Err(Refusal::of("an action is not one thing")),
    }
}

fn update_of(part: &Map<String, Value>) -> Result<Write, Refusal> {
    knows(part, &[&COMMON[..], &["Key", "UpdateExpression"]].concat())?;
    let change = Parser::change_of(text(part, "UpdateExpression")?, meanings(part))?;
    write(part, object(part, "Key")?, Becomes::Changed(change))
}

fn put_of(part: &Map<String, Value>) -> Result<Write, Refusal> {
    knows(part, &[&COMMON[..], &["Item"]].concat())?;
    let row = object(part, "Item")?;
    write(part, row, Becomes::Row(row.clone()))
}

fn delete_of(part: &Map<String, Value>) -> Result<Write, Refusal> {
    knows(part, &[&COMMON[..], &["Key"]].concat())?;
    write(part, object(part, "Key")?, Becomes::Nothing)
}

fn write(part: &Map<String, Value>, of: &Map<String, Value>, becomes: Becomes) -> Result<Write, Refusal> {
    let condition = part.get("ConditionExpression").and_then(Value::as_str);
    let condition = Parser::condition_of(condition, meanings(part))?;
    let key = key(text(part, "TableName")?, of)?;
    Ok(Write { key, condition, becomes, tells_what_stood: tells_what_stood(part)? })
}

fn meanings(part: &Map<String, Value>) -> Meanings<'_> {
    let map = |name: &str| part.get(name).and_then(Value::as_object);
    let (names, values) = (map("ExpressionAttributeNames"), map("ExpressionAttributeValues"));
    Meanings { names, values, ..Meanings::default() }
}

fn tells_what_stood(part: &Map<String, Value>) -> Result<bool, Refusal> {
    match part.get("ReturnValuesOnConditionCheckFailure").and_then(Value::as_str) {
        None | Some("NONE") => Ok(false),
        Some("ALL_OLD") => Ok(true),
        Some(other) => Err(Refusal::of(format!("the bench does not return {other}"))),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Insert,
    Update,
    ReturningUpdate,
}

/// A statement as the write that it is: an insert wants no row, an update one.
fn stated(request: &Value) -> Result<(Write, Kind), Refusal> {
    let part = request.as_object().ok_or_else(|| Refusal::of("a statement is no object"))?;
    knows(part, &["Statement", "Parameters", "ReturnValuesOnConditionCheckFailure"])?;
    let tells_what_stood = tells_what_stood(part)?;
    match statement::read(text(part, "Statement")?, array(part, "Parameters")?)? {
        Statement::Insert { table, row } => {
            let (key, condition) = (key(&table, &row)?, Condition::Exists("pk".to_owned(), false));
            Ok((Write { key, condition, becomes: Becomes::Row(row), tells_what_stood }, Kind::Insert))
        }
        Statement::Update { table, change, condition, returns_old } => {
            let pinned = |name: &str| Some((name.to_owned(), condition.pinned(name)?.clone()));
            let key = key(&table, &["pk", "sk"].into_iter().filter_map(pinned).collect())?;
            let becomes = Becomes::Changed(change);
            let kind = if returns_old { Kind::ReturningUpdate } else { Kind::Update };
            // The key is a part of the condition, so no row is a condition that does not hold.
            Ok((Write { key, condition, becomes, tells_what_stood }, kind))
        }
    }
}

fn distinct<'k>(mut keys: impl Iterator<Item = &'k Key>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    if keys.all(|key| seen.insert(key)) { Ok(()) } else { Err(Refusal::of("two are about one row")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(tables: &mut Tables, operation: &str, request: &Value) -> Value {
        match tables.answer(operation, request.to_string().as_bytes()) {
            Answer::Done(value) => value,
            Answer::Failed(kind, value) => panic!("{kind}: {value}"),
        }
    }

    fn failed(tables: &mut Tables, operation: &str, request: &Value) -> (&'static str, Value) {
        match tables.answer(operation, request.to_string().as_bytes()) {
            Answer::Done(value) => panic!("it was done: {value}"),
            Answer::Failed(kind, value) => (kind, value),
        }
    }

    fn insert(pk: &str) -> Value {
        json!({"Statement": "INSERT INTO \"t\" VALUE {'pk': ?, 'until': ?}",
            "Parameters": [{"S": pk}, {"N": "7"}], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
    }

    fn lease(pk: &str, now: &str) -> Value {
        json!({"Statement": "UPDATE \"t\" SET until = ? WHERE pk = ? AND until <= ? RETURNING ALL OLD *",
            "Parameters": [{"N": "99"}, {"S": pk}, {"N": now}], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
    }

    fn states(tables: &mut Tables, statements: &[Value]) -> Value {
        done(tables, "BatchExecuteStatement", &json!({"Statements": statements}))["Responses"].clone()
    }

    #[test]
    fn a_second_insert_is_a_duplicate_and_costs_too() {
        let mut tables = Tables::default();
        states(&mut tables, &[insert("a")]);
        let again = states(&mut tables, &[insert("a"), insert("b")]);
        assert_eq!(again[0]["Error"]["Code"], "DuplicateItem");
        assert!(again[1].get("Error").is_none());
        assert_eq!(tables.take_write_units(), 3);
    }

    #[test]
    fn an_update_makes_no_row_and_tells_the_one_before_or_the_one_that_stood() {
        let mut tables = Tables::default();
        let missing = states(&mut tables, &[lease("a", "7")]);
        assert_eq!(missing[0]["Error"]["Code"], "ConditionalCheckFailed");
        assert!(missing[0]["Error"].get("Item").is_none());
        states(&mut tables, &[insert("a")]);
        assert_eq!(states(&mut tables, &[lease("a", "7")])[0]["Item"]["until"]["N"], "7");
        assert_eq!(states(&mut tables, &[lease("a", "8")])[0]["Error"]["Item"]["until"]["N"], "99");
    }

    #[test]
    fn two_statements_about_one_row_are_refused_loudly() {
        let mut tables = Tables::default();
        let request = json!({"Statements": [insert("a"), insert("a")]});
        assert_eq!(failed(&mut tables, "BatchExecuteStatement", &request).0, "ValidationException");
        assert_eq!(tables.refusals().len(), 1);
    }

    #[test]
    fn a_row_that_comes_due_costs_what_its_index_costs() {
        let mut tables = Tables::default();
        states(&mut tables, &[insert("a")]);
        assert_eq!(tables.take_write_units(), 1);
        let change = |what: &str, values: &[Value]| {
            let parameters = [values, &[json!({"S": "a"})]].concat();
            json!({"Statement": format!("UPDATE \"t\" {what} WHERE pk = ?"), "Parameters": parameters})
        };
        let set =
            |ms: &str| change("SET due_in = ? SET due_at_ms = ?", &[json!({"S": "d"}), json!({"N": ms})]);
        let removed = change("REMOVE due_in REMOVE due_at_ms", &[]);
        for (statement, units) in
            [(&removed, 1), (&set("1"), 2), (&set("1"), 1), (&set("2"), 3), (&removed, 2)]
        {
            let said = states(&mut tables, std::slice::from_ref(statement));
            assert!(said[0].get("Error").is_none(), "{said}");
            assert_eq!(tables.take_write_units(), units, "{statement}");
        }
    }

    #[test]
    fn a_transaction_does_all_or_nothing_at_twice_the_price() {
        let mut tables = Tables::default();
        let put = |pk: &str| {
            json!({"Put": {"TableName": "t", "Item": {"pk": {"S": pk}},
            "ConditionExpression": "attribute_not_exists(pk)"}})
        };
        done(&mut tables, "TransactWriteItems", &json!({"TransactItems": [put("a")]}));
        assert_eq!(tables.take_write_units(), 2);
        let both = json!({"TransactItems": [put("a"), put("b")]});
        let (kind, error) = failed(&mut tables, "TransactWriteItems", &both);
        assert_eq!(kind, "TransactionCanceledException");
        assert_eq!(error["CancellationReasons"][0]["Code"], "ConditionalCheckFailed");
        assert_eq!(error["CancellationReasons"][1]["Code"], "None");
        let key = json!({"TableName": "t", "Key": {"pk": {"S": "b"}}});
        assert_eq!(done(&mut tables, "GetItem", &key), json!({}));
    }

    #[test]
    fn an_update_whose_condition_fails_changes_nothing() {
        let mut tables = Tables::default();
        let update = |condition: &str| {
            json!({"TableName": "t", "Key": {"pk": {"S": "a"}}, "UpdateExpression": "SET #n = :v",
            "ConditionExpression": condition, "ExpressionAttributeNames": {"#n": "n"},
            "ExpressionAttributeValues": {":v": {"N": "1"}}, "ReturnValues": "ALL_OLD",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
        };
        assert_eq!(done(&mut tables, "UpdateItem", &update("attribute_not_exists(pk)")), json!({}));
        let (kind, error) = failed(&mut tables, "UpdateItem", &update("attribute_not_exists(pk)"));
        assert_eq!(kind, "ConditionalCheckFailedException");
        assert_eq!(error["Item"]["n"]["N"], "1");
        assert_eq!(tables.take_write_units(), 2);
    }

    #[test]
    fn what_is_not_known_is_refused_and_remembered() {
        let mut tables = Tables::default();
        let scan = failed(&mut tables, "Scan", &json!({"TableName": "t"}));
        let field = json!({"TableName": "t", "Key": {"pk": {"S": "a"}}, "AttributesToGet": ["pk"]});
        let field = failed(&mut tables, "GetItem", &field);
        assert_eq!((scan.0, field.0), ("ValidationException", "ValidationException"));
        assert_eq!(tables.refusals().len(), 2);
    }
}
