//! The receiver's goals: a webhook from API Gateway to the queue.

use std::sync::Arc;

use crate::cloud::{GET_SECRET_VALUE, SEND_MESSAGE};
use crate::contest::{self, Results};
use crate::event::{self, Form};
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal, short};
use crate::function::Candidate;
use crate::options::Options;
use crate::order;
use crate::peers::{self, NAIVE, NODE, OPT2};
use crate::statistics;
use crate::trial::{Entry, Load, Visit};
use crate::workspace;

const OURS: &str = "receiver";
const FLOOR: &str = "floor";
const READER: &str = "floor, reading";

const ORDER_BYTES: usize = 10 * 1024;
const BIG_BYTES: usize = 200 * 1024;

// The loads of ours, in the order they are given.
const WEBHOOK: usize = 0;
const FORGED: usize = 1;
const BASE64: usize = 2;
const BIG: usize = 3;

// What the best known use of the SDK costs, as a multiple of our floor: the median of runs with both (see README.md).
// With them the goals against it can be asked where it is not at hand.
const OPT2_INIT_TO_FLOOR: f64 = 1.5;
const OPT2_WARM_TO_FLOOR: f64 = 2.55;

/// Measures the receiver beside the floor and the peers that are built.
pub(crate) fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    let big = order::of_size(BIG_BYTES);
    let entries = entries(options, &big)?;
    let results = contest::hold(&entries, &big, options.rounds, options.cpu)?;
    check_floor(&results)?;
    let size_mb = |name| entries.iter().find(|entry| entry.candidate.name == name)?.candidate.size_mb();
    let mut figures = beside_peers(&results);
    figures.extend(absolute(&results));
    figures.push(bootstrap(size_mb(OURS), size_mb(OPT2)));
    figures.extend(calls(&results));
    figures.extend(other_bodies(&results));
    Ok(figures)
}

fn entries(options: &Options, big: &str) -> Result<Vec<Entry>, Failure> {
    let order = order::of_size(ORDER_BYTES);
    let load = |body: &str, form, status, invokes| Load {
        event: Arc::new(event::of_order(body, form)),
        status,
        warm_up: invokes / 5 + 1,
        invokes,
    };
    let few = options.warm / 5 + 1;
    let webhook = load(&order, Form::Text, 200, options.warm);
    let large = load(big, Form::Text, 200, few);
    let others = [load(&order, Form::Forged, 401, few), load(&order, Form::Base64, 200, few), large.clone()];
    let mut entries = vec![
        Entry { candidate: built(OURS)?, loads: [vec![webhook.clone()], others.into()].concat() },
        Entry { candidate: built(FLOOR)?, loads: vec![webhook.clone()] },
        Entry { candidate: reader()?, loads: vec![large] },
    ];
    let peers = if options.no_peers { Vec::new() } else { peers::built() };
    entries.extend(peers.into_iter().map(|candidate| Entry { candidate, loads: vec![webhook.clone()] }));
    Ok(entries)
}

fn built(name: &'static str) -> Result<Candidate, Failure> {
    let bootstrap = workspace::release_binary(name);
    if bootstrap.is_file() {
        return Ok(Candidate { name, bootstrap, environment: Vec::new() });
    }
    let words = format!("{} is not there: run `cargo xtask bench`", bootstrap.display());
    Err(Failure::new(FailureKind::Build, words))
}

fn reader() -> Result<Candidate, Failure> {
    let environment = vec![("FLOOR_WORK", "read".to_owned())];
    Ok(Candidate { name: READER, environment, ..built(FLOOR)? })
}

/// A floor that does other work than one message for each webhook is no floor.
fn check_floor(results: &Results) -> Result<(), Failure> {
    match results.calls(FLOOR, 0, SEND_MESSAGE) {
        Some(calls) if Goal::Exactly(1.0).holds_for(calls) => Ok(()),
        calls => {
            Err(Failure::new(FailureKind::Answer, format!("the floor sent {calls:?} messages for a webhook")))
        }
    }
}

fn beside_peers(results: &Results) -> Vec<Figure> {
    let mut figures = vec![
        against(results, "init CPU", OPT2, "ms", 1.5, init_cpu_ms),
        against(results, "warm CPU", OPT2, "µs", 1.2, cpu_us),
        against(results, "warm CPU", NAIVE, "µs", 0.4, cpu_us),
        against(results, "warm CPU", NODE, "µs", 0.15, cpu_us),
    ];
    figures.retain(|figure| figure.value.is_some());
    let mut floor = [
        against(results, "init CPU", FLOOR, "ms", 1.5 * OPT2_INIT_TO_FLOOR, init_cpu_ms),
        against(results, "warm CPU", FLOOR, "µs", 1.2 * OPT2_WARM_TO_FLOOR, cpu_us),
    ];
    if results.has(OPT2) {
        // The goal itself was asked above; its stand-in is not asked a second time.
        floor = floor.map(|figure| Figure { goal: None, ..figure });
    }
    figures.extend(floor);
    figures
}

