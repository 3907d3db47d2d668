//! `cargo xtask demo`: a small shop, played against the real functions.

mod acts;
mod cast;
mod latency;
mod report;
mod requests;
mod scene;
mod table;
pub(crate) mod verdict;

use anyhow::Result;

use crate::command::DemoOptions;
use crate::demo::scene::Scene;
use crate::demo::verdict::Verdict;
use crate::progress::{note, title};
use crate::stand::vendor::Vendor;
use crate::stand::{Stand, logs};

/// Plays everything and prints what came of it; whether every promise held.
pub(crate) async fn run(options: &DemoOptions) -> Result<bool> {
    let stand = Stand::start(options.release, options.crm).await?;
    let (scene, verdicts) = played(&stand).await?;
    println!("{}", report::report(&stand, &scene, &verdicts).await?);
    if options.keep {
        linger(&stand).await?;
    }
    Ok(verdicts.iter().all(|verdict| verdict.held))
}

/// Plays everything with this CRM, without a report.
pub(crate) async fn verdicts(vendor: Vendor) -> Result<Vec<Verdict>> {
    let stand = Stand::start(false, vendor).await?;
    Ok(played(&stand).await?.1)
}

/// Where a promise broke or the play stopped, what the functions logged is kept for a person to read.
async fn played(stand: &Stand) -> Result<(Scene, Vec<Verdict>)> {
    let played = acts::play(stand).await;
    let well = played.as_ref().is_ok_and(|(_, verdicts)| verdicts.iter().all(|verdict| verdict.held));
    if !well {
        stand.folder.keep();
        match logs::collect(&stand.aws, &stand.folder.path).await {
            Ok(logs) => note(&format!("what the functions logged: {}", logs.display())),
            Err(trouble) => note(&format!("what the functions logged could not be read: {trouble:#}")),
        }
        note(&format!("what the local AWS logged: {}", stand.folder.path.join("ministack.log").display()));
    }
    played
}

/// Keeps the stand running, and says where it is, until it is interrupted.
async fn linger(stand: &Stand) -> Result<()> {
    let _announced = stand.addresses.announce().await?;
    title("Still running, until ctrl-c");
    println!("{}", report::addresses(stand)?);
    crate::interrupted().await;
    Ok(())
}
