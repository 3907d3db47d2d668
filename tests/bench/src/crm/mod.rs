//! What a connector costs beside the call itself: a batch of a hundred contacts, from our words to theirs and back.

mod contacts;
mod hubspot;
mod listing;
mod salesforce;

use std::time::Duration;

use crm::Crm;
use domain::Write;
use outbound::{Outbound, Timeouts};
use tokio::runtime::{Builder, Runtime};

use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal};
use crate::options::Options;
use crate::reference::thread_cpu;
use crate::statistics::{median, ratio};
use crate::wire::Caller;

/// Batches in a round, after a tenth of them that is not counted.
const BATCHES: u32 = 200;

const JSON: &str = "content-type: application/json\r\n";

/// Encoding and decoding a hundred contacts, CPU milliseconds.
const MOST_MS: f64 = 1.0;

/// A connector whose other side answers from a thread of its own, so that only our side's CPU counts.
struct Connector {
    name: &'static str,
    crm: Box<dyn Crm>,
    /// Where the other side is.
    port: u16,
    /// What was sent, to be sent as it is.
    sent: Vec<u8>,
    /// The path it went to.
    path: &'static str,
}

/// A batch said in a CRM's words, and an answer with as many records read: the work that is the connector's own.
struct Words<'w> {
    name: &'static str,
    /// Gives how many bytes it made.
    encode: Box<dyn Fn() -> Result<usize, Failure> + 'w>,
    /// Gives how many records it read.
    decode: Box<dyn Fn() -> Result<usize, Failure>>,
}

pub(crate) fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| harness("no runtime", cause))?;
    let outbound = Outbound::new(Timeouts::default()).map_err(|cause| harness("no HTTP client", cause))?;
    let mut figures = batches(options, &outbound, &runtime)?;
    figures.push(listing::measure(&outbound, &runtime)?);
    Ok(figures)
}

fn batches(options: &Options, outbound: &Outbound, runtime: &Runtime) -> Result<Vec<Figure>, Failure> {
    let writes = contacts::hundred();
    let connectors = [hubspot::connector(outbound, &writes, runtime)?];
    let mut figures = Vec::new();
    for words in [hubspot::words(&writes)?, salesforce::words(&writes)?] {
        figures.push(of_words(&words, options.rounds)?);
    }
    for connector in connectors {
        figures.extend(of(&connector, &writes, options.rounds, runtime)?);
    }
    Ok(figures)
}

fn harness(words: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::caused(FailureKind::Harness, words, cause)
}

fn of_words(words: &Words<'_>, rounds: u32) -> Result<Figure, Failure> {
    let bytes = (words.encode)()?;
    let both = || {
        (words.encode)()?;
        let read = (words.decode)()?;
        let answer =
            || Failure::new(FailureKind::Answer, format!("{}: {read} records of a hundred", words.name));
        if read == 100 { Ok(()) } else { Err(answer()) }
    };
    let spent = (0..rounds).map(|_| milliseconds(both)).collect::<Result<Vec<_>, _>>()?;
    let name = format!("crm: {}: a batch of 100 contacts, encoded and decoded", words.name);
    Ok(Figure::new(name, median(spent), "ms").goal(Goal::AtMost(MOST_MS)).beside(format!("{bytes} bytes")))
}

/// Both in each round: the connector's batch, and the same bytes sent and read by nobody who knows them.
fn of(
    connector: &Connector,
    writes: &[Write],
    rounds: u32,
    runtime: &Runtime,
) -> Result<Vec<Figure>, Failure> {
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    let mut caller =
        Caller::to(connector.port).map_err(|cause| harness("no connection of our own", cause))?;
    let mut exchange = || {
        let answer = caller.post(connector.path, JSON, &connector.sent);
        answer.map(drop).map_err(|cause| harness("the bare exchange broke", cause))
    };
    for _ in 0..rounds {
        ours.push(milliseconds(|| runtime.block_on(batch(connector, writes)))?);
        raw.push(milliseconds(&mut exchange)?);
    }
    let Connector { name, .. } = connector;
    let whole = median(ours.iter().copied());
    let beside =
        median(raw.iter().copied()).map(|ms| format!("raw: {ms:.3} ms, {} bytes", connector.sent.len()));
    let figure = |what: &str, value, unit| Figure::new(format!("crm: {name}: {what}"), value, unit);
    Ok(vec![
        figure("the same, sent and answered", whole, "ms").beside(beside.unwrap_or_default()),
        figure("this / the bare exchange", ratio(ours, raw), "x"),
    ])
}

async fn batch(connector: &Connector, writes: &[Write]) -> Result<(), Failure> {
    let outcomes = connector.crm.apply(writes).await;
    let refused = outcomes.iter().find_map(|outcome| outcome.as_ref().err());
    let words = |error| format!("{} did not write the batch: {error}", connector.name);
    refused.map_or(Ok(()), |error| Err(Failure::new(FailureKind::Answer, words(error))))
}

/// CPU of this thread for one, the mean of many.
fn milliseconds(mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    for _ in 0..BATCHES / 10 {
        once()?;
    }
    let before = thread_cpu()?;
    for _ in 0..BATCHES {
        once()?;
    }
    let spent: Duration = thread_cpu()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e3 / f64::from(BATCHES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connector_writes_its_batch_and_costs_something() {
        use clap::Parser;
        #[derive(Parser)]
        struct Cli {
            #[command(flatten)]
            options: Options,
        }
        let options = Cli::try_parse_from(["bench", "--rounds=1"]).expect("options").options;
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let outbound = Outbound::new(Timeouts::default()).expect("an HTTP client");
        let figures = batches(&options, &outbound, &runtime).expect("figures");
        assert!(figures.iter().all(|figure| figure.value.is_some_and(|value| value > 0.0)), "{figures:?}");
    }
}
