//! The work between a write and its bytes, for those who measure it.

use domain::{Record, Write};

use crate::contacts;
use crate::decode::Results;

/// The body of the batch that carries these writes: all creates or all updates, at most 100.
pub fn encode_batch(writes: &[Write]) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&contacts::inputs(0, writes.iter()))
}

/// The contacts in the answer of a batch.
pub fn decode_batch(body: &[u8]) -> Result<Vec<Record>, serde_json::Error> {
    let said: Results = serde_json::from_slice(body)?;
    Ok(said.results.iter().filter_map(|row| row.record(&[])).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{ExternalKey, Field, Value as Said};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_create_says_its_key_once_and_an_update_none() {
        let fields = BTreeMap::from([
            (Field::CustomerKey, Said::Text("7".into())),
            (Field::TotalSpent, Said::Number("49.90".parse().unwrap())),
            (Field::Tags, Said::Empty),
        ]);
        let create = Write::Create { key: ExternalKey::from_crm("7"), fields };
        let body: Value = serde_json::from_slice(&encode_batch(&[create]).unwrap()).unwrap();
        let said = json!({"shopify_customer_id": "7", "total_spent": "49.90", "shopify_customer_tags": ""});
        let row = json!({"id": "7", "idProperty": "shopify_customer_id", "objectWriteTraceId": "row-0", "properties": said});
        assert_eq!(body, json!({"inputs": [row]}));

        let update = Write::Update { record: domain::RecordId::new("55"), fields: BTreeMap::new() };
        let body: Value = serde_json::from_slice(&encode_batch(&[update]).unwrap()).unwrap();
        assert_eq!(body["inputs"][0], json!({"id": "55", "objectWriteTraceId": "row-0", "properties": {}}));
    }

    #[test]
    fn what_is_not_ours_is_left_aside_and_what_was_not_read_is_not_empty() {
        let body = json!({"results": [{"id": 5, "properties": {"firstname": "Ada", "phone": null, "city": "X"}}, {}]});
        let records = decode_batch(body.to_string().as_bytes()).unwrap();
        let fields = [(Field::FirstName, Said::Text("Ada".into())), (Field::Phone, Said::Empty)].into();
        assert_eq!(records, [Record { id: domain::RecordId::new("5"), key: None, fields }]);
    }
}
