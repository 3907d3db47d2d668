//! Where things are in this checkout.

use std::path::{Path, PathBuf};

/// The root of the checkout this tool was built from.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where everything that is installed or kept for a run lives; ignored by git.
pub(crate) fn local() -> PathBuf {
    root().join(".local")
}

/// Where the stand that is running says how to reach it.
pub(crate) fn addresses() -> PathBuf {
    local().join("stand").join("addresses.json")
}

/// What its functions read from their environment.
pub(crate) fn functions_env() -> PathBuf {
    local().join("stand").join("functions.env")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> tokio::process::Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = tokio::process::Command::new(cargo);
    command.current_dir(root()).kill_on_drop(true);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_where_the_template_is() {
        assert!(root().join("template.yaml").is_file());
    }
}
