//! What waits where.

use std::fmt;

use anyhow::Result;
use serde_json::json;

use crate::stand::aws::Aws;
use crate::stand::stack::Outputs;

/// Messages of the four queues. Those being worked on or delayed count as waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Queues {
    /// Events on their way to the CRM.
    pub(crate) waiting: u64,
    /// Actions that are not carried out yet.
    pub(crate) actions: u64,
    /// Events and actions that wait for a person.
    pub(crate) parked: u64,
    /// Events and actions given up after all retries.
    pub(crate) dead: u64,
}

impl fmt::Display for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { waiting, actions, parked, dead } = self;
        write!(f, "{waiting} events and {actions} actions waiting, {parked} parked, {dead} dead")
    }
}

impl Queues {
    /// Whether nothing is on its way, neither to the CRM nor to people.
    pub(crate) fn are_idle(&self) -> bool {
        self.waiting == 0 && self.actions == 0
    }

    /// Counts them now.
    pub(crate) async fn now(aws: &Aws, outputs: &Outputs) -> Result<Self> {
        Ok(Self {
            waiting: depth(aws, outputs.get("EventQueueUrl")?).await?,
            actions: depth(aws, outputs.get("ActionQueueUrl")?).await?,
            parked: depth(aws, outputs.get("ParkedQueueUrl")?).await?,
            dead: depth(aws, outputs.get("DeadLetterQueueUrl")?).await?,
        })
    }
}

async fn depth(aws: &Aws, queue: &str) -> Result<u64> {
    let names = ["", "NotVisible", "Delayed"].map(|state| format!("ApproximateNumberOfMessages{state}"));
    let asked = json!({"QueueUrl": queue, "AttributeNames": names});
    let answer = aws.json("sqs", "AmazonSQS.GetQueueAttributes", &asked).await?;
    let count = |name: &String| answer["Attributes"][name].as_str().and_then(|text| text.parse::<u64>().ok());
    Ok(names.iter().filter_map(count).sum())
}
