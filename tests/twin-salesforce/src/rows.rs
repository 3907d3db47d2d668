//! The rows of a call, as a fault looks at them: what they send, are addressed by, and what their records hold.

use serde_json::Value;

use crate::{
    call::Call,
    endpoint::{Address, CollectionOp, Endpoint},
    id,
    record::Record,
    state::State,
};

/// Names and values of one row.
pub(crate) type Row = Vec<(String, String)>;

impl State {
    /// The rows of a call; none for a call that is about no record.
    pub(crate) fn rows_of(&self, endpoint: &Endpoint, call: &Call) -> Vec<Row> {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let (object, mut rows) = match endpoint {
            Endpoint::Create { object } => (object.as_str(), vec![told(&body)]),
            Endpoint::Get { object, address } | Endpoint::Delete { object, address } => {
                (object.as_str(), vec![addressed(address)])
            }
            Endpoint::Update { object, id } => (object.as_str(), vec![with(told(&body), "Id", id)]),
            Endpoint::Upsert { object, field, value } => {
                (object.as_str(), vec![with(told(&body), field, value)])
            }
            Endpoint::CollectionUpsert { object, .. } => (object.as_str(), records(&body)),
            Endpoint::Collection(CollectionOp::Delete) => {
                ("", ids(call.parameter("ids").unwrap_or_default()))
            }
            Endpoint::Collection(_) => ("", records(&body)),
            Endpoint::Retrieve { object } => (object.as_str(), listed(&body["ids"])),
            _ => return Vec::new(),
        };
        for row in &mut rows {
            self.add_held(object, row);
        }
        rows
    }

    /// Adds what the addressed record holds, so that a fault follows a person to an update by record id.
    pub(crate) fn add_held(&self, object: &str, row: &mut Row) {
        let held = row.iter().find_map(|(name, value)| self.held(object, name, value));
        let Some(record) = held else { return };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        row.push(("Id".into(), record.id.clone()));
        row.extend(record.values().iter().map(|(name, value)| (name.clone(), text(value))));
    }

    fn held(&self, object: &str, name: &str, value: &str) -> Option<&Record> {
        if name.eq_ignore_ascii_case("Id") {
            return self.live(&id::normal(value)?);
        }
        let table = self.table(object)?;
        let field = table.field(name).filter(|field| field.external_id)?;
        table.live(table.holders(field, value).first()?)
    }
}

fn records(body: &Value) -> Vec<Row> {
    body["records"].as_array().into_iter().flatten().map(told).collect()
}

fn told(record: &Value) -> Row {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let sent = record.as_object().into_iter().flatten();
    sent.filter(|(name, _)| *name != "attributes").map(|(name, value)| (name.clone(), text(value))).collect()
}

fn with(mut row: Row, name: &str, value: &str) -> Row {
    row.push((name.to_owned(), value.to_owned()));
    row
}

fn addressed(address: &Address) -> Row {
    match address {
        Address::Id(id) => with(Row::new(), "Id", id),
        Address::Key { field, value } => with(Row::new(), field, value),
    }
}

fn ids(text: &str) -> Vec<Row> {
    text.split(',').map(|id| with(Row::new(), "Id", id.trim())).collect()
}

fn listed(ids: &Value) -> Vec<Row> {
    let texts = ids.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(|id| with(Row::new(), "Id", id)).collect()
}
