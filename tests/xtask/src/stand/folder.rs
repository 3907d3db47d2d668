//! Where one run keeps its files: `.local/stand/<process>/`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::checkout;

/// The folder of one run. It goes with the run, unless someone wants to look into it; then it stays until the next run.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Where it is.
    pub(crate) path: PathBuf,
    kept: AtomicBool,
}

impl Folder {
    /// The folder of this process; what runs that have ended left is swept away.
    pub(crate) fn new() -> Result<Self> {
        let all = checkout::local().join("stand");
        sweep(&all);
        let path = all.join(std::process::id().to_string());
        std::fs::create_dir_all(&path)?;
        Ok(Self { path, kept: AtomicBool::new(false) })
    }

    /// Leaves it there when the run ends.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Relaxed) {
            remove(&self.path);
        }
    }
}

fn sweep(all: &Path) {
    let folders = std::fs::read_dir(all).into_iter().flatten().flatten();
    for folder in folders.filter(|folder| has_ended(&folder.file_name().to_string_lossy())) {
        remove(&folder.path());
    }
}

/// Whether a folder is that of a process that is no more. Other stands may be running beside this one.
fn has_ended(name: &str) -> bool {
    name.parse().is_ok_and(|id| kill(Pid::from_raw(id), None) == Err(Errno::ESRCH))
}

/// What cannot be removed is left for the next person; it is inside .local.
fn remove(folder: &Path) {
    drop(std::fs::remove_dir_all(folder));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_living_run_is_left_alone() {
        assert!(!has_ended(&std::process::id().to_string()));
        assert!(!has_ended("addresses.json"));
    }

    #[test]
    fn the_folder_of_a_run_that_has_ended_is_swept() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        assert!(has_ended(&id.to_string()));
    }
}
