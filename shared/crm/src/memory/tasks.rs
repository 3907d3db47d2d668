//! Tasks, which a rep may close.

use domain::{RecordId, Task};

use super::beside::Entry;
use super::{MemoryCrm, State};
use crate::conformance::HeldTask;
use crate::{TaskOutcome, TaskWrite};

/// A task, and what a rep made of it.
#[derive(Debug)]
pub(super) struct Kept {
    task: Task,
    is_open: bool,
}

impl MemoryCrm {
    /// All tasks, by key.
    pub fn tasks(&self) -> Vec<HeldTask> {
        let held = |entry: &Entry<Kept>| HeldTask {
            key: entry.said.task.key.clone(),
            subject: entry.said.task.subject.clone(),
            text: entry.said.task.lines.join("\n"),
            due: entry.said.task.due,
            priority: entry.said.task.priority,
            contacts: entry.whose(),
            is_open: entry.said.is_open,
        };
        self.state().beside.tasks.values().map(held).collect()
    }

    /// A rep closes a task. Whether there was such a task.
    pub fn rep_closes(&self, id: &RecordId) -> bool {
        let mut state = self.state();
        let task = state.beside.tasks.values_mut().find(|entry| entry.id == *id);
        task.map(|entry| entry.said.is_open = false).is_some()
    }
}

impl State {
    pub(super) fn write_task(&mut self, TaskWrite { task, contact }: &TaskWrite) -> TaskOutcome {
        if let Some(entry) = self.beside.tasks.get(&task.key) {
            return Ok(entry.written(false));
        }
        let contact = self.contact(contact)?;
        let entry = self.beside.made(Kept { task: task.clone(), is_open: true }, [contact]);
        let written = entry.written(true);
        self.beside.tasks.insert(task.key.clone(), entry);
        Ok(written)
    }
}
