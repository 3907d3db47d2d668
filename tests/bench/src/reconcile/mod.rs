//! The shop half of the nightly proof: a bulk result parsed, grouped and summed, beside `serde_json` and `DuckDB`.

mod duck;
mod shelf;
mod stream;
mod typed;

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use bulk::{Arrangement, Believed, ChecksumKey, Compared, Keep, Limits, Reader, Settings, Told};

pub use self::stream::stream;

use self::duck::Duck;
use self::shelf::{Shelf, Width};
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal, short};
use crate::options::Options;
use crate::reference::thread_cpu;
use crate::statistics;
use crate::workspace::{self, say};

const AREA: &str = "reconcile";
const BUCKETS: u32 = 1_024;
/// What is read at once: about what arrives at once.
const CHUNK: usize = 256 << 10;

/// A file on disk and what a shop would say of it.
struct Paper {
    width: Width,
    path: PathBuf,
    told: Told,
}

/// CPU seconds of each round.
#[derive(Default)]
struct Times {
    ours: Vec<f64>,
    typed: Vec<f64>,
    duck: Vec<f64>,
}

/// Measures memory and speed.
pub(crate) fn measure(options: &Options) -> Result<Vec<Figure>, Failure> {
    say(&format!("{AREA}: a stream of {} customers", options.customers));
    let mut figures = stream::measure(options.customers)?;
    let duck = Duck::find();
    for paper in [Paper::write(Width::Lean, 60_000)?, Paper::write(Width::Wide, 15_000)?] {
        let mut times = Times::default();
        for round in 1..=options.rounds {
            say(&format!("{AREA}: {}, round {round} of {}", paper.name(), options.rounds));
            paper.round(&mut times, duck.as_ref())?;
        }
        figures.extend(paper.figures(&times));
        fs::remove_file(&paper.path).map_err(|cause| paper.failure("cannot be removed", cause))?;
    }
    Ok(figures)
}

impl Paper {
    fn write(width: Width, customers: u64) -> Result<Self, Failure> {
        let (mut shelf, mut text) = (Shelf::new(width, customers), String::new());
        let path = workspace::target().join(format!("bench/reconcile-{width:?}.jsonl"));
        let mut paper = Self { width, path, told: shelf.told() };
        while shelf.next(&mut text).map_err(|cause| paper.failure("cannot be made", cause))? {}
        paper.told = shelf.told();
        let folder = paper.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&paper.path, text))
            .map_err(|cause| paper.failure("cannot be written", cause))?;
        Ok(paper)
    }

    fn name(&self) -> &'static str {
        match self.width {
            Width::Lean => "what is asked for",
            Width::Wide => "wide lines",
        }
    }

    /// Everybody reads the file once. What they make of it has to be the same.
    fn round(&self, times: &mut Times, duck: Option<&Duck>) -> Result<(), Failure> {
        let (believed, ours) = timed(|| self.ours())?;
        let (typed, theirs) = timed(|| self.typed())?;
        times.ours.push(ours);
        times.typed.push(theirs);
        if typed.buckets != believed.buckets || typed.lines != believed.counted.objects {
            return Err(Failure::new(FailureKind::Answer, "serde_json made something else of the file"));
        }
        if let Some(duck) = duck {
            times.duck.push(duck.read(&self.path, &typed)?);
        }
        Ok(())
    }

    fn ours(&self) -> Result<Believed, Failure> {
        let mut file = self.open()?;
        let (mut reader, mut chunk) = (Reader::new(settings()?), vec![0; CHUNK]);
        loop {
            let length = file.read(&mut chunk).map_err(|cause| self.failure("cannot be read", cause))?;
            let read = chunk.get(..length).unwrap_or_default();
            if read.is_empty() {
                return reader.finish(self.told).map_err(|broken| self.failure("is not believed", broken));
            }
            reader.push(read).map_err(|broken| self.failure("is not believed", broken))?;
        }
    }

    fn typed(&self) -> Result<typed::Read, Failure> {
        let mut file = BufReader::with_capacity(CHUNK, self.open()?);
        typed::read(&mut file, &settings()?).map_err(|cause| self.failure("cannot be read into types", cause))
    }

    fn open(&self) -> Result<File, Failure> {
        File::open(&self.path).map_err(|cause| self.failure("cannot be opened", cause))
    }

    fn failure(&self, what: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Failure {
        Failure::caused(FailureKind::Harness, format!("{} {what}", self.path.display()), cause)
    }

    fn figures(&self, times: &Times) -> Vec<Figure> {
        let row =
            |what: &str, value, unit| Figure::new(format!("{AREA}: {}, {what}", self.name()), value, unit);
        let (lines, bytes) = (number(self.told.objects), number(self.told.bytes));
        let ours = || times.ours.iter().copied();
        let faster = |theirs: &[f64]| statistics::ratio(theirs.iter().copied(), ours());
        let figures = vec![
            row("on one thread", statistics::median(ours().map(|seconds| bytes / 1e6 / seconds)), "MB/s")
                .beside(format!("{} MB, {} lines", short(bytes / 1e6), short(lines))),
            row("faster than serde_json", faster(&times.typed), "x")
                .goal(Goal::AtLeast(2.0))
                .beside("typed, the same sums"),
        ];
        let duck = row("faster than DuckDB", faster(&times.duck), "x");
        let duck = if times.duck.is_empty() {
            duck.beside("left out: python3 has no duckdb (BENCH_PYTHON names another)")
        } else {
            duck.goal(Goal::AtLeast(1.5)).beside("one thread, explicit columns, sums of its own hash")
        };
        figures.into_iter().chain([duck]).collect()
    }
}

/// The work with its CPU seconds.
fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let before = thread_cpu()?;
    let done = work()?;
    Ok((done, thread_cpu()?.saturating_sub(before).as_secs_f64()))
}

fn settings() -> Result<Settings, Failure> {
    let buckets = BUCKETS.try_into();
    Ok(Settings {
        source: "gid://shopify/BulkOperation/1".into(),
        key: ChecksumKey::new(*b"sixteen bytes of"),
        buckets: buckets.map_err(|cause| Failure::caused(FailureKind::Harness, "no buckets", cause))?,
        arrangement: Arrangement::Grouped,
        keep: Keep::Nobody,
        compared: Compared::default(),
        values: true,
        limits: Limits::default(),
    })
}

#[allow(clippy::cast_precision_loss, reason = "a count to divide with; it is below 2⁵³")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_parser_comes_to_the_same_sums() {
        for width in [Width::Lean, Width::Wide] {
            let (mut shelf, mut text) = (Shelf::new(width, 300), String::new());
            while shelf.next(&mut text).expect("a string takes all") {}
            let settings = settings().expect("settings");
            let mut reader = Reader::new(settings.clone());
            reader.push(text.as_bytes()).expect("read");
            let believed = reader.finish(shelf.told()).expect("believed");
            let typed = typed::read(&mut text.as_bytes(), &settings).expect("read into types");
            assert_eq!(typed.buckets, believed.buckets);
            let newest: jiff::Timestamp = typed.newest_update.parse().expect("a moment");
            assert_eq!(Some(newest.as_second()), believed.newest_update);
        }
    }
}
