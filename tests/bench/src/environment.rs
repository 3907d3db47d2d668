//! The environment Lambda gives a function, with what the receivers are told in theirs.

use serde_json::json;

use crate::cloud::Secrets;
use crate::event::{SECRET, SHOP};

/// The token of the shop's Admin API.
pub(crate) const ACCESS_TOKEN: &str = "shpat_bench";
/// The worker's tables.
pub(crate) const KEYS: &str = "counterfoil-keys";
pub(crate) const RECORDS: &str = "counterfoil-records";

/// Variables for every function under test. `runtime_api` is `host:port`, `endpoint` the URL of the AWS stand-in.
pub(crate) fn of_a_function(runtime_api: &str, endpoint: &str) -> Vec<(&'static str, String)> {
    let mut all = of_lambda(runtime_api);
    all.extend(of_credentials());
    all.extend([
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("QUEUE_URL", format!("{endpoint}/000000000000/deliveries")),
        (
            "WEBHOOK_SECRET_ARN",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:counterfoil/webhook-Ab1Cd2".to_owned(),
        ),
        // The peers and the floor take the secret from here.
        ("SHOPIFY_SECRET", SECRET.to_owned()),
    ]);
    all
}

/// Variables for the worker. `shop` and `crm` are the URLs of the vendors' stand-ins.
pub(crate) fn of_the_worker(
    runtime_api: &str,
    endpoint: &str,
    shop: &str,
    crm: &str,
) -> Vec<(&'static str, String)> {
    let arn = |name: &str| {
        format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:counterfoil/{name}-Ab1Cd2")
    };
    let mut all = of_lambda(runtime_api);
    all.extend(of_credentials());
    all.extend([
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("QUEUE_URL", format!("{endpoint}/000000000000/deliveries")),
        ("PARKED_QUEUE_URL", format!("{endpoint}/000000000000/parked")),
        ("WAKES_QUEUE_URL", format!("{endpoint}/000000000000/wakes")),
        ("ACTIONS_QUEUE_URL", format!("{endpoint}/000000000000/actions")),
        ("KEYS_TABLE", KEYS.to_owned()),
        ("RECORDS_TABLE", RECORDS.to_owned()),
        ("SHOPIFY_SECRET_ARN", arn("shopify")),
        ("CRM_SECRET_ARN", arn("crm")),
        ("SHOPIFY_ENDPOINT", format!("{shop}/shops/{{shop}}")),
        ("HUBSPOT_ENDPOINT", crm.to_owned()),
        ("RETRY_BASE_SECONDS", "1".to_owned()),
        ("RETRY_CAP_SECONDS", "4".to_owned()),
        // The budgets are asked as ever, but what is measured is us and not a plan's allowance.
        ("SHOPIFY_POINTS_PER_SECOND", "100000".to_owned()),
        ("CRM_REQUESTS_PER_TEN_SECONDS", "100000".to_owned()),
    ]);
    all
}

/// The secrets of both functions; `crm_token` is what the CRM asks for.
pub(crate) fn secrets(crm_token: &str) -> Secrets {
    let shopify = json!({"shops": {SHOP: {"access_token": ACCESS_TOKEN}}});
    let crm = json!({"hubspot": {"token": crm_token}, "fingerprint_key": "bench".repeat(8)});
    vec![("webhook", webhook_secret()), ("shopify", shopify.to_string()), ("crm", crm.to_string())]
}

/// What the webhook secret holds: the secret that signs the bench's events, and an older one beside it.
pub(crate) fn webhook_secret() -> String {
    json!({"shops": {SHOP: {"client_secrets": [SECRET, "older"]}}}).to_string()
}

fn of_lambda(runtime_api: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/24/[$LATEST]c0ffee"),
        ("_HANDLER", "bootstrap"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ];
    let mut all: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    all.push(("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()));
    all
}

fn of_credentials() -> [(&'static str, String); 5] {
    [
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "ASIABENCHBENCHBENCH0".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench".repeat(8)),
        // A session token is signed and sent with every call; real ones are about this long.
        ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjE".chars().cycle().take(900).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_token_is_as_long_as_a_real_one() {
        let all = of_a_function("127.0.0.1:1", "http://127.0.0.1:2");
        let token = all.iter().find(|(name, _)| *name == "AWS_SESSION_TOKEN").expect("a token");
        assert_eq!(token.1.len(), 900);
    }

    #[test]
    fn the_secret_names_the_shop_of_the_events_with_both_secrets() {
        let secret: serde_json::Value = serde_json::from_str(&webhook_secret()).expect("JSON");
        assert_eq!(secret["shops"]["demo.myshopify.com"]["client_secrets"], json!(["hush", "older"]));
    }
}
