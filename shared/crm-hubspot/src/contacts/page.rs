//! Everybody, a page at a time: the list of contacts, which has no end that a search has.

use crm::{Cursor, Page};
use outbound::Method;
use serde_json::Value;

use crate::client::HubSpot;
use crate::decode::Listed;
use crate::error::Refusal;
use crate::limits::LIST_PAGE;
use crate::property;

/// A page of all contacts, in the order of their ids: whoever is made or merged meanwhile comes later.
pub(crate) async fn page(hubspot: &HubSpot, after: Option<&Cursor>) -> Result<Page, Refusal> {
    let properties = property::read(hubspot.metafields(), hubspot.signals()).join(",");
    let mut query = format!("?limit={LIST_PAGE}&archived=false&properties={properties}");
    if let Some(after) = after {
        query.push_str("&after=");
        query.extend(after.as_str().bytes().map(in_a_query));
    }
    let url = hubspot.objects(&format!("contacts{query}"));
    let answer = hubspot.call::<Value>(Method::GET, &url, None).await.map_err(Refusal::about_no_record)?;
    let unanswered = || Refusal::unanswered(answer.status());
    let said: Listed = answer.json().map_err(|_| unanswered())?;
    let next = said.next().map(Cursor::new);
    // A page that leads to itself would never end.
    if next.is_some() && next.as_ref() == after {
        return Err(unanswered());
    }
    let records = said.results.iter().map(|row| row.record(hubspot.metafields()));
    Ok(Page { records: records.collect::<Option<_>>().ok_or_else(unanswered)?, next })
}

/// As it may stand in a query. HubSpot gives some cursors with their `%` in them already.
fn in_a_query(byte: u8) -> String {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'%' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    }
}
