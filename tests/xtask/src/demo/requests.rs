//! What people find in the CRM and in Slack, for the report.

use anyhow::Result;
use serde_json::Value;

use crate::demo::scene::{contacts, property};
use crate::demo::table::table;
use crate::stand::Stand;
use crate::stand::chat::CHANNEL;
use crate::stand::crm::Task;

/// Tasks and messages, one line each.
pub(crate) async fn requests(stand: &Stand) -> Result<String> {
    let contacts = contacts(stand).await?;
    let tasks = stand.crm.tasks().await?;
    let place = format!("task in {}", stand.crm.vendor.name());
    let tasks = tasks.iter().map(|task| vec![place.clone(), task.subject.clone(), whose(task, &contacts)]);
    let messages = stand.chat.messages().await?;
    let messages = messages.iter().map(|message| told(message));
    Ok(table(&["where", "what", "about"], &tasks.chain(messages).collect::<Vec<_>>()))
}

fn whose(task: &Task, contacts: &[Value]) -> String {
    let contact = contacts.iter().find(|contact| contact["id"] == task.contact.as_str());
    contact.map_or_else(
        || format!("contact {}", task.contact),
        |contact| format!("{} {}", property(contact, "firstname"), property(contact, "lastname")),
    )
}

/// The first line of a message is its title.
fn told(message: &str) -> Vec<String> {
    let (title, rest) = message.split_once('\n').unwrap_or((message, ""));
    vec![format!("Slack, #{CHANNEL}"), title.to_owned(), rest.replace('\n', " · ")]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_is_about_somebody_and_a_message_about_what_it_says() {
        let task = Task { contact: "7".into(), subject: "Call".into() };
        let contact = json!({"id": "7", "properties": {"firstname": "Ada", "lastname": "Lovelace"}});
        assert_eq!(whose(&task, &[contact]), "Ada Lovelace");
        assert_eq!(whose(&task, &[]), "contact 7");
        assert_eq!(told("Large\nOrder #1\nopen"), ["Slack, #sales", "Large", "Order #1 · open"]);
    }
}
