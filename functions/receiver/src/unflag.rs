//! What the gateway says is taken directly, and its word about base64 is checked before it is acted on.

use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;
use lambda_http::{LambdaEvent, Service};

/// In front of `lambda_http`, for two reasons:
///
/// - it panics where a body is flagged as base64 and is not (`Body::from_maybe_encoded`); such a body goes on as it is,
///   and the signature decides;
/// - it would read the event twice, first to find out what kind it is; here it can only be of one kind, payload 2.0 of
///   an HTTP API or a function URL.
#[derive(Clone)]
pub(crate) struct Unflag<S>(pub(crate) S);

impl<S: Service<LambdaEvent<LambdaRequest>>> Service<LambdaEvent<ApiGatewayV2httpRequest>> for Unflag<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Self::Future {
        let LambdaEvent { payload: mut request, context, .. } = event;
        if request.is_base64_encoded {
            request.is_base64_encoded =
                request.body.as_deref().is_some_and(|body| STANDARD.decode(body).is_ok());
        }
        self.0.call(LambdaEvent::new(LambdaRequest::ApiGatewayV2(request), context))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use lambda_http::{Adapter, Body, Request, service_fn};

    use super::*;

    async fn seen(body: &str, flagged: bool) -> Vec<u8> {
        let json = serde_json::json!({
            "version": "2.0", "rawPath": "/webhooks", "headers": {"host": "x"}, "body": body, "isBase64Encoded": flagged,
            "requestContext": {"http": {"method": "POST", "path": "/webhooks"}, "stage": "$default"},
        });
        let request: ApiGatewayV2httpRequest = serde_json::from_value(json).unwrap();
        let echo = service_fn(async |request: Request| Ok::<_, Infallible>(request.into_body().to_vec()));
        let answer =
            Unflag(Adapter::from(echo)).call(LambdaEvent::new(request, lambda_http::Context::default()));
        let answer = serde_json::to_value(answer.await.unwrap()).unwrap();
        let text = answer["body"].as_str().unwrap_or_default().to_owned();
        if answer["isBase64Encoded"] == true { STANDARD.decode(text).unwrap() } else { text.into_bytes() }
    }

    #[tokio::test]
    async fn a_wrong_base64_flag_is_no_panic() {
        assert_eq!(seen("e30=", true).await, b"{}");
        assert_eq!(seen("{}", false).await, b"{}");
        assert_eq!(seen("{not base64}", true).await, b"{not base64}");
        assert_eq!(Body::Empty.to_vec(), seen("", true).await);
    }
}
