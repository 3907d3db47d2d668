//! Batches on their way: at most so many rows at once as HubSpot takes, and halves where one row spoils a whole.

mod answers;
mod pairs;
mod rows;

use std::collections::VecDeque;
use std::ops::Range;

use crm::Written;

pub(crate) use answers::{Named, outcomes, trace};
pub(crate) use pairs::{Pairs, pair};
pub(crate) use rows::Rows;

use crate::error::{Refusal, Scope};
use crate::limits::{MAX_INPUTS, MAX_UNNAMED};

pub(crate) type Outcome = Result<Written, Refusal>;

/// An endpoint that takes rows in batches.
pub(crate) trait Door {
    /// Sends some of the rows. One outcome for each in their order, or a refusal of the whole call.
    fn send(&self, rows: Range<usize>) -> impl Future<Output = Result<Vec<Outcome>, Refusal>> + Send;

    /// Whether a refusal of the whole call may be one row's fault, so that its halves are worth a try.
    fn is_for_halves(&self, refusal: &Refusal) -> bool {
        refusal.scope != Scope::Everyone
    }
}

/// Sends all rows of a door; no two of them may have one id. One outcome for each, in their order. `stop` says why no
/// further call is made, at this door or before it: nothing was sent then, so nothing was written.
pub(crate) async fn send(door: &impl Door, rows: usize, stop: &mut Option<Refusal>) -> Vec<Outcome> {
    let outcomes = (0..rows).map(|_| Err(Refusal::unanswered(0))).collect();
    let mut sending = Sending { door, outcomes, stop };
    for start in (0..rows).step_by(MAX_INPUTS) {
        sending.batch(start..rows.min(start + MAX_INPUTS)).await;
    }
    sending.outcomes
}

struct Sending<'a, D> {
    door: &'a D,
    outcomes: Vec<Outcome>,
    stop: &'a mut Option<Refusal>,
}

impl<D: Door> Sending<'_, D> {
    async fn batch(&mut self, batch: Range<usize>) {
        let mut parts = VecDeque::from([batch.clone()]);
        while let Some(part) = parts.pop_front() {
            if let Err([first, second]) = self.part(part).await {
                parts.push_front(second);
                parts.push_front(first);
            }
            self.give_up_on_a_hopeless(&batch);
        }
        // What is hopeless here may be well in the next batch, or at another door.
        *self.stop = self.stop.take().filter(Refusal::stops);
        self.tell_whose_fault(&batch);
    }

    /// Sends a part of a batch, or gives it back in halves: it was refused for one of its rows, and not told which.
    async fn part(&mut self, part: Range<usize>) -> Result<(), [Range<usize>; 2]> {
        let sent = match &*self.stop {
            Some(stop) => Err(stop.clone()),
            None => self.door.send(part.clone()).await,
        };
        match sent {
            Ok(told) => drop(self.outcomes.splice(part, told)),
            Err(refusal) if part.len() > 1 && self.stop.is_none() && self.door.is_for_halves(&refusal) => {
                let middle = part.start + part.len() / 2;
                return Err([part.start..middle, middle..part.end]);
            }
            Err(refusal) => self.refuse(part, &refusal),
        }
        Ok(())
    }

    fn refuse(&mut self, part: Range<usize>, refusal: &Refusal) {
        if refusal.stops() {
            *self.stop = Some(refusal.clone());
        }
        self.outcomes[part].fill_with(|| Err(refusal.clone()));
    }

    /// Where one row after the other is refused without a reason, and none was written, it is not the rows.
    fn give_up_on_a_hopeless(&mut self, batch: &Range<usize>) {
        if batch.len() == 1 || self.any_written(batch) {
            return;
        }
        let mut unnamed = self.outcomes[batch.clone()].iter().filter_map(unnamed);
        if let Some(last) = unnamed.nth(MAX_UNNAMED - 1).cloned() {
            *self.stop = Some(last);
        }
    }

    /// A row that was refused without a reason beside others that were written was refused for what it says.
    fn tell_whose_fault(&mut self, batch: &Range<usize>) {
        if self.any_written(batch) {
            for refusal in
                self.outcomes[batch.clone()].iter_mut().filter_map(|outcome| outcome.as_mut().err())
            {
                *refusal = refusal.clone().about_a_record();
            }
        }
    }

    fn any_written(&self, batch: &Range<usize>) -> bool {
        self.outcomes[batch.clone()].iter().any(Result::is_ok)
    }
}

fn unnamed(outcome: &Outcome) -> Option<&Refusal> {
    outcome.as_ref().err().filter(|refusal| refusal.scope == Scope::Unnamed)
}
