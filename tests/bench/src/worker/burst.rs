//! A burst as it comes: through the receiver, the queue with its window, several workers at once, to a CRM that must say
//! what the shop says.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use twin_shopify::Clock;

use super::day::{Day, webhook};
use super::hosted::{Hosted, Message, batch};
use super::mailbox::{Mail, Mailbox};
use super::vendors::Vendors;
use super::{OURS, RECEIVER, number, open_cloud, start_worker};
use crate::cloud::Cloud;
use crate::environment;
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal, short};
use crate::statistics;
use crate::workspace::say;

const AREA: &str = "burst";
const CUSTOMERS: u32 = 1_000;
/// Four deliveries of each of them and one of each other, four times: ten thousand. Somebody who acts four times is often
/// in the hands of two workers.
const ORDERING: usize = 500;
const TIMES: usize = 4;
const DELIVERIES: usize = 10_000;
/// The template's `WorkerConcurrency` and `BatchWindowSeconds`.
const WORKERS: usize = 5;
const WINDOW: Duration = Duration::from_secs(2);
/// What takes longer is lost.
const LIMIT: Duration = Duration::from_mins(3);
const TICK: Duration = Duration::from_millis(5);

/// Everybody who takes part.
struct Scene<'s> {
    cloud: &'s Cloud,
    mailbox: Mailbox,
    /// Nobody has anything to do any more.
    over: AtomicBool,
}

/// What became of it.
struct Results {
    seconds: Vec<f64>,
    sending_s: f64,
    right: usize,
    dead: usize,
    returns: usize,
    parked: usize,
}

/// Measures a burst.
pub(crate) fn measure() -> Result<Vec<Figure>, Failure> {
    let vendors = Vendors::open(Clock::wall())?;
    let cloud = open_cloud()?;
    let mut day = Day::open(&vendors.shop, None, CUSTOMERS)?;
    let url = cloud.url();
    let receiver = Hosted::start(RECEIVER, |lambda| environment::of_a_function(lambda, &url))?;
    let workers = (0..WORKERS).map(|_| start_worker(&cloud, &vendors)).collect::<Result<Vec<_>, _>>()?;
    let scene = Scene { cloud: &cloud, mailbox: Mailbox::new(WINDOW), over: AtomicBool::new(false) };
    let posted = scene.play(receiver, workers, &mut day)?;
    super::nothing_refused(&cloud)?;
    Ok(figures(&results(&scene, &posted, &vendors, &day)?))
}

