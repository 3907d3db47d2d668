//! From the schedule to the flow, one shop after the other.

use std::time::Duration;

use connect::CrmSide;
use domain::{Lane, ShopDomain};
use flows::{Comparison, Failure, Pace, PacedCrm, PacedShops, Page, compare};
use lambda_host::{Journal, Level, Metric, Unit, alarm, now};
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shopify::Admin;

use crate::config::Config;
use crate::request::Request;

/// How long a page waits for its units.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Reconcile {
    config: Config,
    journal: Journal,
}

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    shops: Vec<Comparison>,
}

#[derive(Debug, Serialize)]
struct FailedShop {
    shop: ShopDomain,
    code: &'static str,
    error: String,
}

impl Reconcile {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "reconcile") }
    }

    /// A shop that fails does not keep the others from being compared (their counts are in the journal); the run fails at
    /// its end, so that somebody is told.
    pub(crate) async fn handle(&self, event: LambdaEvent<Value>) -> Result<Report, Error> {
        let request = Request::parse(event.payload)?;
        let (admin, side) = (self.config.shops.current(now()).await?, self.config.crm.current(now()).await?);
        let (mut shops, mut failed) = (vec![], vec![]);
        for shop in
            admin.credentials().shops().filter(|shop| request.shop.as_ref().is_none_or(|only| only == *shop))
        {
            match self.page(shop, &request, &admin, &side).await {
                Ok(comparison) => shops.push(self.noted(comparison)),
                Err(failure) => failed.push(self.failed(shop, &failure)),
            }
        }
        if failed.is_empty() {
            return Ok(Report { shops });
        }
        let told = failed.iter().map(|one| format!("{}: {}: {}", one.shop, one.code, one.error));
        let (told, compared) = (told.collect::<Vec<_>>().join("; "), shops.len());
        Err(format!("{told}; {compared} other shops were compared").into())
    }

    /// In the lane of the nightly proof: what webhooks bring goes before it.
    async fn page(
        &self,
        shop: &ShopDomain,
        request: &Request,
        admin: &Admin,
        side: &CrmSide,
    ) -> Result<Comparison, Failure> {
        let Config { budgets, shop_rate, crm_rate, rules, .. } = &self.config;
        let pace = Pace { budgets, lane: Lane::Reconcile, clock: &now, alarm: &alarm, patience: PATIENCE };
        let shops = PacedShops::new(admin, *shop_rate, &pace);
        let crm = PacedCrm::new(side.crm.as_ref(), side.account, *crm_rate, &pace);
        let asked = Page { shop: shop.clone(), first: request.first, after: request.after.clone() };
        compare(&asked, admin, &shops, &crm, &side.fingerprint_key, rules.of(shop), now()).await
    }

    fn noted(&self, comparison: Comparison) -> Comparison {
        let count = |name, value: usize| Metric {
            name,
            unit: Unit::Count,
            value: f64::from(u32::try_from(value).unwrap_or(u32::MAX)),
        };
        let metrics = [
            count("Compared", comparison.customers),
            count("Differing", comparison.differing),
            count("MissingInCrm", comparison.missing),
        ];
        self.journal.write(Level::Info, now(), "compared a page", &comparison, &["function"], &metrics);
        comparison
    }

    fn failed(&self, shop: &ShopDomain, failure: &Failure) -> FailedShop {
        let failed = FailedShop { shop: shop.clone(), code: failure.code(), error: failure.to_string() };
        let metrics = [Metric::one("ReconcileFailed")];
        self.journal.write(Level::Error, now(), "could not compare", &failed, &["function"], &metrics);
        failed
    }
}
