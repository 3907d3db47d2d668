//! `cargo xtask setup`: the CRM made ready, once before the first record, and again after the manifest changed.

use std::path::Path;

use anyhow::{Context as _, Result};
use connect::{Addresses, SetUp};
use outbound::{Outbound, Timeouts};
use secrecy::{ExposeSecret as _, SecretString};

use crate::command::SetupOptions;
use crate::progress::{green, note};

/// The file that is deployed.
const MANIFEST: &str = include_str!("../../../infra/sync.toml");

/// Whether the CRM is ready. Addresses are read from the environment, as the functions do.
pub(crate) async fn run(options: &SetupOptions) -> Result<bool> {
    let secret = secret(&options.secret).context("the CRM secret cannot be read")?;
    note("asking the CRM");
    let done = set_up(|name| std::env::var(name).ok(), secret.expose_secret()).await?;
    println!("{}", told(&done));
    Ok(true)
}

/// By the manifest that is deployed; `setting` gives an address by its name.
pub(crate) async fn set_up(setting: impl Fn(&str) -> Option<String>, secret: &str) -> Result<SetUp> {
    let rules = manifest::parse(MANIFEST).context("infra/sync.toml is not usable; see cargo xtask lint")?;
    let outbound = Outbound::new(Timeouts::default())?;
    Ok(connect::set_up(&outbound, &Addresses::read(setting).crm, &rules, secret).await?)
}

fn secret(file: &Path) -> Result<SecretString> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())?
    } else {
        std::fs::read_to_string(file).with_context(|| file.display().to_string())?
    };
    Ok(SecretString::from(text))
}

fn told(SetUp { created, existing, to_do }: &SetUp) -> String {
    let mut lines: Vec<_> = created.iter().map(|name| format!("{}  {name}", green("made"))).collect();
    lines.push(format!("{} made, {} were there", created.len(), existing.len()));
    lines.extend(to_do.iter().map(|words| format!("to do: {words}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_named_and_what_was_there_is_counted() {
        let done = SetUp {
            created: vec!["total_spent".to_owned()],
            existing: vec!["email".to_owned(), "phone".to_owned()],
            to_do: vec!["look".to_owned()],
        };
        let told = told(&done);
        assert!(told.contains("total_spent") && told.contains("1 made, 2 were there"), "{told}");
        assert!(told.ends_with("to do: look") && !told.contains("email"), "{told}");
    }
}
