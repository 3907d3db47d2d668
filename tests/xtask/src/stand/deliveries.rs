//! What the system remembers of each delivery: its row in the `keys` table.

use anyhow::Result;
use serde_json::{Value, json};

use crate::stand::aws::Aws;

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// `delivery#{shop}#{webhook id}`.
    pub(crate) key: String,
    /// Whether it has been seen to its end.
    pub(crate) done: bool,
    /// The end, in a short sentence; empty while there is none.
    pub(crate) outcome: String,
}

/// The key of a delivery's row.
pub(crate) fn key(shop: &str, webhook_id: &str) -> String {
    format!("delivery#{shop}#{webhook_id}")
}

/// The row of one delivery; none where no worker has met it.
pub(crate) async fn one(aws: &Aws, table: &str, key: &str) -> Result<Option<Remembered>> {
    let asked = json!({"TableName": table, "Key": {"pk": {"S": key}}, "ConsistentRead": true});
    let answer = aws.json("dynamodb", "DynamoDB_20120810.GetItem", &asked).await?;
    Ok(remembered(&answer["Item"]))
}

/// The rows of all deliveries of a shop.
pub(crate) async fn all(aws: &Aws, table: &str, shop: &str) -> Result<Vec<Remembered>> {
    let mut rows = Vec::new();
    let mut from = Value::Null;
    loop {
        let mut asked = json!({
            "TableName": table,
            "FilterExpression": "begins_with(pk, :prefix)",
            "ExpressionAttributeValues": {":prefix": {"S": key(shop, "")}},
        });
        if !from.is_null() {
            asked["ExclusiveStartKey"] = from;
        }
        let answer = aws.json("dynamodb", "DynamoDB_20120810.Scan", &asked).await?;
        rows.extend(answer["Items"].as_array().into_iter().flatten().filter_map(remembered));
        from = answer["LastEvaluatedKey"].clone();
        if from.is_null() {
            return Ok(rows);
        }
    }
}

fn remembered(item: &Value) -> Option<Remembered> {
    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    let key = item["pk"]["S"].as_str()?.to_owned();
    Some(Remembered { key, done: text("state") == "done", outcome: text("outcome") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_and_how_it_ended() {
        let item = json!({"pk": {"S": "delivery#s#1"}, "state": {"S": "done"}, "outcome": {"S": "updated contact 7"}});
        let expected = Remembered { key: key("s", "1"), done: true, outcome: "updated contact 7".into() };
        assert_eq!(remembered(&item), Some(expected));
    }

    #[test]
    fn a_delivery_that_nobody_met_has_no_row() {
        assert_eq!(remembered(&Value::Null), None);
    }

    #[test]
    fn a_delivery_in_progress_has_no_outcome_yet() {
        let row = remembered(&json!({"pk": {"S": "delivery#s#1"}, "state": {"S": "in_progress"}})).unwrap();
        assert!(!row.done && row.outcome.is_empty());
    }
}
