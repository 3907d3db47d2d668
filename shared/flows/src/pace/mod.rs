//! Nobody is asked faster than they allow, or while they do not work: a shop, a CRM and a chat behind the
//! budget that all share.

mod chat;
mod crm;
mod grant;
mod shop;

use std::time::Duration;

use domain::{Grant, Lane, Rate, Reservation, Signal};
use jiff::Timestamp;
use store::{Account, Budgets};

pub use self::chat::PacedChat;
pub use self::crm::PacedCrm;
pub use self::grant::PacedGrants;
pub use self::shop::PacedShops;
use crate::Alarm;

/// How one function uses the budgets.
pub struct Pace<'a, B> {
    /// The memory that all functions share.
    pub budgets: &'a B,
    /// As whom it asks.
    pub lane: Lane,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Rings at that time, UTC.
    pub alarm: &'a (dyn Fn(Timestamp) -> Alarm + Sync),
    /// How long it waits here for its units; for longer ones the work comes back instead.
    pub patience: Duration,
}

/// How often units are asked for again that were promised for then: others may have been faster.
const TRIES: usize = 4;

impl<B: Budgets> Pace<'_, B> {
    /// Waits for so many units, in pieces where they are more than the lane ever has at once. Otherwise says how long to
    /// stay away.
    ///
    /// A budget that cannot be read stops nobody: the other side's own refusals are still heard.
    async fn enter(&self, account: &Account, rate: Rate, units: u32) -> Result<Grant, Duration> {
        let (most, mut left, mut grant) = (rate.most(self.lane), units, Grant::Plain);
        let until = (self.clock)().checked_add(self.patience).unwrap_or(Timestamp::MAX);
        while left > 0 {
            let piece = left.min(most);
            grant = self.piece(account, rate, piece, until).await?;
            left -= piece;
        }
        Ok(grant)
    }

    async fn piece(
        &self,
        account: &Account,
        rate: Rate,
        units: u32,
        patient_until: Timestamp,
    ) -> Result<Grant, Duration> {
        let Some(ask) = rate.ask(self.lane, units) else { return Ok(Grant::Plain) };
        let mut waits = Duration::ZERO;
        for _ in 0..TRIES {
            let now = (self.clock)();
            match self.budgets.reserve(account, &ask, now).await {
                Ok(Reservation::Granted(grant)) => return Ok(grant),
                Err(_) => return Ok(Grant::Plain),
                Ok(Reservation::Wait { until, .. }) => {
                    waits = Duration::try_from(until.duration_since(now)).unwrap_or_default();
                    if until > patient_until {
                        break;
                    }
                    (self.alarm)(until).await;
                }
            }
        }
        Err(waits)
    }

    /// A success is told only where it says something new. A word that gets lost makes us slower, or lets a failure more
    /// through: neither is worth a failed batch.
    async fn tell(&self, account: &Account, grant: Grant, signal: Signal) {
        if grant != Grant::Plain || signal != Signal::Succeeded {
            drop(self.budgets.heard(account, signal, (self.clock)()).await);
        }
    }

    fn after(&self, wait: Option<Duration>) -> Timestamp {
        let wait = wait.unwrap_or(Duration::from_secs(1));
        (self.clock)().checked_add(wait).unwrap_or(Timestamp::MAX)
    }
}
