//! From the schedules and the console to the engine, one shop after the other.

use std::sync::Arc;
use std::time::Duration;

use connect::CrmSide;
use domain::{Lane, ShopDomain};
use drift::{Report, page};
use flows::{
    Announcer, Ask, Engine, Failure, Means, Pace, PacedCrm, PacedShops, announce, backfill, pursue, watch,
};
use jiff::Timestamp;
use lambda_host::{Journal, alarm, deadline, now};
use lambda_runtime::{Error, LambdaEvent};
use notify::Notifier;
use serde_json::Value;
use shopify::Admin;
use store::Runs as _;
use store_aws::{AccountBudgets, EventQueue, Records, RunTable};

use crate::chat::Chat;
use crate::config::Config;
use crate::report::{Answer, OfShop, Told, announced, journal};
use crate::request::{Action, Form, Request};

/// How long a call waits for its units.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Reconcile {
    config: Config,
    journal: Journal,
}

/// What an invocation works with.
struct Call<'a> {
    admin: &'a Admin,
    side: &'a CrmSide,
    request: &'a Request,
    /// Unique for the invocation.
    owner: String,
    deadline: Timestamp,
}

/// The shop's half and the CRM's, behind their budgets.
type Halves<'a> = (PacedShops<'a, AccountBudgets>, PacedCrm<'a, AccountBudgets>);

