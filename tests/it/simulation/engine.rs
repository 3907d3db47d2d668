//! Virtual time: whoever waits is woken when the clock is moved to their moment, one at a time, in a fixed order.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use jiff::Timestamp;
use store::memory::Clock;

type Task = Pin<Box<dyn Future<Output = ()>>>;
type Happening = Box<dyn FnOnce() + Send>;

enum Due {
    Wake(Waker),
    Happen(Happening),
}

/// What waits for its moment. Clones share it.
#[derive(Clone)]
pub(super) struct Timers {
    pub(super) clock: Clock,
    due: Arc<Mutex<BTreeMap<(Timestamp, u64), Due>>>,
    count: Arc<Mutex<u64>>,
}

impl Timers {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, due: Arc::default(), count: Arc::default() }
    }

    fn put(&self, at: Timestamp, due: Due) {
        let mut count = self.count.lock().unwrap();
        *count += 1;
        self.due.lock().unwrap().insert((at, *count), due);
    }

    /// Something happens then, whoever is dead by that time: a request that was sent arrives.
    pub(super) fn happen(&self, at: Timestamp, happening: impl FnOnce() + Send + 'static) {
        self.put(at, Due::Happen(Box::new(happening)));
    }

    pub(super) fn after(&self, wait: Duration) -> Timestamp {
        self.clock.now() + jiff::SignedDuration::try_from(wait).unwrap()
    }

    /// Waits until then.
    pub(super) fn sleep_until(&self, until: Timestamp) -> Sleep {
        Sleep { timers: self.clone(), until, is_set: false }
    }

    fn next(&self) -> Option<(Timestamp, Due)> {
        self.due.lock().unwrap().pop_first().map(|((at, _), due)| (at, due))
    }
}

pub(super) struct Sleep {
    timers: Timers,
    until: Timestamp,
    is_set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.timers.clock.now() >= self.until {
            return Poll::Ready(());
        }
        if !self.is_set {
            self.is_set = true;
            self.timers.put(self.until, Due::Wake(cx.waker().clone()));
        }
        Poll::Pending
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// A process that can be killed at any of its awaits.
struct Process {
    task: Task,
    woken: Arc<Flag>,
    dies_at: Option<Timestamp>,
}

/// Runs processes until nothing waits any more.
pub(super) struct Engine {
    pub(super) timers: Timers,
    processes: Vec<Process>,
}

impl Engine {
    pub(super) fn new(timers: Timers) -> Self {
        Self { timers, processes: Vec::new() }
    }

    pub(super) fn start(&mut self, dies_at: Option<Timestamp>, task: impl Future<Output = ()> + 'static) {
        let woken = Arc::new(Flag(AtomicBool::new(true)));
        self.processes.push(Process { task: Box::pin(task), woken, dies_at });
    }

    /// How many still run.
    pub(super) fn running(&self) -> usize {
        self.processes.len()
    }

    /// Moves on by one moment. False where nobody waits for anything.
    pub(super) fn step(&mut self) -> bool {
        self.poll_woken();
        let Some((at, due)) = self.timers.next() else { return false };
        self.timers.clock.advance_to(at);
        self.bury();
        match due {
            Due::Wake(waker) => waker.wake(),
            Due::Happen(happening) => happening(),
        }
        self.poll_woken();
        true
    }

    /// A process whose time has come ends here, in the middle of whatever it waited for.
    fn bury(&mut self) {
        let now = self.timers.clock.now();
        self.processes.retain(|process| process.dies_at.is_none_or(|at| at > now));
    }

    fn poll_woken(&mut self) {
        self.processes.retain_mut(|process| {
            while process.woken.0.swap(false, SeqCst) {
                let waker = Waker::from(Arc::clone(&process.woken));
                if process.task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                    return false;
                }
            }
            true
        });
    }
}
