//! What Lambda hands over, read as far as we look at it.

use std::fmt;
use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue};
use lambda_http::request::LambdaRequest;
use lambda_http::{LambdaEvent, Service};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// An event of payload 2.0, of an HTTP API or a function URL: its body, and the headers that Shopify sends
/// (docs.aws.amazon.com, http-api-develop-integrations-lambda). The rest of the event describes the gateway's own
/// view of the request, which decides nothing here; skipping it is a fifth of the receiver's CPU.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveredOverHttp {
    headers: ShopifyHeaders,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug)]
struct ShopifyHeaders(HeaderMap);

impl<'de> Deserialize<'de> for ShopifyHeaders {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Headers;
        impl<'de> Visitor<'de> for Headers {
            type Value = HeaderMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the headers of a request")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderMap, A::Error> {
                let mut headers = HeaderMap::with_capacity(16);
                while let Some(name) = map.next_key::<String>()? {
                    let Some(name) = is_shopifys(&name).then(|| HeaderName::try_from(name).ok()).flatten()
                    else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    // A value that no header can have is no value.
                    if let Ok(value) = HeaderValue::try_from(map.next_value::<String>()?) {
                        headers.insert(name, value);
                    }
                }
                Ok(headers)
            }
        }
        from.deserialize_map(Headers).map(Self)
    }
}

/// Names come in any case.
fn is_shopifys(name: &str) -> bool {
    let begins = |with: &str| name.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    begins("x-shopify-") || begins("shopify-")
}

impl From<DeliveredOverHttp> for LambdaRequest {
    /// `lambda_http` panics where a body is flagged as base64 and is not (`Body::from_maybe_encoded`). Such a body goes
    /// on as it is, and the signature decides.
    fn from(delivered: DeliveredOverHttp) -> Self {
        let mut request = ApiGatewayV2httpRequest::default();
        request.is_base64_encoded = delivered.is_base64_encoded
            && delivered.body.as_deref().is_some_and(|body| STANDARD.decode(body).is_ok());
        request.headers = delivered.headers.0;
        request.body = delivered.body;
        Self::ApiGatewayV2(request)
    }
}

/// Stands in front of `lambda_http`, which would read the event twice and whole.
#[derive(Clone)]
pub(crate) struct ReadAsNeeded<S>(pub(crate) S);

impl<S: Service<LambdaEvent<LambdaRequest>>> Service<LambdaEvent<DeliveredOverHttp>> for ReadAsNeeded<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, event: LambdaEvent<DeliveredOverHttp>) -> Self::Future {
        let LambdaEvent { payload, context, .. } = event;
        self.0.call(LambdaEvent::new(payload.into(), context))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use lambda_http::{Adapter, Request, service_fn};
    use serde_json::{Value, json};

    use super::*;

    /// What the handler sees: the topic's header, and the body's bytes.
    async fn seen(event: Value) -> (Option<String>, Vec<u8>) {
        let delivered: DeliveredOverHttp = serde_json::from_value(event).unwrap();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let handler = service_fn(async |request: Request| {
            let topic = request.headers().get("x-shopify-topic").map(|v| v.to_str().unwrap().to_owned());
            tell.send((topic, request.body().to_vec())).unwrap();
            Ok::<_, Infallible>("")
        });
        let event = LambdaEvent::new(delivered, lambda_http::Context::default());
        ReadAsNeeded(Adapter::from(handler)).call(event).await.unwrap();
        told.try_recv().unwrap()
    }

    fn event(body: &Value, flagged: bool) -> Value {
        json!({
            "version": "2.0", "routeKey": "POST /webhooks", "rawPath": "/webhooks", "rawQueryString": "",
            "headers": {"host": "x", "X-Shopify-Topic": "orders/create", "x-shopify-name": "\u{7}"},
            "requestContext": {"http": {"method": "POST", "path": "/webhooks"}, "stage": "$default"},
            "body": body, "isBase64Encoded": flagged,
        })
    }

    #[tokio::test]
    async fn a_wrong_base64_flag_is_no_panic() {
        let table: [(Value, bool, &[u8]); 6] = [
            (json!("e30="), true, b"{}"),
            (json!("{}"), false, b"{}"),
            (json!("{not base64}"), true, b"{not base64}"),
            (json!("e30"), true, b"e30"),
            (json!(""), true, b""),
            (Value::Null, true, b""),
        ];
        for (body, flagged, expected) in table {
            assert_eq!(seen(event(&body, flagged)).await.1, expected, "{body} {flagged}");
        }
    }

    #[tokio::test]
    async fn shopifys_headers_are_found_in_any_case_and_a_broken_one_is_no_header() {
        let (topic, _) = seen(event(&json!("{}"), false)).await;
        assert_eq!(topic.as_deref(), Some("orders/create"));
    }

    #[test]
    fn what_is_no_request_is_an_error_and_no_panic() {
        for text in ["{}", "[]", "null", r#"{"headers":[]}"#, r#"{"headers":{"x-shopify-topic":["a"]}}"#] {
            assert!(serde_json::from_str::<DeliveredOverHttp>(text).is_err(), "{text}");
        }
    }
}
