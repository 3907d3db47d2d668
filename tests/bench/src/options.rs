//! What to measure, and how long.

use std::fmt;

use clap::{Args, ValueEnum};

/// A part of the system that has goals of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Area {
    /// A webhook from API Gateway to the queue.
    Receiver,
    /// A batch of deliveries from the queue to the CRM.
    Worker,
    /// Ten thousand deliveries at once, from webhook to CRM.
    Burst,
    /// The calls a CRM connector makes.
    Crm,
    /// The signals of a customer.
    Signals,
    /// What comes due by itself.
    Due,
    /// The nightly comparison of both halves.
    Reconcile,
    /// What operating it costs.
    Operate,
}

/// The command line of the bench, for `#[command(flatten)]` or a subcommand.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to measure; all areas when none is named
    #[arg(value_enum)]
    pub areas: Vec<Area>,
    /// One JSON object a line: name, value, unit, goal, holds
    #[arg(long)]
    pub json: bool,
    /// Cold starts of every function, in turn
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Warm invokes measured in each round
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    pub warm: u32,
    /// The CPU that harness and functions share; the last one allowed when not given
    #[arg(long)]
    pub cpu: Option<usize>,
    /// Measure beside our own floor only, even where peers are at hand
    #[arg(long)]
    pub no_peers: bool,
}

impl Area {
    /// Every area, in the order of the goals.
    pub const ALL: [Self; 8] = [
        Self::Receiver,
        Self::Worker,
        Self::Burst,
        Self::Crm,
        Self::Signals,
        Self::Due,
        Self::Reconcile,
        Self::Operate,
    ];
}

impl fmt::Display for Area {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Receiver => "receiver",
            Self::Worker => "worker",
            Self::Burst => "burst",
            Self::Crm => "crm",
            Self::Signals => "signals",
            Self::Due => "due",
            Self::Reconcile => "reconcile",
            Self::Operate => "operate",
        })
    }
}

impl Options {
    pub(crate) fn areas(&self) -> &[Area] {
        if self.areas.is_empty() { &Area::ALL } else { &self.areas }
    }

    pub(crate) fn wants(&self, area: Area) -> bool {
        self.areas().contains(&area)
    }

    /// The same options as a command line.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = self.areas.iter().map(Area::to_string).collect();
        arguments.push(format!("--rounds={}", self.rounds));
        arguments.push(format!("--warm={}", self.warm));
        arguments.extend(self.cpu.map(|cpu| format!("--cpu={cpu}")));
        arguments.extend(self.json.then(|| "--json".to_owned()));
        arguments.extend(self.no_peers.then(|| "--no-peers".to_owned()));
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    fn parse(arguments: &[&str]) -> Options {
        Cli::try_parse_from([&["bench"], arguments].concat()).expect("options").options
    }

    #[test]
    fn options_survive_being_handed_over() {
        for arguments in
            [&[][..], &["worker", "crm", "--json", "--rounds=3", "--cpu=1", "--no-peers", "--warm=50"]]
        {
            let options = parse(arguments);
            let again = options.arguments();
            let again: Vec<&str> = again.iter().map(String::as_str).collect();
            assert_eq!(parse(&again), options);
        }
    }

    #[test]
    fn no_area_means_every_area() {
        assert_eq!(parse(&[]).areas(), &Area::ALL);
        assert!(!parse(&["worker"]).wants(Area::Receiver));
    }

    #[test]
    fn an_area_that_is_none_is_refused() {
        assert!(Cli::try_parse_from(["bench", "frontend"]).is_err());
    }
}
