//! What people are told of runs that ended, and the sheets they are led to.
//!
//! A run is concluded first; from then on the memory of runs says that there is something to tell, until it was told. So who
//! dies in between is followed by the next call, and a chat or an archive that fails never fails a run.

use domain::ShopDomain;
use drift::{Notice, Purpose, Report, Sheet, Standing, Tolerance, latest, notice, page_name, sheets};
use jiff::Timestamp;
use notify::{Channel, Message, Notifier, NotifyErrorKind};
use serde::{Deserialize, Serialize};
use store::{Archive, Claimant, RunLock, Runs, Told};

use super::Means;
use crate::failure::{Disposition, Failure, disposition};

/// By what people are told, and where they look.
pub struct Announcer<'a, U, A> {
    /// The memory of runs.
    pub runs: &'a U,
    /// Where sheets are kept; none where nowhere.
    pub archive: Option<&'a A>,
    /// The chat, and where in it; none where nobody is told.
    pub chat: Option<(&'a dyn Notifier, &'a Channel)>,
    /// How much drift is none yet.
    pub tolerance: Tolerance,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Announced {
    /// The names of the sheets that were put into the archive.
    pub sheets: Vec<String>,
    /// What people were told, in order: how the shop stands.
    pub told: Vec<Standing>,
    /// What failed. It is tried again by the next call where that may help, else when the next run ends.
    pub failures: Vec<Failure>,
}

/// What is remembered of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// How the shop stands by its nightly proofs, as far as people know.
    standing: Standing,
    /// The same by its weekly counts.
    counts: Standing,
    /// The newest run that they know of.
    told: Option<String>,
    /// The newest run whose sheets are in the archive.
    archived: Option<String>,
    /// Whether the next notice may be there already.
    may_be_there: bool,
}

impl Memory {
    /// How the shop stands in the matter that such a run is about.
    fn standing(&mut self, purpose: Purpose) -> &mut Standing {
        match purpose {
            Purpose::Count => &mut self.counts,
            Purpose::Proof | Purpose::Import | Purpose::Backfill => &mut self.standing,
        }
    }
}

/// Tells people of the shop's runs that they have not heard of, and keeps their sheets. Nothing is done where there is nothing
/// to tell, where somebody else works on the shop's run, or where time is short. Fails where the memory of runs does.
///
/// A notice is posted first and remembered then: it may come twice, and never not at all.
pub async fn announce<U: Runs, A: Archive>(
    shop: &ShopDomain,
    announcer: &Announcer<'_, U, A>,
    means: &Means,
) -> Result<Announced, Failure> {
    let now = (announcer.clock)();
    if means.is_late(now) || !announcer.runs.told(shop).await?.is_due {
        return Ok(Announced::default());
    }
    let claimant = means.claimant(now);
    let RunLock::Granted(_) = announcer.runs.lock(shop, &claimant).await? else {
        return Ok(Announced::default());
    };
    let outcome = whole(shop, announcer, &claimant).await;
    // Where it is not given back, it runs out.
    drop(announcer.runs.unlock(shop, &claimant).await);
    outcome
}

async fn whole<U: Runs, A: Archive>(
    shop: &ShopDomain,
    announcer: &Announcer<'_, U, A>,
    claimant: &Claimant,
) -> Result<Announced, Failure> {
    // Somebody may have told it while we asked for the lock.
    let Told { text, is_due } = announcer.runs.told(shop).await?;
    if !is_due {
        return Ok(Announced::default());
    }
    let memory = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let kept = announcer.runs.reports(shop).await?;
    let reports: Vec<Report> = kept.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let mut telling = Telling { shop, announcer, claimant, memory, announced: Announced::default() };
    telling.keeps_sheets(&reports).await;
    telling.tells(&reports).await?;
    let is_due = telling.announced.failures.iter().any(is_passing);
    telling.remembers(is_due).await?;
    Ok(telling.announced)
}