fn against(
    results: &Results,
    what: &str,
    theirs: &str,
    unit: &str,
    most: f64,
    number: fn(&Visit) -> f64,
) -> Figure {
    let name = format!("{OURS}: {what} / {theirs}");
    let [us, them] = [OURS, theirs].map(|name| results.median(name, number).map(short).unwrap_or_default());
    Figure::new(name, results.ratio(OURS, theirs, number), "x")
        .goal(Goal::AtMost(most))
        .beside(format!("{us} {unit} / {them} {unit}"))
}

fn absolute(results: &Results) -> Vec<Figure> {
    let row = |what: &str, unit, number: fn(&Visit) -> f64| {
        let figure = Figure::new(format!("{OURS}: {what}"), results.median(OURS, number), unit);
        figure.beside(others(results, number))
    };
    vec![
        row("init CPU", "ms", init_cpu_ms),
        row("init", "ms", |visit| visit.init_ms),
        row("first invoke", "ms", |visit| visit.first_ms),
        row("warm p50", "µs", |visit| visit.loads.first().map_or(0.0, |warm| warm.p50_us)),
        row("warm CPU", "µs", cpu_us),
        row("peak RSS", "MB", |visit| visit.peak_rss_mb).goal(Goal::AtMost(9.0)),
    ]
}

fn others(results: &Results, number: fn(&Visit) -> f64) -> String {
    let names = [FLOOR, OPT2, NAIVE, NODE];
    let found =
        names.iter().filter_map(|name| Some(format!("{name} {}", short(results.median(name, number)?))));
    found.collect::<Vec<_>>().join(", ")
}

fn bootstrap(ours: Option<f64>, theirs: Option<f64>) -> Figure {
    let beside = theirs.map(|theirs| format!("{OPT2} {}", short(theirs))).unwrap_or_default();
    Figure::new(format!("{OURS}: bootstrap"), ours, "MB").goal(Goal::AtMost(7.0)).beside(beside)
}

fn calls(results: &Results) -> Vec<Figure> {
    let row = |what: &str, load, api, exactly| {
        Figure::new(format!("{OURS}: {what}"), results.calls(OURS, load, api), "calls")
            .goal(Goal::Exactly(exactly))
    };
    vec![
        row("SendMessage a webhook", WEBHOOK, SEND_MESSAGE, 1.0),
        row("SendMessage a base64 webhook", BASE64, SEND_MESSAGE, 1.0),
        row("SendMessage a forged webhook", FORGED, SEND_MESSAGE, 0.0),
        row("GetSecretValue a warm webhook", WEBHOOK, GET_SECRET_VALUE, 0.0),
    ]
}

fn other_bodies(results: &Results) -> Vec<Figure> {
    let plain = |what: &str, load| {
        Figure::new(format!("{OURS}: {what}"), results.median(OURS, |visit| cpu_of(visit, load)), "µs")
    };
    let mut figures = vec![plain("warm CPU, forged, 401", FORGED), plain("warm CPU, base64", BASE64)];
    figures.extend(big_bodies(results));
    figures
}

/// The big body, held against what it costs at least: in memory, and as Lambda delivers it. The reading floor's own
/// figure shows how much of the first is the price of the delivery, which no function escapes: it alone takes more than
/// twice the work in memory, so the goal of twice is held against the work as it is delivered.
fn big_bodies(results: &Results) -> [Figure; 3] {
    let ours = results.each(OURS, |visit| cpu_of(visit, BIG));
    let delivered = results.each(READER, cpu_us);
    let in_memory = &results.reference_us;
    let row =
        |who: &str, whose: &[f64], than: &str, theirs: &[f64]| {
            Figure::new(format!("{who}: warm CPU, 200 KB / {than}"), over(whose, theirs), "x")
                .beside(format!("{} µs / {} µs", middle(whose), middle(theirs)))
        };
    let goal = Goal::AtMost(2.0);
    [
        row(OURS, &ours, "HMAC + JSON pass, delivered by Lambda", &delivered).goal(goal),
        row(OURS, &ours, "HMAC + JSON pass, in memory", in_memory),
        row(READER, &delivered, "HMAC + JSON pass, in memory", in_memory),
    ]
}

fn over(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    statistics::ratio(ours.iter().copied(), theirs.iter().copied())
}

fn middle(values: &[f64]) -> String {
    statistics::median(values.iter().copied()).map(short).unwrap_or_default()
}

fn init_cpu_ms(visit: &Visit) -> f64 {
    visit.init_cpu_ms
}

fn cpu_us(visit: &Visit) -> f64 {
    cpu_of(visit, 0)
}

fn cpu_of(visit: &Visit, load: usize) -> f64 {
    visit.loads.get(load).map_or(0.0, |warm| warm.cpu_us)
}
