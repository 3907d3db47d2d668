//! The life of a bulk operation: begin one, or go on with the one that runs; look after it; cancel it.
//!
//! Shopify runs five at once for an app and a shop; one that is being cancelled holds its place, for minutes
//! (shopify.dev/docs/api/usage/bulk-operations/queries). Its word that one is finished is not promised to come, so it has to
//! be asked.

use domain::ShopDomain;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::incomplete;
use super::error::{ShopError, ShopErrorKind};
use super::query;

/// A bulk operation, by its global id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkId(String);

impl BulkId {
    /// An id as it was kept.
    pub fn new(gid: impl Into<String>) -> Self {
        Self(gid.into())
    }

    /// The global id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An operation, as it was when it was asked for.
#[derive(Debug, Clone)]
pub struct BulkOperation {
    /// Which.
    pub id: BulkId,
    /// When it was begun, UTC.
    pub created_at: Timestamp,
    /// How many objects it has gone through: one that no longer counts on is stalled.
    pub objects: u64,
    /// How far it is.
    pub state: BulkState,
}

/// How far an operation is.
#[derive(Debug, Clone)]
pub enum BulkState {
    /// Shopify works on it, or is about to.
    Running,
    /// It is being cancelled and still holds its place.
    Canceling,
    /// It is done.
    Completed(BulkResult),
    /// It was cancelled, by us or by Shopify (a stalled one). What it had is gone; begin another.
    Canceled,
    /// It failed. Its partial result is no result.
    Failed(BulkFailure),
    /// Its result was not fetched within seven days.
    Expired,
}

/// What a completed operation gives.
#[derive(Debug, Clone)]
pub struct BulkResult {
    /// `objectCount`: the lines of the file.
    pub objects: u64,
    /// `rootObjectCount`: those without a parent.
    pub roots: u64,
    /// `fileSize`: its bytes.
    pub bytes: u64,
    /// Where it is, signed, for seven days; none where there is nothing in it.
    pub url: Option<SecretString>,
}

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkFailure {
    /// A scope or an approval is missing.
    Denied,
    /// It took too long: ask for less at once.
    TooLong,
    /// Trouble of theirs; the same may be begun again.
    Trouble,
}

/// What became of the wish to begin one.
#[derive(Debug, Clone)]
pub enum BulkStart {
    /// It was begun.
    Begun(BulkOperation),
    /// The same document is at work already: an answer of ours was lost, or the one who began it died.
    Adopted(BulkOperation),
    /// All places are taken. Nothing that we did not begin is cancelled for one: come back later.
    NoPlace,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    error_code: Option<String>,
    created_at: Timestamp,
    object_count: String,
    root_object_count: String,
    file_size: Option<String>,
    url: Option<SecretString>,
    query: String,
}

impl Admin {
    /// Begins a bulk operation, or adopts the one that has the same document.
    ///
    /// When the answer is lost it may have been begun; asking again then adopts it.
    pub async fn start_bulk(
        &self,
        shop: &ShopDomain,
        document: &str,
        now: Timestamp,
    ) -> Result<BulkStart, ShopError> {
        let listed = self.ask(shop, query::BULK_RUNNING, json!({}), now).await?.data;
        if let Some(running) = same(listed, document)? {
            return Ok(BulkStart::Adopted(running));
        }
        let begun = self.ask(shop, query::BULK_START, json!({ "query": document }), now).await?.data;
        started(begun)
    }

    /// Asks for an operation; none where there is none of this id.
    pub async fn bulk(
        &self,
        shop: &ShopDomain,
        id: &BulkId,
        now: Timestamp,
    ) -> Result<Option<BulkOperation>, ShopError> {
        let mut data = self.ask(shop, query::BULK, json!({ "id": id.0 }), now).await?.data;
        match data.get_mut("bulkOperation").map(Value::take) {
            Some(Value::Null) => Ok(None),
            Some(found) => operation(node(found)?).map(Some),
            None => Err(incomplete("bulkOperation")),
        }
    }

