//! The system on the local AWS: code, stack, secrets.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::checkout;
use crate::command::{CLIENT_SECRET, SHOP};
use crate::stand::aws::Aws;
use crate::stand::build::{self, Built};
use crate::stand::stack::{self, Outputs};
use crate::stand::twins::{ACCESS_TOKEN, Twins};
use crate::stand::vendor::Vendor;
use crate::stand::{archive, chat, template};

const BUCKET: &str = "code";
/// Workers at once; the template's own default.
const CONCURRENCY: u32 = 5;

/// Deploys template.yaml as a person would: the hooks of Slack are a secret before it, the other secrets come after it.
pub(crate) async fn deploy(aws: &Aws, built: &Built, twins: &Twins, vendor: Vendor) -> Result<Outputs> {
    upload(aws, built).await?;
    let slack = made_secret(aws, chat::SECRET, &chat::secret()).await?;
    let text = tokio::fs::read_to_string(checkout::root().join("template.yaml")).await?;
    let template = template::packaged(&text, BUCKET)?;
    let outputs = stack::create(aws, &template, &parameters(twins, vendor, slack)).await?;
    make_up_for_the_emulator(aws, &outputs).await?;
    put_secrets(aws, &outputs, vendor).await?;
    Ok(outputs)
}

async fn upload(aws: &Aws, built: &Built) -> Result<()> {
    aws.put_object(BUCKET, "", Vec::new()).await?;
    for function in template::FUNCTIONS {
        let zip = archive::zipped(&built.binary(function))?;
        aws.put_object(BUCKET, &template::object(function), zip).await?;
    }
    Ok(())
}

/// What differs from a deploy to AWS: where the vendors are, and retries that a person can wait for.
fn parameters(twins: &Twins, vendor: Vendor, slack: String) -> Vec<(&'static str, String)> {
    vec![
        ("Architecture", build::architecture().into()),
        ("ShopifyEndpoint", twins.shopify_endpoint()),
        (vendor.parameter(), twins.crm()),
        ("SlackEndpoint", twins.slack()),
        ("SlackSecretArn", slack),
        ("RetryBaseSeconds", "1".into()),
        ("RetryCapSeconds", "4".into()),
        ("MaxReceiveCount", "5".into()),
        ("BatchWindowSeconds", "1".into()),
    ]
}

/// Two things that MiniStack 1.5.33 gets wrong when it creates this stack: a parameter of type Number stays text, and
/// a text `MaximumConcurrency` stops its poller; and the tables' time-to-live is left out.
async fn make_up_for_the_emulator(aws: &Aws, outputs: &Outputs) -> Result<()> {
    for mapping in aws.mappings(outputs.get("WorkerFunction")?).await? {
        aws.set_concurrency(&mapping, CONCURRENCY).await?;
    }
    let specification = json!({"AttributeName": "expires_at", "Enabled": true});
    for table in ["KeysTable", "RecordsTable"] {
        let asked = json!({"TableName": outputs.get(table)?, "TimeToLiveSpecification": specification});
        aws.json("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", &asked).await?;
    }
    Ok(())
}

async fn put_secrets(aws: &Aws, outputs: &Outputs, vendor: Vendor) -> Result<()> {
    put_secret(
        aws,
        outputs,
        "WebhookSecretArn",
        &json!({"shops": {SHOP: {"client_secrets": [CLIENT_SECRET]}}}),
    )
    .await?;
    put_secret(aws, outputs, "ShopifySecretArn", &json!({"shops": {SHOP: {"access_token": ACCESS_TOKEN}}}))
        .await?;
    let mut crm = secret(aws, outputs.get("CrmSecretArn")?).await?;
    vendor.put_into(&mut crm);
    put_secret(aws, outputs, "CrmSecretArn", &crm).await
}

async fn put_secret(aws: &Aws, outputs: &Outputs, output: &str, value: &Value) -> Result<()> {
    let asked = json!({"SecretId": outputs.get(output)?, "SecretString": value.to_string()});
    aws.json("secretsmanager", "secretsmanager.PutSecretValue", &asked).await.map(drop)
}

/// Makes a secret that is none of the stack's; its ARN.
async fn made_secret(aws: &Aws, name: &str, value: &Value) -> Result<String> {
    let asked = json!({"Name": name, "SecretString": value.to_string()});
    let answer = aws.json("secretsmanager", "secretsmanager.CreateSecret", &asked).await?;
    Ok(answer["ARN"].as_str().context("a secret was made and has no ARN")?.to_owned())
}

/// The secret as the stack made it; the generated key in it is kept.
async fn secret(aws: &Aws, id: &str) -> Result<Value> {
    let answer =
        aws.json("secretsmanager", "secretsmanager.GetSecretValue", &json!({"SecretId": id})).await?;
    let text = answer["SecretString"].as_str().context("the stack made no secret for the CRM")?;
    Ok(serde_json::from_str(text)?)
}