struct Telling<'t, 'a, U, A> {
    shop: &'t ShopDomain,
    announcer: &'t Announcer<'a, U, A>,
    claimant: &'t Claimant,
    memory: Memory,
    announced: Announced,
}

impl<U: Runs, A: Archive> Telling<'_, '_, U, A> {
    /// The sheets of every run that has none yet, the oldest first.
    async fn keeps_sheets(&mut self, reports: &[Report]) {
        let Some(archive) = self.announcer.archive else { return };
        for at in (0..newer(reports, self.memory.archived.as_deref())).rev() {
            let Some((runs, run)) = reports.get(at..).and_then(|runs| Some((runs, runs.first()?))) else {
                return;
            };
            let newest = latest(runs).filter(|_| at == 0);
            for sheet in sheets(runs).into_iter().chain(newest) {
                if !self.keeps(archive, sheet).await {
                    return;
                }
            }
            self.memory.archived = Some(run.run.clone());
        }
    }

    async fn keeps(&mut self, archive: &A, sheet: Sheet) -> bool {
        let put = archive.put(&sheet.name, sheet.content_type, sheet.text.into_bytes()).await;
        let is_kept = put.is_ok();
        match put {
            Ok(()) => self.announced.sheets.push(sheet.name),
            Err(error) => self.announced.failures.push(error.into()),
        }
        is_kept
    }

    /// One run after the other, the oldest first, so that nothing is left out that happened while the chat was not there.
    async fn tells(&mut self, reports: &[Report]) -> Result<(), Failure> {
        let untold = newer(reports, self.memory.told.as_deref());
        for (at, run) in reports.iter().enumerate().take(untold).rev() {
            let is_kept = at >= newer(reports, self.memory.archived.as_deref());
            let notice = notice(*self.memory.standing(run.purpose), run, self.announcer.tolerance);
            if let (Some(notice), Some((chat, channel))) = (notice, self.announcer.chat) {
                let message = self.message(&notice, run, is_kept);
                if let Err(error) = chat.post(channel, &message).await {
                    self.memory.may_be_there |= matches!(error.kind(), NotifyErrorKind::Unanswered);
                    self.announced.failures.push(error.into());
                    return Ok(());
                }
                self.announced.told.push(notice.standing);
                self.knows(run, notice.standing).await?;
            }
            self.memory.told = Some(run.run.clone());
        }
        Ok(())
    }

    async fn knows(&mut self, run: &Report, standing: Standing) -> Result<(), Failure> {
        (*self.memory.standing(run.purpose), self.memory.may_be_there) = (standing, false);
        self.memory.told = Some(run.run.clone());
        self.remembers(true).await
    }

    /// In plain words: the chat sees to it that nothing in them is mark-up.
    fn message(&self, notice: &Notice, run: &Report, is_kept: bool) -> Message {
        let (title, lines) = (notice.title.clone(), notice.lines.clone());
        let message = Message { title, lines, repeat: self.memory.may_be_there, ..Message::default() };
        match self.announcer.archive.filter(|_| is_kept) {
            Some(archive) => message.with_link("The whole report", archive.place(&page_name(run))),
            None => message,
        }
    }

    async fn remembers(&self, is_due: bool) -> Result<(), Failure> {
        let text = serde_json::to_string(&self.memory).unwrap_or_default();
        let is_ours = self.announcer.runs.tell(self.shop, self.claimant, &text, is_due).await?;
        if is_ours { Ok(()) } else { Err(Failure::LostHold) }
    }
}

/// How many of the reports are newer than that run: all, where it is none of them.
fn newer(reports: &[Report], than: Option<&str>) -> usize {
    let place = than.and_then(|run| reports.iter().position(|report| report.run == run));
    place.unwrap_or(reports.len())
}

fn is_passing(failure: &Failure) -> bool {
    matches!(disposition(failure, 1), Disposition::Retry { .. })
}
