//! What is asked for, as the schedules send it and ops type it into the console.

use domain::{CustomerId, ShopDomain};
use drift::Purpose;
use flows::{Ask, Window};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// The nightly proof.
    #[default]
    Run,
    /// The first import.
    Import,
    /// Customers who are named, or who changed within some days.
    Backfill,
    /// The weekly count of orders and deals.
    Count,
    /// Goes on with what was begun.
    Continue,
    /// The last reports.
    Report,
    /// Whether something goes on, and up to when everything is proven.
    Status,
    /// Ends what goes on.
    Cancel,
    /// Looks after the shop's subscriptions.
    Watch,
}

/// How a report is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    #[default]
    Json,
    /// One page, to be saved and looked at.
    Html,
}

/// A request, such as `{"action": "run", "dry_run": true}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) action: Action,
    /// Only this shop; all where it is left out.
    pub(crate) shop: Option<ShopDomain>,
    /// Tells who differs, and syncs nobody.
    pub(crate) dry_run: bool,
    /// For a backfill: these customers.
    pub(crate) customers: Vec<CustomerId>,
    /// For a backfill: who changed from this moment on, UTC.
    pub(crate) since: Option<Timestamp>,
    /// For a backfill: until this moment, UTC; now where it is left out.
    pub(crate) until: Option<Timestamp>,
    /// For a report.
    #[serde(rename = "as")]
    pub(crate) form: Form,
}

const EXAMPLES: &str = "expected for example {\"action\": \"run\"}, {\"action\": \"run\", \"shop\": \"example.myshopify.com\", \
     \"dry_run\": true}, {\"action\": \"import\"}, {\"action\": \"backfill\", \"shop\": \"example.myshopify.com\", \"customers\": [7]}, \
     {\"action\": \"backfill\", \"since\": \"2026-11-20T00:00:00Z\"}, {\"action\": \"count\"}, {\"action\": \"status\"}, {\"action\": \"report\", \"as\": \"html\"}, \
     {\"action\": \"cancel\"}, {\"action\": \"watch\"}";

impl Request {
    /// Reads a request, also one that the queue of wakes brings. What somebody else's event may be is the nightly run: a schedule that says nothing of its own.
    pub(crate) fn parse(payload: Value) -> Result<Self, String> {
        if let Some(body) = payload.pointer("/Records/0/body").and_then(Value::as_str) {
            let asked =
                serde_json::from_str(body).map_err(|_| "a wake of the queue is no JSON".to_owned())?;
            return Self::parse(asked);
        }
        let is_foreign = payload.is_null() || payload.get("detail-type").is_some();
        if is_foreign {
            return Ok(Self::default());
        }
        let request: Self =
            serde_json::from_value(payload).map_err(|error| format!("{error}; {EXAMPLES}"))?;
        request.wrong().map_or(Ok(request), |wrong| Err(format!("{wrong}; {EXAMPLES}")))
    }

    fn wrong(&self) -> Option<&'static str> {
        let (is_backfill, names) = (self.action == Action::Backfill, !self.customers.is_empty());
        let window = self.since.is_some() || self.until.is_some();
        if !is_backfill && (names || window) {
            return Some("`customers`, `since` and `until` are for a backfill");
        }
        if is_backfill && names == self.since.is_some() {
            return Some("a backfill needs either `customers` or `since`");
        }
        if names && (window || self.dry_run) {
            return Some(
                "named customers are synced as they are: neither a window nor a dry run makes sense",
            );
        }
        if self.dry_run && self.action == Action::Watch {
            return Some("subscriptions are looked after in earnest: a dry run of that is not there");
        }
        if names && self.shop.is_none() {
            return Some("`customers` needs `shop`: an id belongs to one shop");
        }
        (self.since > self.until && self.until.is_some()).then_some("`since` is after `until`")
    }

    /// What the engine is to do, where it is asked at all.
    pub(crate) fn ask(&self, now: Timestamp) -> Option<Ask> {
        let begin = |purpose, window| Ask::Begin { purpose, dry_run: self.dry_run, window };
        match self.action {
            Action::Run => Some(begin(Purpose::Proof, None)),
            Action::Import => Some(begin(Purpose::Import, None)),
            Action::Count => Some(begin(Purpose::Count, None)),
            Action::Backfill => self.since.map(|since| {
                let until = self.until.unwrap_or(now);
                begin(Purpose::Backfill, Some(Window { since, until }))
            }),
            Action::Continue => Some(Ask::GoOn),
            Action::Cancel => Some(Ask::Cancel),
            Action::Report | Action::Status | Action::Watch => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(payload: Value) -> Option<Ask> {
        Request::parse(payload).unwrap().ask("2026-11-25T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn s_003_a_schedules_event_that_says_nothing_is_the_nightly_run() {
        let run = Ask::Begin { purpose: Purpose::Proof, dry_run: false, window: None };
        for payload in [json!(null), json!({}), json!({"version": "0", "detail-type": "Scheduled Event"})] {
            assert_eq!(ask(payload), Some(run.clone()));
        }
        let count = Ask::Begin { purpose: Purpose::Count, dry_run: true, window: None };
        assert_eq!(ask(json!({"action": "count", "dry_run": true})), Some(count));
        assert_eq!(ask(json!({"action": "continue"})), Some(Ask::GoOn));
        assert_eq!(ask(json!({"action": "status"})), None);
        assert_eq!(ask(json!({"action": "watch"})), None, "it asks by itself");
    }

    #[test]
    fn s_160_a_wake_of_the_queue_goes_on_with_the_shops_run() {
        let body = "{\"action\":\"continue\",\"shop\":\"a.myshopify.com\"}";
        let woken = Request::parse(json!({"Records": [{"messageId": "m", "body": body}]})).unwrap();
        assert_eq!((woken.action, woken.shop.unwrap().as_str()), (Action::Continue, "a.myshopify.com"));
        let broken = Request::parse(json!({"Records": [{"messageId": "m", "body": "{"}]}));
        assert!(broken.unwrap_err().contains("no JSON"));
    }

    #[test]
    fn s_196_a_backfill_is_of_customers_or_of_days() {
        let days = json!({"action": "backfill", "since": "2026-11-20T00:00:00Z", "dry_run": true});
        let window = Window {
            since: "2026-11-20T00:00:00Z".parse().unwrap(),
            until: "2026-11-25T00:00:00Z".parse().unwrap(),
        };
        let begin = Ask::Begin { purpose: Purpose::Backfill, dry_run: true, window: Some(window) };
        assert_eq!(ask(days), Some(begin));
        let named = json!({"action": "backfill", "shop": "a.myshopify.com", "customers": [7]});
        assert_eq!(ask(named), None, "it needs no run");
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_name_and_told_what_does() {
        let refused = |payload| Request::parse(payload).unwrap_err();
        for (payload, words) in [
            (json!({"action": "repair"}), "unknown variant"),
            (json!({"action": "run", "first": 5}), "unknown field `first`"),
            (json!({"action": "run", "shop": "example.com"}), "shop domain"),
            (json!({"action": "run", "customers": [7]}), "are for a backfill"),
            (json!({"action": "watch", "dry_run": true}), "a dry run of that is not there"),
            (json!({"action": "backfill"}), "either `customers` or `since`"),
            (json!({"action": "backfill", "customers": [7]}), "needs `shop`"),
            (
                json!({"action": "backfill", "since": "2026-11-20T00:00:00Z", "until": "2026-11-19T00:00:00Z"}),
                "after",
            ),
        ] {
            let told = refused(payload);
            assert!(told.contains(words) && told.contains("expected for example"), "{told}");
        }
    }
}
