#![doc = include_str!("../README.md")]

mod config;
mod handler;
mod line;

use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::config::Config;
use crate::handler::Worker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let worker = Worker::new(Config::from_env()?);
    Box::pin(worker.warm()).await;
    let handler = service_fn(async |event: LambdaEvent<_>| worker.handle(event).await);
    lambda_runtime::run(handler).await
}
