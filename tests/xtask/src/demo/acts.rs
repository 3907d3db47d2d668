//! The acts: each plays something and says which promise it kept.

mod asked;
mod day;
mod hostile;
mod left;
mod outage;
mod proof;
mod quick;
mod samples;

use anyhow::Result;

use crate::demo::scene::Scene;
use crate::demo::verdict::Verdict;
use crate::progress::{step, title};
use crate::stand::Stand;

/// Plays all acts, in order: each goes on with the shop that the one before left.
pub(crate) async fn play(stand: &Stand) -> Result<(Scene, Vec<Verdict>)> {
    title("Playing a small shop");
    let mut scene = Scene::new(stand)?;
    let mut verdicts =
        step("a day in the shop, delivered twice and out of order", day::plays(stand, &mut scene)).await?;
    verdicts.extend(step("what people are asked to do about it", asked::plays(stand, &scene)).await?);
    verdicts.push(step("a checkout that somebody left", left::plays(stand, &mut scene)).await?);
    verdicts.push(step("a delivery that comes again and again", day::repeats(stand, &mut scene)).await?);
    verdicts.push(step("a sales rep's own work on a contact", day::rep_works(stand, &mut scene)).await?);
    verdicts.push(step("a forged webhook", hostile::forges(stand, &mut scene)).await?);
    verdicts.push(step("a signed webhook that nobody can read", hostile::mumbles(stand, &mut scene)).await?);
    verdicts.extend(step("two customers whom the CRM refuses", outage::plays(stand, &mut scene)).await?);
    verdicts.push(step("single changes, with a stop-watch", quick::plays(stand, &mut scene)).await?);
    verdicts.extend(step("the nightly proof, and a hand in the CRM", proof::plays(stand, &mut scene)).await?);
    verdicts.push(step("the sample events of infra/events", samples::plays(stand)).await?);
    verdicts
        .push(step("what people were asked to do, once more", asked::is_still_once(stand, &scene)).await?);
    Ok((scene, verdicts))
}
