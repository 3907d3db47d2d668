//! `DuckDB` as the peer outside, where a Python has it.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use rust_decimal::Decimal;

use super::typed;
use crate::failure::{Failure, FailureKind};

/// Names another Python than the first on the path.
const PYTHON: &str = "BENCH_PYTHON";
const SCRIPT: &str = include_str!("duck.py");

/// A Python that can import `duckdb`.
pub(crate) struct Duck {
    python: OsString,
}

impl Duck {
    pub(crate) fn find() -> Option<Self> {
        let python = env::var_os(PYTHON).unwrap_or_else(|| "python3".into());
        let mut command = Command::new(&python);
        command.args(["-c", "import duckdb"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success()).then_some(Self { python })
    }

    /// Has the file read, and gives the CPU seconds. Customers, orders and cents have to be those of `typed`.
    pub(crate) fn read(&self, file: &Path, typed: &typed::Read) -> Result<f64, Failure> {
        let command = Command::new(&self.python).arg("-c").arg(SCRIPT).arg(file).output();
        let output = command.map_err(|cause| Failure::caused(FailureKind::Harness, "no Python", cause))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let (seconds, sums) = said.trim().split_once(' ').unwrap_or_default();
        let cents = (typed.spent * Decimal::ONE_HUNDRED).normalize();
        match seconds.parse() {
            Ok(seconds) if sums == format!("{} {} {cents}", typed.customers, typed.orders) => Ok(seconds),
            _ => {
                let why = String::from_utf8_lossy(&output.stderr);
                Err(Failure::new(FailureKind::Answer, format!("DuckDB answered {said} {why}")))
            }
        }
    }
}
