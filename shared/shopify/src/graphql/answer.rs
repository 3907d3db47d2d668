//! Data, errors, or both.

use std::time::Duration;

use outbound::Answer;
use serde::Deserialize;
use serde_json::Value;

use super::admin::{incomplete, is_withheld};
use super::error::{ShopError, ShopErrorKind, is_code};

/// Where a value was withheld, as Shopify writes paths: `["nodes", 0, "firstName"]`.
pub(super) type Path = Vec<Value>;

/// Data that can be used, and what was left out of it.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) data: Value,
    pub(super) withheld: Vec<Path>,
}

/// An object that was asked for by its id, or why it cannot be read.
pub(super) type Node<I> = (I, Result<Value, ShopError>);

impl Data {
    /// The objects of this kind that were asked for by `ids`, in their order; one that is not there is left out. Of one of
    /// which a part was withheld, the error names `what`: what we may not see is not what is not there.
    pub(super) fn nodes<I: Copy>(
        mut self,
        kind: &str,
        ids: &[I],
        what: &'static str,
    ) -> Result<Vec<Node<I>>, ShopError> {
        let Some(Value::Array(nodes)) = self.data.get_mut("nodes").map(Value::take) else {
            return Err(incomplete("nodes"));
        };
        let node = |(index, (id, node)): (usize, (&I, Value))| {
            if is_withheld(&self.withheld, &["nodes".into(), index.into()], &[]) {
                return Some((*id, Err(incomplete(what))));
            }
            (node["__typename"] == kind).then_some((*id, Ok(node)))
        };
        Ok(ids.iter().zip(nodes).enumerate().filter_map(node).collect())
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Errors,
    #[serde(default)]
    extensions: Extensions,
}

/// A list as GraphQL has it, or (on 401 to 404) a bare text.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Errors {
    List(Vec<GraphqlError>),
    #[default]
    None,
    Other(Value),
}

#[derive(Deserialize)]
struct GraphqlError {
    #[serde(default)]
    path: Option<Path>,
    #[serde(default)]
    extensions: Option<ErrorExtensions>,
}

