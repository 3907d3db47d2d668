//! The local AWS: one MiniStack process that ends with us.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStdin, Command};

use crate::stand::aws::Aws;
use crate::stand::venv::Venv;

const LAUNCHER: &str = include_str!("../../python/stand.py");
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// A running emulator. Dropping it ends the process group: the emulator and every function it started.
#[derive(Debug)]
pub(crate) struct Ministack {
    child: Child,
    /// Held open: the launcher leaves when this closes, however we ended.
    _lifeline: Option<ChildStdin>,
    port: u16,
}

impl Ministack {
    /// Starts it on a free port, with its log and its files in `folder`.
    pub(crate) async fn start(venv: &Venv, folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut child = command(venv, folder, port)?.spawn().context("MiniStack did not start")?;
        let lifeline = child.stdin.take();
        let mut started = Self { child, _lifeline: lifeline, port };
        started.answers(folder).await?;
        Ok(started)
    }

    /// What to say to it.
    pub(crate) fn aws(&self) -> Result<Aws> {
        Aws::at(format!("http://127.0.0.1:{}", self.port))
    }

    /// The port it listens on, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    async fn answers(&mut self, folder: &Path) -> Result<()> {
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("MiniStack ended with {status}; its log is in {}", folder.display());
            }
            if began.elapsed() > STARTS_WITHIN {
                bail!("MiniStack did not answer for a minute; its log is in {}", folder.display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) else { return };
        if let Err(trouble) = killpg(Pid::from_raw(id), Signal::SIGKILL) {
            eprintln!("MiniStack was gone before it was ended: {trouble}");
        }
    }
}

fn command(venv: &Venv, folder: &Path, port: u16) -> Result<Command> {
    let launcher = folder.join("stand.py");
    std::fs::write(&launcher, LAUNCHER)?;
    let log = std::fs::File::create(folder.join("ministack.log"))?;
    let mut command = Command::new(venv.program("python"));
    command.arg(&launcher).current_dir(folder).process_group(0).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
    // Functions inherit this environment: nothing of the developer's (profiles, keys, proxies) goes in.
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", folder).env("TMPDIR", folder).env("S3_DATA_DIR", folder.join("s3"));
    command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")).env("RUST_BACKTRACE", "1");
    Ok(command)
}

/// A port that nobody listens on now. Another process could take it in between; the start then says so.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
