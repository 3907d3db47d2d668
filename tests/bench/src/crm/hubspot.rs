//! HubSpot's side: it takes an upsert and says what became of each row, as HubSpot does.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crm_hubspot::{HubSpot, HubSpotConfig};
use domain::Write;
use outbound::Outbound;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Connector, Words, batch, harness};
use crate::failure::{Failure, FailureKind};
use crate::wire::{self, Exchange};

const PATH: &str = "/crm/objects/2026-03/contacts/batch/upsert";

/// What came first, and what is answered: it is the same batch each time.
#[derive(Default)]
struct Portal(Mutex<Option<(Vec<u8>, Vec<u8>)>>);

/// Ready: one batch has gone through it.
pub(super) fn connector(
    outbound: &Outbound,
    writes: &[Write],
    runtime: &Runtime,
) -> Result<Connector, Failure> {
    let portal = Arc::new(Portal::default());
    let port =
        wire::serve(Arc::clone(&portal), serve).map_err(|cause| harness("no port to serve on", cause))?;
    let config = HubSpotConfig::new(&SecretString::from("pat-bench"))
        .and_then(|config| config.at(&format!("http://127.0.0.1:{port}")));
    let config = config.map_err(|cause| harness("a configuration that is none", cause))?;
    let crm = Box::new(HubSpot::new(outbound.clone(), config));
    let mut connector = Connector { name: "HubSpot", crm, port, sent: Vec::new(), path: PATH };
    runtime.block_on(batch(&connector, writes))?;
    let seen = portal.0.lock().unwrap_or_else(PoisonError::into_inner);
    let nothing = || Failure::new(FailureKind::Answer, "HubSpot's connector sent nothing");
    connector.sent = seen.as_ref().map(|(sent, _)| sent.clone()).ok_or_else(nothing)?;
    Ok(connector)
}

/// The work that is not the HTTP client's.
pub(super) fn words(writes: &[Write]) -> Result<Words<'_>, Failure> {
    let encode =
        || crm_hubspot::encode_batch(writes).map_err(|cause| harness("a batch that is no JSON", cause));
    let answer = answer(&encode()?);
    let read = move || crm_hubspot::decode_batch(&answer).map(|records| records.len());
    let decode = move || read().map_err(|cause| harness("an answer that is no JSON", cause));
    Ok(Words {
        name: "HubSpot",
        encode: Box::new(move || encode().map(|body| body.len())),
        decode: Box::new(decode),
    })
}

fn serve(portal: &Portal, exchange: &mut Exchange) -> io::Result<()> {
    while let Some(request) = exchange.next_request()? {
        let mut known = portal.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, answer) = known.get_or_insert_with(|| {
            let answer = answer(&request.body);
            (request.body, answer)
        });
        let answer = answer.clone();
        drop(known);
        exchange.answer("200 OK", "content-type: application/json\r\n", &answer)?;
    }
    Ok(())
}

/// Each row as it went, with an id of its own and the properties that HubSpot adds.
fn answer(body: &[u8]) -> Vec<u8> {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let rows = asked["inputs"].as_array().map_or(&[][..], Vec::as_slice);
    let row = |(n, input): (usize, &Value)| {
        let mut properties = input["properties"].clone();
        properties["createdate"] = "2026-11-25T10:00:00.000Z".into();
        properties["lastmodifieddate"] = "2026-11-25T10:00:00.000Z".into();
        properties["hs_object_id"] = (40_000 + n).to_string().into();
        json!({
            "id": (40_000 + n).to_string(), "new": true, "properties": properties, "archived": false,
            "createdAt": "2026-11-25T10:00:00.000Z", "updatedAt": "2026-11-25T10:00:00.000Z",
            "objectWriteTraceId": input["objectWriteTraceId"],
        })
    };
    let results: Vec<_> = rows.iter().enumerate().map(row).collect();
    let times = json!({"startedAt": "2026-11-25T10:00:00.000Z", "completedAt": "2026-11-25T10:00:00.100Z"});
    json!({"status": "COMPLETE", "results": results, "startedAt": times["startedAt"], "completedAt": times["completedAt"]})
        .to_string()
        .into_bytes()
}
