//! The figures of the shop are made anew from all of its orders: what was counted twice, or not at all, as messages came, is
//! right again.

use bulk::Believed;
use domain::ShopDomain;
use drift::Values;
use store::{Budgets, Figures, Links, Outbox, Runs, StoreError};

use super::Run;
use super::state::State;
use crate::work::{Doing, figure_name};

/// Makes a figure anew, whatever it was.
pub trait MakeFigures: Send + Sync {
    /// Puts `bytes` in the place of the figure of that name. False where others kept writing it meanwhile.
    fn make<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
        bytes: &'a [u8],
    ) -> Doing<'a, Result<bool, StoreError>>;
}

/// How often it is tried to be the one who writes.
const TRIES: usize = 5;

impl<F: Figures> MakeFigures for F {
    fn make<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
        bytes: &'a [u8],
    ) -> Doing<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            for _ in 0..TRIES {
                let before = self.figure(shop, name).await?.map(|figure| figure.version);
                if self.keep_figure(shop, name, bytes, before).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// A statistic that cannot be kept fails no proof: the report says that it is not, and the next night makes it again. Orders
    /// that were counted since the shop made its file are missing until then.
    pub(super) async fn figures(&self, state: &mut State, believed: &Believed) {
        for (currency, values) in &believed.values {
            let name = figure_name(*currency);
            let made = if state.report.dry_run {
                Ok(false)
            } else {
                self.engine.figures.make(self.shop, &name, &values.to_bytes()).await
            };
            let told = Values {
                orders: values.count(),
                median: values.median().map(|median| median.to_string()).unwrap_or_default(),
                is_kept: made.unwrap_or(false),
            };
            state.report.values.insert(currency.as_str().to_owned(), told);
        }
    }
}
