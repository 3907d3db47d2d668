//! Customers who changed within some days: read page by page, the last changed first, until the window is behind.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shopify::ReadShop as _;
use store::{Budgets, Links, Outbox, Runs};

use super::halt::Halt;
use super::state::{State, Step};
use super::{Next, Run, repair};

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From this moment on, UTC.
    pub since: Timestamp,
    /// Until this moment, UTC.
    pub until: Timestamp,
}

impl Window {
    fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && at <= self.until
    }
}

/// Many on a page: each costs points by itself, and the call costs time.
const FIRST: usize = 250;

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// The window is looked after here: a filter that the shop cannot apply it ignores in silence.
    pub(super) async fn pages(
        &self,
        state: &mut State,
        after: Option<String>,
        window: Window,
    ) -> Result<Next, Halt> {
        let (admin, now) = (self.engine.admin, self.now());
        let first = FIRST.min(admin.max_page(self.shop));
        let tally = &mut state.report.tally;
        (tally.shop_calls, tally.shop_points) = (
            tally.shop_calls + 1,
            tally.shop_points + u64::from(self.engine.shops.points(self.shop, first, 0)),
        );
        let page = self.engine.shops.customers(admin, self.shop, first, after.as_deref(), now).await?;
        let read = page.customers.len();
        let customers: Vec<_> = page.customers.into_iter().filter_map(Result::ok).collect();
        let within = customers.iter().filter(|customer| window.holds(customer.updated_at));
        let within: Vec<_> = within.map(|customer| customer.key.customer).collect();
        tally.shop_customers += within.len() as u64;
        tally.unreadable += (read - customers.len()) as u64;
        if state.report.dry_run {
            tally.left += within.len() as u64;
        } else {
            repair::send(self.shop, &state.report.run, &within, self.engine.outbox, now).await?;
            tally.queued += within.len() as u64;
        }
        let is_behind = customers.last().is_some_and(|last| last.updated_at < window.since);
        Ok(match page.next.filter(|_| !is_behind) {
            Some(next) => Next::Step(Step::Pages { after: Some(next), window }),
            None => Next::End(drift::End::Whole),
        })
    }
}
