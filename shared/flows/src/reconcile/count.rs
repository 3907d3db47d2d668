//! The shop's orders and the CRM's deals, counted week by week (S-194).
//!
//! A count says that something is missing, and not what. So the orders of a week that differs are read, and counted by the
//! rules themselves; where it still differs they are synced again: each is sent as a quiet event, and the worker writes its
//! deal as it always does. A deal that is too many is nobody's here to delete.

use crm::DealSpan;
use domain::{OrderRules, OrdersMode};
use drift::{Balance, End, Week, balance};
use shopify::{Admin, OrderSpan, Placed, PlacedPage};
use store::{Budgets, Links, Outbox, Runs};

use super::halt::Halt;
use super::state::{State, Step};
use super::{Next, Run, repair};

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// Counts one week on both sides. Where not every order becomes a deal there is nothing to count.
    pub(super) async fn count(&self, state: &mut State, at: usize) -> Result<Next, Halt> {
        let rules = self.order_rules();
        if rules.mode != OrdersMode::Deals {
            return Ok(Next::End(End::Whole));
        }
        if state.report.weeks.is_empty() {
            state.report.weeks = Week::last(state.report.started_at);
        }
        let Some(week) = state.report.weeks.get(at).cloned() else { return Ok(counted(state)) };
        let orders = self.orders(state, &week, rules).await?;
        let deals = self.deals(state, &week, rules).await?;
        let week = Week { orders, deals, ..week };
        let next = match week.balance() {
            Balance::Even => Step::Count { at: at + 1 },
            _ => Step::Weigh { at, after: None, orders: 0, nobodys: 0 },
        };
        put(state, at, week);
        Ok(Next::Step(next))
    }

    /// Counts a page of the week's orders by the rules themselves: whose payment and goods are said together, and who bought.
    pub(super) async fn weigh(
        &self,
        state: &mut State,
        at: usize,
        after: Option<String>,
        (mut orders, mut nobodys): (u64, u64),
    ) -> Result<Next, Halt> {
        let Some(week) = state.report.weeks.get(at).cloned() else { return Ok(counted(state)) };
        let page = self.placed(state, &week, after.as_deref()).await?;
        let rules = self.order_rules();
        let alive: Vec<_> = page.orders.iter().filter(|order| !is_lost(order, rules)).collect();
        orders += alive.len() as u64;
        nobodys += alive.iter().filter(|order| order.customer.is_none()).count() as u64;
        if page.next.is_some() {
            return Ok(Next::Step(Step::Weigh { at, after: page.next, orders, nobodys }));
        }
        let week = Week { orders, nobodys, ..week };
        let mends = week.balance() != Balance::Even && !state.report.dry_run;
        put(state, at, week);
        Ok(Next::Step(if mends { Step::Mend { at, after: None } } else { Step::Count { at: at + 1 } }))
    }

    /// Sends a page of the week's orders to be synced again: where deals are missing those that should have one, else those that
    /// should have none that counts, since their end may not have been heard of.
    pub(super) async fn mend(
        &self,
        state: &mut State,
        at: usize,
        after: Option<String>,
    ) -> Result<Next, Halt> {
        let Some(week) = state.report.weeks.get(at).cloned() else { return Ok(counted(state)) };
        let PlacedPage { orders, next } = self.placed(state, &week, after.as_deref()).await?;
        let (rules, wants_lost) = (self.order_rules(), matches!(week.balance(), Balance::TooMany(_)));
        let wanted = orders.into_iter().filter(|order| is_lost(order, rules) == wants_lost);
        let mut wanted: Vec<_> = wanted.filter_map(|order| Some((order.id, order.customer?))).collect();
        state.report.tally.queued += wanted.len() as u64;
        if !wants_lost {
            let replayed = self.dead_orders(state, wanted.iter().map(|(order, _)| *order).collect()).await;
            wanted.retain(|(order, _)| !replayed.contains(order));
        }
        repair::send_orders(self.shop, &state.report.run, &wanted, self.engine.outbox, self.now()).await?;
        Ok(Next::Step(match next {
            Some(next) => Step::Mend { at, after: Some(next) },
            None => Step::Count { at: at + 1 },
        }))
    }

    async fn orders(&self, state: &mut State, week: &Week, rules: &OrderRules) -> Result<u64, Halt> {
        let tally = &mut state.report.tally;
        tally.shop_calls += 1;
        tally.shop_points += u64::from(Admin::COUNT_POINTS);
        let without: Vec<_> = rules.lost_payments().into_iter().collect();
        let (shops, admin) = (self.engine.shops, self.engine.admin);
        Ok(shops.orders_count(admin, self.shop, &span(week), &without, self.now()).await?)
    }

    async fn deals(&self, state: &mut State, week: &Week, rules: &OrderRules) -> Result<u64, Halt> {
        state.report.tally.crm_calls += 1;
        let (since, until) = week.moments();
        let without = rules.lost_stages().into_iter().map(str::to_owned).collect();
        let span = DealSpan { prefix: self.prefix().to_owned(), since, until, without };
        Ok(self.engine.crm.count_deals(&span).await?)
    }

    async fn placed(&self, state: &mut State, week: &Week, after: Option<&str>) -> Result<PlacedPage, Halt> {
        let tally = &mut state.report.tally;
        tally.shop_calls += 1;
        tally.shop_points += u64::from(Admin::PLACED_POINTS);
        let (shops, admin) = (self.engine.shops, self.engine.admin);
        Ok(shops.placed(admin, self.shop, &span(week), after, self.now()).await?)
    }

    fn order_rules(&self) -> &OrderRules {
        &self.means.rules(self.shop).orders
    }
}

fn span(week: &Week) -> OrderSpan {
    let (since, until) = week.moments();
    OrderSpan { since, until }
}

/// Whether its deal, if any, counts for nothing.
fn is_lost(order: &Placed, rules: &OrderRules) -> bool {
    order.is_cancelled || rules.is_lost(&order.financial, &order.fulfilment)
}

fn put(state: &mut State, at: usize, week: Week) {
    if let Some(place) = state.report.weeks.get_mut(at) {
        *place = week;
    }
}

/// All weeks are counted: what nobody mends here is left.
fn counted(state: &mut State) -> Next {
    let (missing, too_many) = balance(&state.report.weeks);
    let unmended = if state.report.dry_run { missing } else { 0 };
    state.report.tally.left = too_many + unmended;
    Next::End(End::Whole)
}