#[derive(Deserialize)]
struct ErrorExtensions {
    #[serde(default)]
    code: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Extensions {
    cost: Option<Cost>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Cost {
    requested_query_cost: f64,
    throttle_status: Throttle,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Throttle {
    currently_available: f64,
    restore_rate: f64,
}

/// Sorts an answer (shopify.dev/docs/api/usage/response-codes, and the error table of the GraphQL Admin API).
pub(super) fn sort(answer: &Answer) -> Result<Data, ShopError> {
    let id = answer.header("x-request-id");
    if answer.status() != 200 {
        return Err(by_status(answer).of_request(id));
    }
    // The cause could quote what it could not read.
    let body: Body = answer.json().map_err(|_| {
        ShopError::new(ShopErrorKind::Unavailable, "HTTP 200 that is not GraphQL").of_request(id)
    })?;
    by_errors(body).map_err(|error| error.of_request(id))
}

fn by_status(answer: &Answer) -> ShopError {
    let status = answer.status();
    let kind = match status {
        429 => {
            ShopErrorKind::RateLimited { retry_after: answer.retry_after().unwrap_or(Duration::from_secs(2)) }
        }
        401 => ShopErrorKind::Unauthorized,
        402..=404 | 423 => ShopErrorKind::ShopInactive,
        400..=499 if status != 408 => ShopErrorKind::Misunderstood,
        _ => ShopErrorKind::Unavailable,
    };
    ShopError::new(kind, format!("HTTP {status}"))
}

fn by_errors(body: Body) -> Result<Data, ShopError> {
    let errors = match body.errors {
        Errors::None | Errors::Other(Value::Null) => vec![],
        Errors::List(list) => list,
        Errors::Other(_) => {
            return Err(ShopError::new(ShopErrorKind::Misunderstood, "errors without a list"));
        }
    };
    let cost = body.extensions.cost.unwrap_or_default();
    if let Some(error) = errors.iter().find_map(|error| whole(error, &cost)) {
        return Err(error);
    }
    if body.data.is_null() {
        let code = errors.first().and_then(GraphqlError::code).unwrap_or("no data").to_owned();
        return Err(ShopError::new(ShopErrorKind::Misunderstood, code));
    }
    let withheld = errors.into_iter().filter_map(|error| error.path).collect();
    Ok(Data { data: body.data, withheld })
}

impl GraphqlError {
    fn code(&self) -> Option<&str> {
        let code = self.extensions.as_ref()?.code.as_deref()?;
        Some(if is_code(code) { code } else { "an unreadable code" })
    }
}

/// An error that is about the whole query. One that is not names a path beside data: a value was withheld.
fn whole(error: &GraphqlError, cost: &Cost) -> Option<ShopError> {
    let code = error.code()?;
    let kind = match code {
        "THROTTLED" => ShopErrorKind::RateLimited { retry_after: refill(cost) },
        "INTERNAL_SERVER_ERROR" | "TIMEOUT" | "SERVICE_UNAVAILABLE" => ShopErrorKind::Unavailable,
        "SHOP_INACTIVE" => ShopErrorKind::ShopInactive,
        "ACCESS_DENIED" if error.path.as_ref().is_none_or(|path| path.len() < 3) => {
            ShopErrorKind::Unauthorized
        }
        "ACCESS_DENIED" => return None,
        _ => ShopErrorKind::Misunderstood,
    };
    Some(ShopError::new(kind, code))
}

/// There is no `Retry-After` on THROTTLED: wait until the bucket holds what the query asks for, at least a second.
fn refill(cost: &Cost) -> Duration {
    let throttle = &cost.throttle_status;
    let missing = cost.requested_query_cost - throttle.currently_available;
    let seconds = if throttle.restore_rate > 0.0 { (missing / throttle.restore_rate).ceil() } else { 2.0 };
    Duration::from_secs_f64(seconds.clamp(1.0, 60.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn of_no_error_more_than_its_code_is_kept(some in "[ -~]{0,12}", place in 0_usize..7, has_data: bool) {
            let person = format!("{some} hush@example.com");
            let mut texts = vec![String::new(); 7];
            texts[place] = person;
            let [message, code, path, key, value, data, bare] = texts.try_into().unwrap();
            let error = json!({"message": message, "path": ["nodes", path], "extensions": {"code": code, key: value}});
            let data = if has_data { json!({"nodes": [data]}) } else { Value::Null };
            for errors in [json!([error, error]), json!(bare)] {
                let body: Body = serde_json::from_value(json!({"data": data, "errors": errors})).unwrap();
                if let Err(error) = by_errors(body) {
                    let shown = format!("{error} {error:?}");
                    prop_assert!(!shown.contains("hush"), "{shown}");
                }
            }
        }
    }

    #[test]
    fn what_is_shaped_like_a_code_is_kept_and_nothing_longer() {
        let code = |code: &str| {
            let body = json!({"errors": [{"extensions": {"code": code}}]});
            by_errors(serde_json::from_value(body).unwrap()).unwrap_err().code().to_owned()
        };
        assert_eq!(code("undefinedField"), "undefinedField");
        assert_eq!(code(&"X".repeat(65)), "an unreadable code");
        let about = |id: &str| ShopError::new(ShopErrorKind::Behind, "x").of_request(Some(id));
        assert_eq!(about("0f3c-11").request_id(), Some("0f3c-11"));
        assert_eq!(about("ada@example.com").request_id(), None);
    }

    fn kind(json: &str) -> Result<Vec<Path>, ShopErrorKind> {
        by_errors(serde_json::from_str(json).unwrap()).map(|d| d.withheld).map_err(|e| e.kind().clone())
    }

    #[test]
    fn s_165_a_throttled_query_waits_until_the_bucket_is_full_enough() {
        let throttled = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":
            {"requestedQueryCost":400,"actualQueryCost":null,"throttleStatus":
            {"maximumAvailable":1000.0,"currentlyAvailable":300,"restoreRate":50.0}}}}"#;
        assert_eq!(kind(throttled), Err(ShopErrorKind::RateLimited { retry_after: Duration::from_secs(2) }));
    }

    #[test]
    fn each_code_has_its_kind() {
        let table = [
            ("INTERNAL_SERVER_ERROR", ShopErrorKind::Unavailable),
            ("SHOP_INACTIVE", ShopErrorKind::ShopInactive),
            ("ACCESS_DENIED", ShopErrorKind::Unauthorized),
            ("MAX_COST_EXCEEDED", ShopErrorKind::Misunderstood),
            ("undefinedField", ShopErrorKind::Misunderstood),
            ("SOMETHING_NEW", ShopErrorKind::Misunderstood),
        ];
        for (code, expected) in table {
            let json =
                format!(r#"{{"data":null,"errors":[{{"message":"","extensions":{{"code":"{code}"}}}}]}}"#);
            assert_eq!(kind(&json), Err(expected), "{code}");
        }
        assert_eq!(kind(r#"{"errors":"Not Found"}"#), Err(ShopErrorKind::Misunderstood));
        assert_eq!(kind("{}"), Err(ShopErrorKind::Misunderstood));
    }

    #[test]
    fn data_beside_errors_says_what_was_withheld() {
        let redacted = r#"{"data":{"nodes":[{"firstName":null}]},"errors":[{"message":"not approved",
            "path":["nodes",0,"firstName"]}]}"#;
        let path: Path = vec!["nodes".into(), 0.into(), "firstName".into()];
        assert_eq!(kind(redacted), Ok(vec![path]));
    }
}
