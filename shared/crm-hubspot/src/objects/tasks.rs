//! Tasks: one for each key, made with their contact and then the reps'.

use crm::{TaskOutcome, TaskWrite, spelling};
use domain::Priority;
use serde_json::{Value, json};

use super::once::{Once, tied};
use crate::client::HubSpot;
use crate::encode::html;

/// The unique property by which a task is what something in the shop asked for.
pub(crate) const KEY: &str = "shopify_action_key";

/// The association from a task to its contact (developers.hubspot.com, CRM associations).
const TASK_TO_CONTACT: u32 = 204;

/// One outcome for each task, in their order.
pub(crate) async fn write(hubspot: &HubSpot, writes: &[TaskWrite]) -> Vec<TaskOutcome> {
    Once { hubspot, object: "tasks", key: KEY }.make(writes.iter().map(row).collect()).await
}

/// `hs_timestamp` is when it is due (developers.hubspot.com, tasks guide).
fn row(TaskWrite { task, contact }: &TaskWrite) -> Value {
    let properties = json!({
        KEY: task.key.as_str(),
        "hs_task_subject": task.subject,
        "hs_task_body": html(&task.lines),
        "hs_timestamp": spelling::moment(task.due),
        "hs_task_priority": priority(task.priority),
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
    });
    tied(&properties, contact, TASK_TO_CONTACT)
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "HIGH",
        Priority::Medium => "MEDIUM",
        Priority::Low => "LOW",
    }
}
