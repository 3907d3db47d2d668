#![doc = include_str!("../README.md")]

mod config;
mod handler;

use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::config::Config;
use crate::handler::Replay;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let replay = Replay::new(Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| replay.handle(event).await)).await
}
