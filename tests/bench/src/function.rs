//! One bootstrap, started as Lambda would start it, and what the kernel says it has used.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;

use crate::failure::{Failure, FailureKind};

const LOG_KEPT_BYTES: usize = 4096;

/// A function to measure.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) name: &'static str,
    pub(crate) bootstrap: PathBuf,
    /// Environment beside the one that every function gets.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// A started function. Its process group is killed when dropped.
pub(crate) struct Running {
    name: &'static str,
    child: Child,
    pid: Pid,
    /// When it was started.
    pub(crate) started: Instant,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Candidate {
    /// Starts the bootstrap in a process group of its own, with this environment and its own and no other.
    pub(crate) fn start(&self, environment: &[(&str, String)]) -> Result<Running, Failure> {
        let mut command = Command::new(&self.bootstrap);
        command.env_clear().process_group(0).stdin(Stdio::null());
        command.envs(environment.iter().chain(&self.environment).map(|(name, value)| (name, value)));
        if let Some(folder) = self.bootstrap.parent() {
            command.current_dir(folder);
        }
        let started = Instant::now();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let words = format!("{}: {} does not start", self.name, self.bootstrap.display());
        let child = child.map_err(|cause| Failure::caused(FailureKind::Function, words, cause))?;
        Ok(Running::watch(self.name, child, started))
    }

    /// The size of the bootstrap in megabytes (10⁶ bytes), if it can be seen.
    pub(crate) fn size_mb(&self) -> Option<f64> {
        let bytes = u32::try_from(fs::metadata(&self.bootstrap).ok()?.len()).ok()?;
        Some(f64::from(bytes) / 1e6)
    }
}

impl Running {
    fn watch(name: &'static str, mut child: Child, started: Instant) -> Self {
        let log = Arc::default();
        keep_tail(child.stdout.take(), &log);
        keep_tail(child.stderr.take(), &log);
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
        Self { name, child, pid, started, log }
    }

    /// CPU time of all its threads so far, user and system, from the process's CPU clock (nanoseconds, no ticks).
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let clock = clock_getcpuclockid(self.pid).and_then(nix::time::ClockId::now);
        let time = clock.map_err(|cause| {
            Failure::caused(
                FailureKind::Harness,
                format!("{}: its CPU clock cannot be read", self.name),
                cause,
            )
        })?;
        Ok(Duration::from(time))
    }

    /// The most memory it has held so far, in megabytes (10⁶ bytes).
    pub(crate) fn peak_rss_mb(&self) -> Result<f64, Failure> {
        let path = format!("/proc/{}/status", self.pid);
        let status = fs::read_to_string(&path).map_err(|cause| {
            Failure::caused(FailureKind::Harness, format!("{path} cannot be read"), cause)
        })?;
        peak_kib(&status)
            .map(|kib| f64::from(kib) * 1024.0 / 1e6)
            .ok_or_else(|| Failure::new(FailureKind::Harness, format!("{path} has no VmHWM line in kB")))
    }

    /// Why the function will never answer again, if it has ended.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(format!("it ended with {status}"))
    }

    /// A failure of this function, with the end of its log.
    pub(crate) fn failure(&self, what: &str, why: &str) -> Failure {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let log = String::from_utf8_lossy(&log);
        let log = if log.trim().is_empty() { "nothing" } else { log.trim() };
        Failure::new(FailureKind::Function, format!("{}: {what}: {why}; it logged: {log}", self.name))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when the group is gone already, which is what is wanted.
        killpg(self.pid, Signal::SIGKILL).ok();
        self.child.wait().ok();
    }
}

pub(crate) fn peak_kib(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Empties a pipe as long as the function lives, as Lambda does, and keeps its end.
fn keep_tail(pipe: Option<impl Read + Send + 'static>, log: &Arc<Mutex<Vec<u8>>>) {
    let Some(mut pipe) = pipe else { return };
    let log = Arc::clone(log);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = pipe.read(&mut bytes) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.extend_from_slice(&bytes[..read]);
            let surplus = log.len().saturating_sub(LOG_KEPT_BYTES);
            log.drain(..surplus);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_kernels_line() {
        assert_eq!(peak_kib("VmPeak:\t 99 kB\nVmHWM:\t    5632 kB\n"), Some(5632));
        assert_eq!(peak_kib("VmPeak:\t 99 kB\n"), None);
    }

    #[test]
    fn a_function_that_ends_says_with_what() {
        let candidate = Candidate { name: "true", bootstrap: "/bin/true".into(), environment: Vec::new() };
        let mut running = candidate.start(&[]).expect("it starts");
        let ended = loop {
            if let Some(ended) = running.ended() {
                break ended;
            }
            thread::yield_now();
        };
        assert!(ended.contains("exit status: 0"), "{ended}");
    }

    #[test]
    fn a_bootstrap_that_is_not_there_is_named() {
        let candidate =
            Candidate { name: "ours", bootstrap: "/nowhere/bootstrap".into(), environment: Vec::new() };
        let Err(failure) = candidate.start(&[]) else { panic!("it cannot start") };
        assert_eq!(failure.kind(), FailureKind::Function);
        assert!(failure.to_string().contains("/nowhere/bootstrap"), "{failure}");
    }
}