impl Reconcile {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "reconcile") }
    }

    /// A shop that fails does not keep the others from being proven; the invocation fails at its end where one of its own
    /// tries failed, so that somebody is told. A run that is not whole is told by its metric.
    pub(crate) async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, Error> {
        let LambdaEvent { payload, context } = event;
        let request = Request::parse(payload)?;
        let (admin, side) = (self.config.shops.current(now()).await?, self.config.crm.current(now()).await?);
        let call = Call {
            admin: &admin,
            side: &side,
            request: &request,
            owner: context.request_id,
            deadline: deadline(context.deadline, now()),
        };
        let wanted = |shop: &&ShopDomain| request.shop.as_ref().is_none_or(|only| only == *shop);
        let shops: Vec<_> = admin.credentials().shops().filter(wanted).collect();
        if shops.is_empty() {
            return Err("no such shop in the Shopify secret".into());
        }
        let (mut answer, mut failed) = (Answer { shops: vec![] }, vec![]);
        for shop in shops {
            let told = self.told(shop, &call).await.unwrap_or_else(|failure| failure_told(&failure));
            let of_shop = OfShop { shop: shop.clone(), told };
            journal(&self.journal, &of_shop, now());
            if let Told::Failed { code, error } = &of_shop.told {
                failed.push(format!("{shop}: {code}: {error}"));
            }
            answer.shops.push(of_shop);
        }
        if failed.is_empty() { Ok(answer) } else { Err(failed.join("; ").into()) }
    }

    async fn told(&self, shop: &ShopDomain, call: &Call<'_>) -> Result<Told, Failure> {
        let request = call.request;
        match (request.action, request.ask(now())) {
            (_, Some(ask)) => self.pursue(shop, ask, call).await,
            (Action::Report, _) => self.report(shop, request.form).await,
            (Action::Status, _) => self.standing(shop).await,
            (Action::Watch, _) => self.watched(shop, call).await,
            _ => {
                let customers = &request.customers;
                backfill(shop, &call.owner, customers, &self.config.queue, now()).await?;
                Ok(Told::Queued { customers: customers.len() })
            }
        }
    }

    /// In the lane of the nightly proof: what webhooks bring goes before it.
    fn pace(&self) -> Pace<'_, AccountBudgets> {
        let budgets = &self.config.budgets;
        Pace { budgets, lane: Lane::Reconcile, clock: &now, alarm: &alarm, patience: PATIENCE }
    }

    async fn pursue(&self, shop: &ShopDomain, ask: Ask, call: &Call<'_>) -> Result<Told, Failure> {
        let (pace, means) = (self.pace(), self.means(call));
        let (shops, crm) = self.halves(call, &pace);
        // The engine's steps are large futures; Lambda's runtime would carry them on its stack.
        let pursued = Box::pin(pursue(shop, ask, &self.engine(call, &shops, &crm), &means)).await;
        Box::pin(self.announce(shop, &means)).await;
        Ok(pursued?.into())
    }

    async fn watched(&self, shop: &ShopDomain, call: &Call<'_>) -> Result<Told, Failure> {
        let Some(uri) = &self.config.webhook_url else { return Ok(Told::NotWatched) };
        let (pace, means) = (self.pace(), self.means(call));
        let (shops, crm) = self.halves(call, &pace);
        let engine = self.engine(call, &shops, &crm);
        let watched = Box::pin(watch(shop, uri, &self.config.figures, &engine, &means)).await;
        Box::pin(self.announce(shop, &means)).await;
        Ok(Told::Watched(watched?))
    }

    fn halves<'a>(&self, call: &'a Call<'_>, pace: &'a Pace<'a, AccountBudgets>) -> Halves<'a> {
        let Config { shop_rate, crm_rate, .. } = &self.config;
        let shops = PacedShops::new(call.admin, *shop_rate, pace);
        (shops, PacedCrm::new(call.side.crm.as_ref(), call.side.account, *crm_rate, pace))
    }

    fn engine<'a>(
        &'a self,
        call: &'a Call<'_>,
        shops: &'a PacedShops<'a, AccountBudgets>,
        crm: &'a PacedCrm<'a, AccountBudgets>,
    ) -> Engine<'a, Records, RunTable, EventQueue, AccountBudgets> {
        let Config { runs, queue, dead, records, figures, .. } = &self.config;
        Engine {
            admin: call.admin,
            shops,
            crm,
            links: records,
            runs,
            figures,
            outbox: queue,
            dead,
            clock: &now,
            alarm: &alarm,
        }
    }

    fn means(&self, call: &Call<'_>) -> Means {
        Means {
            owner: call.owner.clone(),
            deadline: call.deadline,
            fingerprint_key: call.side.fingerprint_key.clone(),
            rules: Arc::clone(&self.config.rules),
        }
    }

    /// After every call, whatever became of it: a run that ended in an earlier one may not have been told. What fails here is
    /// in the journal, and fails no run.
    async fn announce(&self, shop: &ShopDomain, means: &Means) {
        let Config { runs, reports, chat, channel, chat_rate, tolerance, .. } = &self.config;
        let pace = self.pace();
        let chat = chat.as_ref().map(|secret| Chat { secret, rate: *chat_rate, pace: &pace });
        let announcer = Announcer {
            runs,
            archive: reports.as_ref(),
            chat: chat.as_ref().map(|chat| (chat as &dyn Notifier, channel)),
            tolerance: *tolerance,
            clock: &now,
        };
        let told = announce(shop, &announcer, means).await;
        announced(&self.journal, shop, &told, now());
    }

    async fn report(&self, shop: &ShopDomain, form: Form) -> Result<Told, Failure> {
        let kept = self.config.runs.reports(shop).await?;
        let reports: Vec<Report> = kept.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        Ok(match form {
            Form::Json => Told::Reports { reports },
            Form::Html => Told::Page { html: page(&reports) },
        })
    }

    async fn standing(&self, shop: &ShopDomain) -> Result<Told, Failure> {
        let standing = self.config.runs.standing(shop).await?;
        let run = standing.head.as_deref().and_then(|head| serde_json::from_str(head).ok());
        let held_until = standing.held_until.filter(|until| *until > now());
        Ok(Told::Standing { run, held_until, proven_until: standing.watermark })
    }
}

fn failure_told(failure: &Failure) -> Told {
    Told::Failed { code: failure.code(), error: failure.to_string() }
}
