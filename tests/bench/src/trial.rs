//! Rounds: every function in turn, each from a cold start, so that what the machine does meanwhile happens to all.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::cloud::{Calls, Cloud};
use crate::environment;
use crate::failure::{Failure, FailureKind};
use crate::function::{Candidate, Running};
use crate::runtime_api::{Answer, RuntimeApi};
use crate::statistics;

const INIT_LIMIT: Duration = Duration::from_secs(10);
const INVOKE_LIMIT: Duration = Duration::from_secs(30);

/// One kind of event, given to a warm function many times.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) event: Arc<Vec<u8>>,
    /// The status code that every answer must have.
    pub(crate) status: u16,
    /// Invokes that are not measured, then those that are.
    pub(crate) warm_up: u32,
    pub(crate) invokes: u32,
}

/// A function and what it is given in each round, in this order; the first load's first invoke is the cold one.
pub(crate) struct Entry {
    pub(crate) candidate: Candidate,
    pub(crate) loads: Vec<Load>,
}

/// One cold start and what followed it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) init_cpu_ms: f64,
    pub(crate) init_ms: f64,
    pub(crate) first_ms: f64,
    /// The peak after the first load, so that it is the same for those that have no other.
    pub(crate) peak_rss_mb: f64,
    pub(crate) loads: Vec<Warm>,
}

/// What one load cost, an invoke.
#[derive(Debug)]
pub(crate) struct Warm {
    pub(crate) p50_us: f64,
    pub(crate) cpu_us: f64,
    pub(crate) invokes: u32,
    /// Calls of all measured invokes together.
    pub(crate) calls: Calls,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
}

/// One function in one round.
struct Stage<'a> {
    cloud: &'a Cloud,
    lambda: RuntimeApi,
    running: Running,
}

/// Starts the entry's function, gives it its loads and stops it.
pub(crate) fn visit(entry: &Entry, cloud: &Cloud) -> Result<Visit, Failure> {
    let mut stage = Stage::set(&entry.candidate, cloud)?;
    stage.initialise()?;
    let init_ms = ms(stage.running.started.elapsed());
    let init_cpu_ms = ms(stage.running.cpu()?);
    let first_ms = stage.first_invoke(entry.loads.first())?;
    let mut loads = Vec::new();
    let mut peak_rss_mb = 0.0;
    for load in &entry.loads {
        loads.push(stage.warm(load)?);
        if loads.len() == 1 {
            peak_rss_mb = stage.running.peak_rss_mb()?;
        }
    }
    Ok(Visit { init_cpu_ms, init_ms, first_ms, peak_rss_mb, loads })
}

impl<'a> Stage<'a> {
    fn set(candidate: &Candidate, cloud: &'a Cloud) -> Result<Self, Failure> {
        let lambda = RuntimeApi::open()
            .map_err(|cause| Failure::caused(FailureKind::Harness, "no port for the Runtime API", cause))?;
        let environment = environment::of_a_function(&lambda.address(), &cloud.url());
        let running = candidate.start(&environment)?;
        Ok(Self { cloud, lambda, running })
    }

    fn initialise(&mut self) -> Result<(), Failure> {
        let running = &mut self.running;
        let asked = self.lambda.wait_until_idle(INIT_LIMIT, || running.ended());
        asked.map_err(|why| self.running.failure("it never asked for an event", &why))
    }

    fn first_invoke(&mut self, load: Option<&Load>) -> Result<f64, Failure> {
        let Some(load) = load else { return Ok(0.0) };
        let answers = self.invoke(load, 1)?;
        Ok(answers.first().map_or(0.0, |answer| ms(answer.took)))
    }

    fn warm(&mut self, load: &Load) -> Result<Warm, Failure> {
        self.invoke(load, load.warm_up)?;
        self.cloud.take_calls();
        let before = self.running.cpu()?;
        let answers = self.invoke(load, load.invokes)?;
        let cpu = self.running.cpu()?.saturating_sub(before);
        let took = answers.iter().map(|answer| us(answer.took));
        Ok(Warm {
            p50_us: statistics::median(took).unwrap_or_default(),
            cpu_us: us(cpu) / f64::from(load.invokes),
            invokes: load.invokes,
            calls: self.cloud.take_calls(),
        })
    }

    fn invoke(&mut self, load: &Load, times: u32) -> Result<Vec<Answer>, Failure> {
        let running = &mut self.running;
        let limit = INVOKE_LIMIT + Duration::from_millis(20) * times;
        let events = vec![Arc::clone(&load.event); times as usize];
        let answers = self.lambda.invoke(events, limit, || running.ended());
        let answers = answers.map_err(|why| self.running.failure("it did not answer", &why))?;
        match answers.iter().find(|answer| status(answer) != Some(load.status)) {
            Some(other) => Err(self.unexpected(load.status, other)),
            None => Ok(answers),
        }
    }

    fn unexpected(&self, expected: u16, answer: &Answer) -> Failure {
        let body = String::from_utf8_lossy(&answer.body);
        let why = format!("expected status {expected}, it answered {body:.300}");
        let failure = self.running.failure("not the answer of a receiver", &why);
        Failure::new(FailureKind::Answer, failure.to_string())
    }
}

fn status(answer: &Answer) -> Option<u16> {
    serde_json::from_slice::<Response>(&answer.body).ok().map(|response| response.status_code)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
