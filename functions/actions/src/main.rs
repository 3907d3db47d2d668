#![doc = include_str!("../README.md")]

mod config;
mod handler;
mod line;

use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::config::Config;
use crate::handler::Actor;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let actor = Actor::new(Config::from_env()?);
    Box::pin(actor.warm()).await;
    let handler = service_fn(async |event: LambdaEvent<_>| actor.handle(event).await);
    lambda_runtime::run(handler).await
}
