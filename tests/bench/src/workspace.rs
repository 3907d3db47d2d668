//! Where things are built: this checkout, its target folder, and the cargo that runs us.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, FailureKind};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    root.canonicalize().unwrap_or_else(|_| root.to_path_buf())
}

/// The target folder of this checkout.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The release binary of one of our packages.
pub(crate) fn release_binary(package: &str) -> PathBuf {
    target().join("release").join(package)
}

/// Builds one package of ours. One at a time: together, cargo would unify their features, and the function
/// measured would not be the function deployed.
pub(crate) fn build_release(package: &str) -> Result<(), Failure> {
    say(&format!("building {package}"));
    run(cargo().args(["build", "--quiet", "--release", "--package", package]).current_dir(root()))
}

/// The cargo that runs us, or the one on the path.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Runs a command; what it prints goes to standard error, since standard output is for figures.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = format!("{command:?}");
    let failed = |cause| Failure::caused(FailureKind::Build, format!("cannot run {shown}"), cause);
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).status().map_err(failed)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(FailureKind::Build, format!("{shown}: {status}")))
    }
}

/// A line of progress on standard error.
pub(crate) fn say(words: &str) {
    // When nobody reads standard error, nobody misses it.
    writeln!(io::stderr(), "bench: {words}").ok();
}
