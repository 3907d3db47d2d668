//! What a body costs at least: its HMAC and one JSON pass over it, in this process, on this CPU.

use std::hint::black_box;
use std::time::Duration;

use nix::time::ClockId;
use serde::de::IgnoredAny;

use crate::event::{self, SECRET};
use crate::failure::{Failure, FailureKind};

const PASSES: u32 = 50;

/// CPU microseconds of one HMAC-SHA256 over `body` and one `serde_json` pass over it that checks the JSON and keeps
/// nothing: no delivery, no unescaping, no allocation, nothing sent. The mean of fifty, after as many not counted.
pub(crate) fn hmac_and_pass_us(body: &str) -> Result<f64, Failure> {
    read_over(body);
    let before = thread_cpu()?;
    read_over(body);
    let spent = thread_cpu()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(PASSES))
}

fn read_over(body: &str) {
    for _ in 0..PASSES {
        black_box(event::hmac(SECRET.as_bytes(), black_box(body).as_bytes()));
        black_box(serde_json::from_str::<IgnoredAny>(black_box(body)).is_ok());
    }
}

/// What this thread has used of its CPU until now.
pub(crate) fn thread_cpu() -> Result<Duration, Failure> {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    let time =
        time.map_err(|cause| Failure::caused(FailureKind::Harness, "no CPU clock of this thread", cause))?;
    Ok(Duration::from(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_body_costs_more() {
        let short = hmac_and_pass_us(&crate::order::of_size(10_240)).expect("a clock");
        let long = hmac_and_pass_us(&crate::order::of_size(102_400)).expect("a clock");
        assert!(short > 0.0 && long > 3.0 * short, "{short} µs and {long} µs");
    }
}
