//! The leaky bucket of query points.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Points one app has for one shop; they come back with time.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    size: f64,
    rate: f64,
    points: f64,
    at: Timestamp,
}

impl Bucket {
    pub(crate) fn new(size: f64, rate: f64, now: Timestamp) -> Self {
        Self { size, rate, points: size, at: now }
    }

    /// Takes `cost` points, if they are there.
    pub(crate) fn take(&mut self, cost: u64, now: Timestamp) -> bool {
        self.refill(now);
        let cost = points(cost);
        let enough = cost <= self.points;
        if enough {
            self.points -= cost;
        }
        enough
    }

    /// Gives back what a query was asked for but did not use.
    pub(crate) fn give_back(&mut self, unused: u64) {
        self.points = (self.points + points(unused)).min(self.size);
    }

    /// `throttleStatus` as every answer carries it.
    pub(crate) fn status(&self) -> Value {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "Shopify writes whole points here, and a bucket is small"
        )]
        let available = self.points.floor() as i64;
        json!({ "maximumAvailable": self.size, "currentlyAvailable": available, "restoreRate": self.rate })
    }

    fn refill(&mut self, now: Timestamp) {
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.points = (self.points + passed * self.rate).min(self.size);
        self.at = now;
    }
}

#[allow(clippy::cast_precision_loss, reason = "a query costs at most a few thousand points")]
fn points(cost: u64) -> f64 {
    cost as f64
}
