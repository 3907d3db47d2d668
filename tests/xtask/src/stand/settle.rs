//! Waiting for what has been said to become true.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Asks again and again until there is an answer; `what` names what was waited for where it never came.
pub(crate) async fn until<T, F>(what: &str, at_most: Duration, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > at_most {
            bail!("{what} did not happen within {} s", at_most.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}