    /// Cancels an operation that we began. It holds its place until [`BulkState::Canceled`]; one that is over stays what it is.
    pub async fn cancel_bulk(&self, shop: &ShopDomain, id: &BulkId, now: Timestamp) -> Result<(), ShopError> {
        let mut data = self.ask(shop, query::BULK_CANCEL, json!({ "id": id.0 }), now).await?.data;
        cancelled(&data["bulkOperationCancel"].take())
    }
}

/// The running operation with this document. The filter of the list is not relied on: one that Shopify cannot apply is
/// ignored in silence.
fn same(mut data: Value, document: &str) -> Result<Option<BulkOperation>, ShopError> {
    let Some(Value::Array(nodes)) = data["bulkOperations"].get_mut("nodes").map(Value::take) else {
        return Err(incomplete("bulkOperations"));
    };
    let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    for found in nodes {
        let found = node(found)?;
        // How far others are is nothing to us, even where we could not read it.
        if found.kind == "QUERY" && words(&found.query) == words(document) {
            let found = operation(found)?;
            if matches!(found.state, BulkState::Running) {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

fn started(mut data: Value) -> Result<BulkStart, ShopError> {
    let mut payload = data["bulkOperationRunQuery"].take();
    match code(&payload) {
        None => {
            let found = node(payload["bulkOperation"].take())?;
            operation(found).map(BulkStart::Begun)
        }
        Some("LIMIT_REACHED" | "OPERATION_IN_PROGRESS") => Ok(BulkStart::NoPlace),
        Some(code) => Err(ShopError::new(ShopErrorKind::Misunderstood, code)),
    }
}

/// A refusal is that it is over already, or none of ours; both are seen when it is asked for.
fn cancelled(payload: &Value) -> Result<(), ShopError> {
    if payload.is_null() { Err(incomplete("bulkOperationCancel")) } else { Ok(()) }
}

/// The code of the first user error. Never its message: it may quote the document.
fn code(payload: &Value) -> Option<&str> {
    let error = payload["userErrors"].as_array()?.first()?;
    Some(error["code"].as_str().unwrap_or("INVALID"))
}

fn node(value: Value) -> Result<Node, ShopError> {
    // The cause would quote what it could not read.
    serde_json::from_value(value).map_err(|_| incomplete("bulkOperation"))
}

fn operation(node: Node) -> Result<BulkOperation, ShopError> {
    let objects = node.object_count.parse().map_err(|_| incomplete("objectCount"))?;
    let (id, created_at) = (BulkId(node.id.clone()), node.created_at);
    Ok(BulkOperation { id, created_at, objects, state: state(node, objects)? })
}

fn state(node: Node, objects: u64) -> Result<BulkState, ShopError> {
    Ok(match node.status.as_str() {
        "CREATED" | "RUNNING" => BulkState::Running,
        "CANCELING" => BulkState::Canceling,
        "COMPLETED" => BulkState::Completed(result(node, objects)?),
        "CANCELED" => BulkState::Canceled,
        "FAILED" => BulkState::Failed(failure(node.error_code.as_deref())),
        "EXPIRED" => BulkState::Expired,
        _ => return Err(incomplete("status")),
    })
}

fn result(node: Node, objects: u64) -> Result<BulkResult, ShopError> {
    let roots = node.root_object_count.parse().map_err(|_| incomplete("rootObjectCount"))?;
    // There is no file where there is nothing in it, and so no size.
    let size = node.file_size.as_deref().or(node.url.is_none().then_some("0"));
    let bytes = size.and_then(|size| size.parse().ok()).ok_or_else(|| incomplete("fileSize"))?;
    if node.url.is_none() && objects > 0 {
        return Err(incomplete("url"));
    }
    Ok(BulkResult { objects, roots, bytes, url: node.url })
}

fn failure(code: Option<&str>) -> BulkFailure {
    match code {
        Some("ACCESS_DENIED") => BulkFailure::Denied,
        Some("TIMEOUT") => BulkFailure::TooLong,
        _ => BulkFailure::Trouble,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const DOCUMENT: &str = "{ customers { edges { node { id } } } }";

    fn shown(status: &str, more: &Value) -> Value {
        let mut shown = json!({
            "id": "gid://shopify/BulkOperation/720918", "type": "QUERY", "status": status, "errorCode": null,
            "createdAt": "2026-11-24T02:16:35Z", "objectCount": "57", "rootObjectCount": "3", "fileSize": null, "url": null,
            "query": DOCUMENT,
        });
        for (name, value) in more.as_object().unwrap() {
            shown[name] = value.clone();
        }
        shown
    }

    fn read(status: &str, more: &Value) -> Result<BulkState, ShopError> {
        operation(node(shown(status, more))?).map(|operation| operation.state)
    }

    #[test]
    fn s_160_a_completed_operation_gives_its_counts_and_its_address() {
        let more = json!({"fileSize": "358", "url": "https://storage.example.com/x?signed"});
        let Ok(BulkState::Completed(result)) = read("COMPLETED", &more) else { panic!("not completed") };
        assert_eq!((result.objects, result.roots, result.bytes), (57, 3, 358));
        assert_eq!(result.url.as_ref().unwrap().expose_secret(), "https://storage.example.com/x?signed");
        assert!(!format!("{result:?}").contains("signed"), "whoever has the address has the file");
    }

    #[test]
    fn s_160_a_completed_operation_of_nothing_has_no_address_and_one_of_something_must_have_one() {
        let nothing = json!({"objectCount": "0", "rootObjectCount": "0"});
        let Ok(BulkState::Completed(result)) = read("COMPLETED", &nothing) else { panic!("not completed") };
        assert_eq!((result.objects, result.bytes, result.url.is_none()), (0, 0, true));
        let lost = read("COMPLETED", &json!({"fileSize": "358"})).unwrap_err();
        assert_eq!(*lost.kind(), ShopErrorKind::Incomplete { field: "url" });
        let unsized_file = read("COMPLETED", &json!({"url": "https://storage.example.com/x"})).unwrap_err();
        assert_eq!(*unsized_file.kind(), ShopErrorKind::Incomplete { field: "fileSize" });
    }

    #[test]
    fn every_status_has_its_state_and_a_new_one_is_no_guess() {
        assert!(matches!(read("CREATED", &json!({})), Ok(BulkState::Running)));
        assert!(matches!(read("RUNNING", &json!({})), Ok(BulkState::Running)));
        assert!(matches!(read("CANCELING", &json!({})), Ok(BulkState::Canceling)));
        assert!(matches!(read("CANCELED", &json!({})), Ok(BulkState::Canceled)));
        assert!(matches!(read("EXPIRED", &json!({})), Ok(BulkState::Expired)));
        for (code, expected) in [
            (json!("ACCESS_DENIED"), BulkFailure::Denied),
            (json!("TIMEOUT"), BulkFailure::TooLong),
            (json!("INTERNAL_SERVER_ERROR"), BulkFailure::Trouble),
            (Value::Null, BulkFailure::Trouble),
        ] {
            let state = read("FAILED", &json!({"errorCode": code}));
            assert!(matches!(state, Ok(BulkState::Failed(failure)) if failure == expected), "{code}");
        }
        let new = read("PAUSED", &json!({})).unwrap_err();
        assert_eq!(*new.kind(), ShopErrorKind::Incomplete { field: "status" });
    }

    #[test]
    fn a_running_operation_with_the_same_document_is_adopted_and_no_other() {
        let list = |nodes: Value| json!({"bulkOperations": {"nodes": nodes}});
        let found =
            |shown: Value| same(list(json!([shown])), "{ customers { edges\n { node { id } } } }").unwrap();
        assert!(found(shown("RUNNING", &json!({}))).is_some());
        assert!(found(shown("CREATED", &json!({}))).is_some());
        for other in [
            shown("RUNNING", &json!({"query": "{ orders { edges { node { id } } } }"})),
            shown("RUNNING", &json!({"type": "MUTATION"})),
            shown("CANCELING", &json!({})),
            shown("COMPLETED", &json!({"fileSize": "1", "url": "https://storage.example.com/x"})),
        ] {
            assert!(found(other).is_none());
        }
        assert!(same(json!({}), DOCUMENT).is_err(), "no list is not an empty list");
    }

    #[test]
    fn s_164_when_all_five_places_are_taken_that_is_no_error() {
        let refused = |code: &str| {
            started(json!({"bulkOperationRunQuery": {"bulkOperation": null,
                "userErrors": [{"field": null, "message": "a document", "code": code}]}}))
        };
        assert!(matches!(refused("LIMIT_REACHED"), Ok(BulkStart::NoPlace)));
        assert!(matches!(refused("OPERATION_IN_PROGRESS"), Ok(BulkStart::NoPlace)));
        let invalid = refused("INVALID").unwrap_err();
        assert_eq!((invalid.kind(), invalid.code()), (&ShopErrorKind::Misunderstood, "INVALID"));
        let begun = json!({"bulkOperationRunQuery": {"bulkOperation": shown("CREATED", &json!({})), "userErrors": []}});
        assert!(matches!(started(begun), Ok(BulkStart::Begun(operation)) if operation.objects == 57));
        assert!(started(json!({})).is_err(), "no answer is not a beginning");
    }

    #[test]
    fn cancelling_what_is_over_is_no_error() {
        let over = json!({"bulkOperation": null, "userErrors": [{"field": ["id"], "message": "over"}]});
        assert!(cancelled(&over).is_ok());
        assert!(cancelled(&Value::Null).is_err());
    }
}
