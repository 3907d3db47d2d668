//! What people are asked to do: tasks in the CRM, and messages in Slack, each once.

use std::time::Duration;

use anyhow::Result;

use crate::demo::cast::Person;
use crate::demo::scene::{Scene, contacts, idle, is_of, quiet};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;
use crate::stand::crm::Task;
use crate::stand::settle::until;

/// As `infra/sync.toml` has it, in `[actions.welcome]`.
const WELCOME: &str = "Follow up a first purchase";
/// Above which value an order is told, in cents, as `[signals.high_value_order]` has it.
const HIGH_VALUE: u64 = 50_000;
/// How long the first of each may take; a cold start on a busy machine is most of it.
const AT_MOST: Duration = Duration::from_secs(30);

/// After a day on which everything came twice.
pub(super) async fn plays(stand: &Stand, scene: &Scene) -> Result<Vec<Verdict>> {
    quiet(stand).await?;
    arrives(stand, scene).await;
    let (tasks, messages) = (welcomes(stand, scene).await?, stand.chat.messages().await?);
    let asked = format!("{WELCOME:?} for {}", names(&tasks));
    let told = messages.iter().map(|message| beginning(message)).collect::<Vec<_>>().join("; ");
    Ok(vec![
        Verdict::of("a first order gives one task", &once_each(&tasks), asked),
        Verdict::of("an order above 500.00 is told in Slack once", &once_told(scene, &messages), told),
    ])
}

/// Waits for the first of each: actions come after the contacts. What never comes is told by the verdict.
async fn arrives(stand: &Stand, scene: &Scene) {
    let all = until("all tasks and messages", AT_MOST, || async {
        let (tasks, messages) = (welcomes(stand, scene).await?, stand.chat.messages().await?);
        let are_asked = tasks.iter().all(|(person, count)| *count >= tasks_of(person));
        Ok((are_asked && messages.len() >= large(scene)).then_some(()))
    });
    drop(all.await);
}

/// After all that came again, late, by replay and by hand.
pub(super) async fn is_still_once(stand: &Stand, scene: &Scene) -> Result<Verdict> {
    idle(stand).await?;
    let (tasks, messages) = (welcomes(stand, scene).await?, stand.chat.messages().await?);
    let wrong = [once_each(&tasks), once_told(scene, &messages)].concat();
    let seen = format!(
        "after duplicates and a replay one task each for {}, and {} in Slack",
        names(&tasks),
        messages.len()
    );
    Ok(Verdict::of("nobody is asked twice", &wrong, seen))
}

/// Everybody, and how many tasks of a first order there are about them.
async fn welcomes(stand: &Stand, scene: &Scene) -> Result<Vec<(Person, usize)>> {
    let (contacts, tasks) = (contacts(stand).await?, stand.crm.tasks().await?);
    let of = |id: u64| {
        let theirs = contacts.iter().find(|contact| is_of(contact, id)).and_then(|one| one["id"].as_str());
        let is_theirs = |task: &&Task| Some(task.contact.as_str()) == theirs && task.subject == WELCOME;
        tasks.iter().filter(is_theirs).count()
    };
    Ok(scene.people.iter().map(|(person, id)| (*person, of(*id))).collect())
}

/// Who ordered once has one task; whoever ordered more often or never has none.
fn once_each(tasks: &[(Person, usize)]) -> Vec<String> {
    let others = tasks.iter().filter(|(person, count)| *count != tasks_of(person));
    others.map(|(person, count)| format!("{} has {count} tasks", person.name())).collect()
}

fn tasks_of(person: &Person) -> usize {
    usize::from(person.orders_cents.len() == 1)
}

/// One message for each large order, and no other.
fn once_told(scene: &Scene, messages: &[String]) -> Vec<String> {
    let (told, large) = (messages.len(), large(scene));
    let wrong = (told != large).then(|| format!("{told} messages for {large} such orders: {messages:?}"));
    wrong.into_iter().collect()
}

/// How many orders of everybody are large.
fn large(scene: &Scene) -> usize {
    let orders = scene.people.iter().flat_map(|(person, _)| person.orders_cents);
    orders.filter(|cents| **cents > HIGH_VALUE).count()
}

/// Title and first line of a message; what comes after them are links.
fn beginning(message: &str) -> String {
    message.lines().take(2).collect::<Vec<_>>().join(": ")
}

/// Those who have a task.
fn names(tasks: &[(Person, usize)]) -> String {
    let have = tasks.iter().filter(|(_, count)| *count > 0);
    have.map(|(person, _)| person.first_name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::cast::{ORDINARY, REFUSED};

    #[test]
    fn a_task_too_many_or_too_few_is_told() {
        assert!(once_each(&[(REFUSED, 1), (ORDINARY[0], 0)]).is_empty());
        let wrong = once_each(&[(REFUSED, 2), (ORDINARY[0], 1), (ORDINARY[3], 0)]);
        assert_eq!(wrong, ["Grace Hopper has 2 tasks", "Ada Lovelace has 1 tasks", "小龍 李 has 0 tasks"]);
    }

    #[test]
    fn who_has_a_task_is_named() {
        assert_eq!(names(&[(REFUSED, 1), (ORDINARY[0], 1), (ORDINARY[1], 0)]), "Grace, Ada");
    }

    #[test]
    fn a_message_is_told_without_its_links() {
        assert_eq!(beginning("Large\nOrder #1, paid.\nOrder in the shop"), "Large: Order #1, paid.");
    }
}