impl Scene<'_> {
    /// Sends everything while the workers work, and ends when all is over. Gives when each webhook was posted.
    fn play(&self, receiver: Hosted, workers: Vec<Hosted>, day: &mut Day) -> Result<Vec<Instant>, Failure> {
        thread::scope(|scope| {
            let working: Vec<_> =
                workers.into_iter().map(|worker| scope.spawn(|| self.work(worker))).collect();
            let posted = self.send(receiver, day).and_then(|posted| self.wait().map(|()| posted));
            self.over.store(true, Ordering::Relaxed);
            let fallen = || Failure::new(FailureKind::Harness, "a thread of the burst fell");
            for worker in working {
                worker.join().unwrap_or_else(|_| Err(fallen()))?;
            }
            posted
        })
    }

    /// One action of the shop after the other, each followed by its webhooks, as fast as the receiver takes them.
    fn send(&self, mut receiver: Hosted, day: &mut Day) -> Result<Vec<Instant>, Failure> {
        let mut posted = Vec::with_capacity(DELIVERIES);
        for (customer, orders) in day.actions(ORDERING, TIMES) {
            let deliveries = day.act(customer, orders)?;
            let now = Instant::now();
            receiver.handle(deliveries.iter().map(webhook).collect())?;
            posted.extend(deliveries.iter().map(|_| now));
            self.mailbox.put(self.cloud.queue().take_sent());
            self.tell(posted.len(), deliveries.len());
        }
        let progress = self.mailbox.progress();
        if progress.sent == posted.len() {
            return Ok(posted);
        }
        Err(receiver.failure(&format!("{} of {} are in the queue", progress.sent, posted.len())))
    }

    /// Each time another thousand is full.
    fn tell(&self, posted: usize, these: usize) {
        if posted / 1_000 > (posted - these) / 1_000 {
            let finished = self.mailbox.progress().finished;
            say(&format!("{AREA}: {posted} of {DELIVERIES} sent, {finished} finished"));
        }
    }

    fn wait(&self) -> Result<(), Failure> {
        let (end, mut told) = (Instant::now() + LIMIT, Instant::now());
        while !self.mailbox.progress().is_over(DELIVERIES) && !self.over.load(Ordering::Relaxed) {
            let progress = self.mailbox.progress();
            if Instant::now() > end {
                let words = format!("{} of {DELIVERIES} are finished after {LIMIT:?}", progress.finished);
                return Err(Failure::new(FailureKind::Answer, words));
            }
            if told.elapsed() > Duration::from_secs(1) {
                told = Instant::now();
                say(&format!("{AREA}: {} of {DELIVERIES} finished", progress.finished));
            }
            thread::sleep(TICK);
        }
        Ok(())
    }

    /// Batch after batch, as long as there may be more.
    fn work(&self, mut worker: Hosted) -> Result<(), Failure> {
        while !self.over.load(Ordering::Relaxed) {
            let mails = self.mailbox.take(Instant::now());
            if mails.is_empty() {
                thread::sleep(TICK);
                continue;
            }
            let messages: Vec<_> = mails.iter().map(message).collect();
            // Without this worker it would never be over.
            let back = worker
                .works(vec![batch(&messages)])
                .inspect_err(|_| self.over.store(true, Ordering::Relaxed))?;
            self.conclude(mails, &back.into_iter().collect());
        }
        Ok(())
    }

    fn conclude(&self, mails: Vec<Mail>, back: &HashSet<String>) {
        let now = Instant::now();
        for mail in mails {
            let id = message(&mail).id;
            if back.contains(&id) {
                self.mailbox.take_back(mail, now + self.cloud.queue().comes_back_after(&id));
            } else {
                self.mailbox.finish(&mail, now);
            }
        }
    }
}

/// A receipt is another one at every receive.
fn message(mail: &Mail) -> Message<'_> {
    let id = format!("{:08x}-0000-4000-8000-{:012x}", mail.receives, mail.number);
    Message { id, body: &mail.body, receives: mail.receives }
}

fn results(scene: &Scene<'_>, posted: &[Instant], vendors: &Vendors, day: &Day) -> Result<Results, Failure> {
    let finished = scene.mailbox.finished();
    let took = finished.iter().filter_map(|(number, at)| Some((*at - *posted.get(*number)?).as_secs_f64()));
    let progress = scene.mailbox.progress();
    let sending = posted.first().zip(posted.last()).map(|(first, last)| *last - *first);
    Ok(Results {
        seconds: took.collect(),
        sending_s: sending.unwrap_or_default().as_secs_f64(),
        right: vendors.right(&day.customers)?,
        dead: progress.dead,
        returns: progress.returns,
        parked: scene.cloud.queue().parked(),
    })
}

fn figures(results: &Results) -> Vec<Figure> {
    let Results { seconds, sending_s, right, dead, returns, parked } = results;
    let row = |what: &str, value: f64, unit| Figure::new(format!("{AREA}: {what}"), Some(value), unit);
    let quantile =
        |numerator| statistics::quantile(seconds.iter().copied(), numerator, 100).unwrap_or(f64::INFINITY);
    let lost = DELIVERIES.saturating_sub(seconds.len());
    vec![
        row("webhook to CRM, p50", quantile(50), "s").beside(format!("window {} s", WINDOW.as_secs())),
        row("webhook to CRM, p95", quantile(95), "s")
            .goal(Goal::AtMost(10.0))
            .beside(format!("{DELIVERIES} sent in {} s, {WORKERS} {OURS}s", short(*sending_s))),
        row("webhook to CRM, slowest", quantile(100), "s").beside(format!("{returns} receives came back")),
        row("lost", number(lost), "deliveries")
            .goal(Goal::Exactly(0.0))
            .beside(format!("{dead} dead, {parked} parked")),
        row("not right", number(CUSTOMERS as usize - right), "customers")
            .goal(Goal::Exactly(0.0))
            .beside(format!("of {CUSTOMERS}")),
    ]
}
