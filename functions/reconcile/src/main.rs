#![doc = include_str!("../README.md")]

mod chat;
mod config;
mod handler;
mod report;
mod request;

use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::config::Config;
use crate::handler::Reconcile;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let reconcile = Reconcile::new(Config::from_env()?);
    let handler = service_fn(async |event: LambdaEvent<_>| Box::pin(reconcile.handle(event)).await);
    lambda_runtime::run(handler).await
}
