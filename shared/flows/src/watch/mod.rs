//! The watch over a shop's webhook subscriptions: what Shopify removed is subscribed again, and who changed meanwhile is synced.
//!
//! What is missing is remembered before anything is done about it, so is who is going to pull it, and only a backfill that ended
//! whole closes a gap. So who dies anywhere, or finds the shop's lock held, leaves the gap to the next call, and a backfill that
//! was begun by somebody who died is known by its name and not begun again.

mod look;

use domain::ShopDomain;
use drift::{Purpose, Report};
use serde::Serialize;
use shopify::{TOPICS_NEEDED, TOPICS_OPTIONAL};
use store::{Budgets, Figure, Figures, Links, Outbox, Runs};

use self::look::{Look, Seen, Wanted, look};
use crate::failure::Failure;
use crate::reconcile::{Ask, Engine, Means, Pursued, Window, pursue};

/// What a shop's subscriptions came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// Topics that were not subscribed.
    pub missing: Vec<String>,
    /// Those of them that were subscribed again.
    pub restored: Vec<String>,
    /// Those that the shop would not have, each with a stable code. They are tried again with the next call.
    pub refused: Vec<(String, String)>,
    /// Topics that (also) go to another address. That is told and left as it is.
    pub elsewhere: Vec<String>,
    /// What was not told and is not yet pulled.
    pub gap: Option<Window>,
    /// The run that pulls it; none where another one goes on, after which it is pulled.
    pub run: Option<String>,
}

/// Under which name it is remembered, beside the figures of the shop.
const NAME: &str = "subscriptions";

/// Looks after the shop's subscriptions at `uri`. It may be called at any time, by several at once: who finds that another one
/// wrote meanwhile gives up with `LostHold`, and the next call goes on.
pub async fn watch<L, U, O, B>(
    shop: &ShopDomain,
    uri: &str,
    figures: &impl Figures,
    engine: &Engine<'_, L, U, O, B>,
    means: &Means,
) -> Result<Watched, Failure>
where
    L: Links,
    U: Runs,
    O: Outbox,
    B: Budgets,
{
    let mut memory = Memory::of(shop, figures).await?;
    let seen = settled(shop, memory.seen.clone(), engine.runs).await?;
    let (listed, now) = (engine.admin.subscriptions(shop, (engine.clock)()).await?, (engine.clock)());
    let wanted = Wanted { needed: &TOPICS_NEEDED, optional: &TOPICS_OPTIONAL, uri };
    let Look { register, elsewhere, remember } = look(&wanted, &listed, &seen, now);
    memory.keep(remember).await?;
    let mut watched = Watched { missing: register, elsewhere, ..Watched::default() };
    subscribe(shop, uri, engine, &mut watched).await?;
    pull(shop, engine, means, &mut memory).await?;
    watched.gap = memory.seen.gap((engine.clock)());
    if let Some(pulling) = memory.seen.pulling {
        (watched.gap, watched.run) = (Some(pulling.gap), Some(pulling.run));
    }
    Ok(watched)
}

/// Topic by topic: one that the shop refuses keeps no other back.
async fn subscribe<L, U, O, B>(
    shop: &ShopDomain,
    uri: &str,
    engine: &Engine<'_, L, U, O, B>,
    watched: &mut Watched,
) -> Result<(), Failure> {
    for topic in &watched.missing {
        match engine.admin.subscribe(shop, topic, uri, (engine.clock)()).await {
            Ok(()) => watched.restored.push(topic.clone()),
            Err(error) if matches!(error.kind(), shopify::ShopErrorKind::Refused { .. }) => {
                watched.refused.push((topic.clone(), Failure::from(error).code().to_owned()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Begins a backfill of what was not told, where nothing pulls it yet and no other run goes on, or goes on with the one that
/// does.
async fn pull<L, U, O, B>(
    shop: &ShopDomain,
    engine: &Engine<'_, L, U, O, B>,
    means: &Means,
    memory: &mut Memory<'_, impl Figures>,
) -> Result<(), Failure>
where
    L: Links,
    U: Runs,
    O: Outbox,
    B: Budgets,
{
    let gap = memory.seen.gap((engine.clock)());
    let ask = match gap {
        Some(_) => Ask::Begin { purpose: Purpose::Backfill, dry_run: false, window: gap },
        None if memory.seen.pulling.is_some() => Ask::GoOn,
        None => return Ok(()),
    };
    if let Some(gap) = gap {
        memory.keep(memory.seen.clone().pulled_by(&means.owner, gap)).await?;
    }
    let pursued = Box::pin(pursue(shop, ask, engine, means)).await?;
    let seen = memory.seen.clone();
    match pursued {
        Pursued::Ended(report) | Pursued::Waits(report) if seen.is_pulled_by(&report.run) => {
            memory.keep(after(seen, Some(&report))).await
        }
        // Another run was gone on with instead, or is held: ours was not begun, and the gap waits for the end of that one.
        _ if gap.is_some() => memory.keep(seen.reopened()).await,
        _ => Ok(()),
    }
}

/// What is remembered, with what became of the run that pulls.
async fn settled(shop: &ShopDomain, seen: Seen, runs: &impl Runs) -> Result<Seen, Failure> {
    let Some(pulling) = &seen.pulling else { return Ok(seen) };
    let is_it = |report: &Report| report.run == pulling.run;
    let reports = runs.reports(shop).await?;
    let ended = reports.iter().filter_map(|text| serde_json::from_str(text).ok()).find(is_it);
    if ended.is_none() && runs.standing(shop).await?.head.is_some() {
        return Ok(seen);
    }
    Ok(after(seen, ended.as_ref()))
}

/// A run that ended whole closes the gap that it pulled; one that failed, or left no trace, is forgotten, and the gap is pulled
/// anew. One that goes on is waited for.
fn after(seen: Seen, report: Option<&Report>) -> Seen {
    match report {
        Some(report) if report.ended_at.is_none() => seen,
        Some(report) if report.is_whole() => seen.pulled(),
        _ => seen.reopened(),
    }
}

/// What is remembered of a shop, and in which state that was read.
struct Memory<'a, F> {
    shop: &'a ShopDomain,
    figures: &'a F,
    seen: Seen,
    version: Option<u64>,
}

impl<'a, F: Figures> Memory<'a, F> {
    /// What cannot be read any more is as if nothing had been seen: a look makes it anew.
    async fn of(shop: &'a ShopDomain, figures: &'a F) -> Result<Self, Failure> {
        let kept = figures.figure(shop, NAME).await?;
        let version = kept.as_ref().map(|figure| figure.version);
        let read = |figure: Figure| serde_json::from_slice(&figure.bytes).ok();
        Ok(Self { shop, figures, seen: kept.and_then(read).unwrap_or_default(), version })
    }

    async fn keep(&mut self, seen: Seen) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(&seen).unwrap_or_default();
        if !self.figures.keep_figure(self.shop, NAME, &bytes, self.version).await? {
            return Err(Failure::LostHold);
        }
        (self.seen, self.version) = (seen, Some(self.version.map_or(1, |before| before.saturating_add(1))));
        Ok(())
    }
}
