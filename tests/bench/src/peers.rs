//! Receivers that others would write, built from sources that lie beside the checkout, if they do.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, FailureKind};
use crate::function::Candidate;
use crate::workspace::{self, say};

/// The best known use of the AWS SDK.
pub(crate) const OPT2: &str = "rust-opt2";
/// The SDK and `lambda_http` with their defaults.
pub(crate) const NAIVE: &str = "rust-naive";
/// Node.js with its SDK.
pub(crate) const NODE: &str = "node";
/// No SDK, no JSON reader: somebody else's floor.
pub(crate) const FLOOR: &str = "rust-floor";

const ALL: [&str; 4] = [OPT2, NAIVE, NODE, FLOOR];
const SHARED: &str = "BENCH_SHARED";
const MANIFEST: &str = "Cargo.toml";

/// Copies the peers' sources into the target folder and builds them there. A peer that is not there or does not build is
/// left out, with a word on standard error: the bench then holds ours against the floor.
pub(crate) fn build_all() {
    let sources = sources();
    if !sources.is_dir() {
        say(&format!("no peers in {} ({SHARED} says where else)", sources.display()));
        return;
    }
    for name in ALL {
        if let Err(failure) = build(&sources.join(name), name) {
            say(&format!("{name} is left out: {failure}"));
        }
    }
}

/// The peers that are built.
pub(crate) fn built() -> Vec<Candidate> {
    let candidates =
        ALL.into_iter().map(|name| Candidate { name, bootstrap: bootstrap(name), environment: Vec::new() });
    candidates.filter(|peer| peer.bootstrap.is_file() && (peer.name != NODE || node_can_run())).collect()
}

fn node_can_run() -> bool {
    // The place that its bootstrap names.
    modules().is_dir() && Path::new("/usr/bin/node").is_file()
}

fn sources() -> PathBuf {
    let beside = || workspace::root().join("../shared");
    env::var_os(SHARED).map_or_else(beside, PathBuf::from).join("tools/peers")
}

fn folder() -> PathBuf {
    workspace::target().join("bench/peers")
}

fn modules() -> PathBuf {
    folder().join(NODE).join("node_modules")
}

fn bootstrap(name: &str) -> PathBuf {
    match profile(&folder().join(name)) {
        None => folder().join(name).join("bootstrap"),
        Some(profile) => folder().join("target").join(profile).join(name),
    }
}

/// The cargo profile a peer is built with: its own `opt` where it has one. `None` for one that cargo does not build.
fn profile(folder: &Path) -> Option<&'static str> {
    let manifest = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    Some(if manifest.contains("[profile.opt]") { "opt" } else { "release" })
}

fn build(source: &Path, name: &str) -> Result<(), Failure> {
    let copy = folder().join(name);
    mirror(source, &copy).map_err(|cause| {
        Failure::caused(FailureKind::Build, format!("{} cannot be copied: {cause}", source.display()), cause)
    })?;
    say(&format!("building {name}"));
    match profile(&copy) {
        Some(profile) => build_with_cargo(&copy, profile),
        None if modules().is_dir() => Ok(()),
        None => {
            workspace::run(Command::new("npm").args(["install", "--no-audit", "--no-fund"]).current_dir(copy))
        }
    }
}

fn build_with_cargo(copy: &Path, profile: &str) -> Result<(), Failure> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--quiet", "--profile", profile, "--manifest-path"]).arg(copy.join(MANIFEST));
    cargo.arg("--target-dir").arg(folder().join("target"));
    workspace::run(&mut cargo)
}

/// Copies what differs, so that what is built already stays built.
fn mirror(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            mirror(&source, &copy)?;
        } else if fs::read(&source)? != fs::read(&copy).unwrap_or_default() {
            fs::remove_file(&copy).or_else(absent)?;
            fs::copy(&source, &copy)?;
        }
    }
    Ok(())
}

fn absent(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_is_the_same_is_left_alone() {
        let room = env::temp_dir().join(format!("bench-mirror-{}", std::process::id()));
        let (from, to) = (room.join("from"), room.join("to"));
        fs::create_dir_all(from.join("src")).expect("a folder");
        fs::write(from.join("src/main.rs"), "fn main() {}").expect("a file");
        mirror(&from, &to).expect("copied");
        let written = fs::metadata(to.join("src/main.rs")).expect("the copy").modified().expect("a time");
        mirror(&from, &to).expect("copied again");
        assert_eq!(
            fs::metadata(to.join("src/main.rs")).expect("the copy").modified().expect("a time"),
            written
        );
        fs::write(from.join("src/main.rs"), "fn main() { loop {} }").expect("changed");
        mirror(&from, &to).expect("copied a third time");
        assert_eq!(fs::read_to_string(to.join("src/main.rs")).expect("the copy"), "fn main() { loop {} }");
        fs::remove_dir_all(room).expect("cleaned up");
    }
}
