//! A local AWS: the one that `COUNTERFOIL_TEST_AWS_ENDPOINT` names, or a `MiniStack` of our own that ends with us.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::{Builder, tls};
use aws_types::SdkConfig;
use aws_types::region::Region;

const ENDPOINT: &str = "COUNTERFOIL_TEST_AWS_ENDPOINT";
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// Leaves when its stdin closes, so that a test that is killed leaves no process behind.
const LAUNCHER: &str = "
import os, sys, threading
from ministack.app import main
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
main()
";

/// A local AWS that answers.
pub(crate) struct Emulator {
    endpoint: String,
    own: Option<(Child, PathBuf)>,
}

impl Emulator {
    /// `None`, and a line on stderr that says so, where there is none to be had.
    pub(crate) fn start(test: &str) -> Option<Self> {
        if let Ok(endpoint) = std::env::var(ENDPOINT) {
            return Some(Self { endpoint, own: None });
        }
        let python = checkout().join(".local/venv/bin/python");
        if python.with_file_name("ministack").exists() {
            return Some(Self::of_our_own(&python));
        }
        skipped(test);
        None
    }

    fn of_our_own(python: &Path) -> Self {
        let port = free_port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let folder = std::env::temp_dir().join(format!("store-aws-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(python);
        command.args(["-c", LAUNCHER]).current_dir(&folder).stdin(Stdio::piped());
        command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
        command.env("AWS_ENDPOINT_URL", &endpoint).env("HOME", &folder).env("TMPDIR", &folder);
        let log = std::fs::File::create(folder.join("ministack.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let mut started = Self { endpoint, own: Some((command.spawn().unwrap(), folder)) };
        started.wait_until_it_answers(port);
        started
    }

    fn wait_until_it_answers(&mut self, port: u16) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = self.own.as_mut().and_then(|(child, _)| child.try_wait().unwrap());
            assert!(ended.is_none(), "MiniStack ended with {ended:?}");
            assert!(began.elapsed() < STARTS_WITHIN, "MiniStack did not answer for a minute");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the clients are built from: the same HTTP client as in the functions.
    pub(crate) fn config(&self) -> SdkConfig {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        let keys = Credentials::new("test", "test", None, None, "test");
        SdkConfig::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .endpoint_url(&self.endpoint)
            .http_client(Builder::new().tls_provider(provider).build_https())
            .build()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some((child, folder)) = &mut self.own {
            // Gone already is as good as ended.
            drop(child.kill());
            drop(child.wait());
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

/// A name that no other run has.
pub(crate) fn unique(name: &str) -> String {
    let now = jiff::Timestamp::now().as_nanosecond();
    format!("{name}-{}-{now}", std::process::id())
}

fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Straight to stderr: the test harness swallows what a passing test prints.
fn skipped(test: &str) {
    let words = format!("SKIPPED {test}: no {ENDPOINT} is set and no .local/venv/bin/ministack is there\n");
    drop(std::io::stderr().write_all(words.as_bytes()));
}
