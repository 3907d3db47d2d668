//! How to reach a running stand; what `demo --keep` writes down and `send` reads.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::checkout;
use crate::stand::chat;
use crate::stand::stack::Outputs;
use crate::stand::vendor::Vendor;

/// Where everything of one stand listens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Addresses {
    /// Where a webhook is posted to.
    pub(crate) webhook_url: String,
    /// The Host header it is posted with: the emulator tells its APIs apart by it.
    pub(crate) webhook_host: String,
    /// The AWS endpoint.
    pub(crate) aws: String,
    /// The Shopify twin.
    pub(crate) shopify: String,
    /// Which CRM it has.
    pub(crate) vendor: Vendor,
    /// The CRM's twin.
    pub(crate) crm: String,
    /// Slack's twin.
    pub(crate) slack: String,
    /// What the stack says about itself.
    pub(crate) outputs: Outputs,
}

impl Addresses {
    /// Those of the stand that is running.
    pub(crate) async fn of_the_running_stand() -> Result<Self> {
        const HOW: &str =
            "no stand is running: start one with `cargo xtask demo --keep`, or name an address with --url";
        // Whatever the reason, what helps is the same.
        let text = tokio::fs::read_to_string(checkout::addresses()).await.ok().context(HOW)?;
        let addresses: Self = serde_json::from_str(&text).ok().context(HOW)?;
        let answer = tokio::net::TcpStream::connect(addresses.aws.trim_start_matches("http://")).await;
        answer.ok().context(HOW)?;
        Ok(addresses)
    }

    /// Writes them down for as long as the answer is held.
    pub(crate) async fn announce(&self) -> Result<Announced> {
        let file = checkout::addresses();
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(file, serde_json::to_vec_pretty(self)?).await?;
        tokio::fs::write(checkout::functions_env(), self.environment()?).await?;
        Ok(Announced)
    }

    /// What the functions read from their environment on this stand, for `cargo lambda watch --env-file`.
    fn environment(&self) -> Result<String> {
        let outputs = [
            ("QUEUE_URL", "EventQueueUrl"),
            ("DEAD_LETTER_QUEUE_URL", "DeadLetterQueueUrl"),
            ("PARKED_QUEUE_URL", "ParkedQueueUrl"),
            ("ACTIONS_QUEUE_URL", "ActionQueueUrl"),
            ("WAKES_QUEUE_URL", "WakeQueueUrl"),
            ("RECORDS_TABLE", "RecordsTable"),
            ("KEYS_TABLE", "KeysTable"),
            ("WEBHOOK_SECRET_ARN", "WebhookSecretArn"),
            ("SHOPIFY_SECRET_ARN", "ShopifySecretArn"),
            ("CRM_SECRET_ARN", "CrmSecretArn"),
            ("REPORTS_BUCKET", "ReportsBucket"),
        ];
        let mut lines = vec![
            "AWS_REGION=us-east-1".to_owned(),
            "AWS_ACCESS_KEY_ID=test".to_owned(),
            "AWS_SECRET_ACCESS_KEY=test".to_owned(),
            format!("AWS_ENDPOINT_URL={}", self.aws),
            format!("SHOPIFY_ENDPOINT={}/shops/{{shop}}", self.shopify),
            format!("{}={}", self.vendor.variable(), self.crm),
            format!("SLACK_ENDPOINT={}", self.slack),
            format!("SLACK_SECRET_ARN={}", chat::SECRET),
        ];
        for (variable, output) in outputs {
            lines.push(format!("{variable}={}", self.outputs.get(output)?));
        }
        Ok(lines.join("\n") + "\n")
    }
}

/// The addresses stand in their file; dropping this takes them away again.
#[derive(Debug)]
pub(crate) struct Announced;

impl Drop for Announced {
    fn drop(&mut self) {
        // A file that is gone already says the same.
        drop(std::fs::remove_file(checkout::addresses()));
        drop(std::fs::remove_file(checkout::functions_env()));
    }
}
