#![doc = include_str!("../README.md")]

mod config;
mod handler;
mod request;

use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::config::Config;
use crate::handler::Calendar;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let calendar = Calendar::new(Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| calendar.handle(event).await)).await
}
