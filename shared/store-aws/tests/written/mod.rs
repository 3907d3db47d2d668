//! An AWS that answers what was written down, and what was sent to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_runtime_api::client::http::HttpClient;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// Every request that was sent: its operation and its body.
pub(crate) type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// What the clients are built from: they speak to `client`, and try nothing again.
pub(crate) fn config(client: impl HttpClient + 'static) -> SdkConfig {
    let keys = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::v2026_01_12())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_millis(50)).build())
        .http_client(client)
        .build()
}

/// Answers each request in turn; the last answer stays.
pub(crate) fn answering(answers: &[(u16, &str)]) -> (SdkConfig, Sent) {
    let log = Sent::default();
    let answers: Vec<_> = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
    let seen = Arc::clone(&log);
    let client = infallible_client_fn(move |request: http::Request<SdkBody>| {
        let mut seen = seen.lock().unwrap();
        let operation = request.headers()["x-amz-target"].to_str().unwrap().to_owned();
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let (status, answer) = answers[seen.len().min(answers.len() - 1)].clone();
        seen.push((operation, body));
        http::Response::builder().status(status).body(SdkBody::from(answer)).unwrap()
    });
    (config(client), log)
}
