//! The worker's goals: a batch of deliveries from the queue to the CRM, in few calls and little CPU.

pub(crate) mod burst;
mod counts;
mod day;
mod hosted;
mod mailbox;
mod naive;
mod vendors;

use std::time::Duration;

use twin_hubspot::Portal;

use self::counts::{Count, Counts};
use self::day::{Day, webhook};
use self::hosted::{Hosted, Message, batch};
use self::naive::Naive;
use self::vendors::{Vendors, yesterday};
use crate::cloud::Cloud;
use crate::environment;
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal, short};
use crate::options::Options;
use crate::statistics;
use crate::workspace::say;

const OURS: &str = "worker";
const RECEIVER: &str = "receiver";

const CUSTOMERS: u32 = 400;
/// Of whom so many order: four deliveries each, and one of each other customer make a thousand.
const ORDERING: usize = 200;
/// What the event source mapping of the template gathers at most.
const BATCH: usize = 100;
/// Passes before the CPU is looked at, beside the two that are counted.
const WARM_UP: u32 = 2;

/// What one burst of deliveries came to.
struct Pass {
    count: Count,
    deliveries: usize,
    cpu: Duration,
}

/// Everything that the worker's figures need.
struct Stage {
    cloud: Cloud,
    vendors: Vendors,
    day: Day,
    receiver: Hosted,
    worker: Hosted,
}

/// Measures the worker beside the naive peer.
pub(crate) fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    say("worker: one event, one upsert");
    let naive = naive()?;
    say("worker: counting");
    let mut stage = Stage::set()?;
    let counts = Counts { cold: stage.pass()?.count, warm: stage.pass()?.count, naive };
    for _ in 0..WARM_UP {
        stage.pass()?;
    }
    let mut passes = Vec::new();
    for round in 1..=options.rounds {
        say(&format!("worker: round {round} of {}", options.rounds));
        passes.push(stage.pass()?);
    }
    let mut figures = counts.figures();
    figures.extend(cpu(&passes));
    Ok(figures)
}

/// Deliveries a second and core, of each round's process CPU; with what a call to it costs.
fn cpu(passes: &[Pass]) -> Vec<Figure> {
    let rates = passes.iter().map(|pass| number(pass.deliveries) / pass.cpu.as_secs_f64());
    let each = passes.iter().map(|pass| pass.cpu.as_secs_f64() * 1e6 / number(pass.deliveries));
    let calls = passes.last().map(|pass| pass.count.calls_a_batch()).unwrap_or_default();
    let (each, rate) = (statistics::median(each), statistics::median(rates));
    vec![
        Figure::new(format!("{OURS}: deliveries a second and core"), rate, "/s")
            .goal(Goal::AtLeast(3000.0))
            .beside(
                each.map(|each| format!("{} µs each, batches of {BATCH}", short(each))).unwrap_or_default(),
            ),
        Figure::new(
            format!("{OURS}: calls a warm batch"),
            passes.last().map(|pass| pass.count.total_a_batch()),
            "calls",
        )
        .beside(calls),
    ]
}

fn naive() -> Result<Count, Failure> {
    let hands = yesterday();
    let vendors = Vendors::open(hands.clock())?;
    let cloud = open_cloud()?;
    let mut day = Day::open(&vendors.shop, Some(hands), CUSTOMERS)?;
    let burst = day.burst(ORDERING)?;
    let mut naive = Naive::to(&cloud, &vendors)?;
    for delivery in &burst {
        naive.works(delivery)?;
    }
    all_right(&cloud, &vendors, &day)?;
    Ok(Count::take(&cloud, &vendors, burst.len()))
}

impl Stage {
    fn set() -> Result<Self, Failure> {
        let hands = yesterday();
        let vendors = Vendors::open(hands.clock())?;
        let cloud = open_cloud()?;
        let day = Day::open(&vendors.shop, Some(hands), CUSTOMERS)?;
        let url = cloud.url();
        let receiver = Hosted::start(RECEIVER, |lambda| environment::of_a_function(lambda, &url))?;
        let worker = start_worker(&cloud, &vendors)?;
        Ok(Self { cloud, vendors, day, receiver, worker })
    }

    /// A burst, through the receiver into the queue, and from there in batches through the worker.
    fn pass(&mut self) -> Result<Pass, Failure> {
        let burst = self.day.burst(ORDERING)?;
        self.receiver.handle(burst.iter().map(webhook).collect())?;
        let sent = self.cloud.queue().take_sent();
        if sent.len() != burst.len() {
            return Err(self.receiver.failure(&format!(
                "{} of {} are in the queue",
                sent.len(),
                burst.len()
            )));
        }
        let messages: Vec<_> =
            (0..).zip(&sent).map(|(number, sent): (u32, _)| message(number, &sent.body)).collect();
        let batches: Vec<_> = messages.chunks(BATCH).map(batch).collect();
        Count::forget(&self.cloud, &self.vendors);
        let before = self.worker.cpu()?;
        let back = self.worker.works(batches)?;
        let cpu = self.worker.cpu()?.saturating_sub(before);
        if !back.is_empty() {
            return Err(self.worker.failure(&format!("{} messages come back", back.len())));
        }
        let count = Count::take(&self.cloud, &self.vendors, burst.len());
        all_right(&self.cloud, &self.vendors, &self.day)?;
        Ok(Pass { count, deliveries: burst.len(), cpu })
    }
}

fn message(number: u32, body: &str) -> Message<'_> {
    Message { id: format!("00000000-0000-4000-8000-{number:012x}"), body, receives: 1 }
}

fn open_cloud() -> Result<Cloud, Failure> {
    Cloud::open(environment::secrets(Portal::TOKEN), true)
        .map_err(|cause| Failure::caused(FailureKind::Harness, "no port for the AWS stand-in", cause))
}

fn start_worker(cloud: &Cloud, vendors: &Vendors) -> Result<Hosted, Failure> {
    Hosted::start(OURS, |lambda| {
        environment::of_the_worker(lambda, &cloud.url(), &vendors.shop_url(), &vendors.crm_url())
    })
}

/// Figures of work that is not done are figures of something else.
fn all_right(cloud: &Cloud, vendors: &Vendors, day: &Day) -> Result<(), Failure> {
    nothing_refused(cloud)?;
    let (right, all) = (vendors.right(&day.customers)?, day.customers.len());
    if right == all && cloud.queue().parked() == 0 {
        return Ok(());
    }
    let words =
        format!("{right} of {all} contacts say what the shop says, {} parked", cloud.queue().parked());
    Err(Failure::new(FailureKind::Answer, words))
}

/// The tables know all that they were asked.
fn nothing_refused(cloud: &Cloud) -> Result<(), Failure> {
    let words = |refusal| format!("the tables of the bench refused {refusal}");
    let refused = cloud.tables().refusals().first().map(words);
    refused.map_or(Ok(()), |words| Err(Failure::new(FailureKind::Harness, words)))
}

/// A count as a number to divide with.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
