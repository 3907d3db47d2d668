#![doc = include_str!("../README.md")]

mod config;
mod delivered;
mod handler;
mod keyring;

use lambda_http::{Adapter, Request, service_fn};
use lambda_runtime::Error;

use crate::config::Config;
use crate::delivered::ReadAsNeeded;
use crate::handler::Receiver;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let receiver = Receiver::new(Config::from_env()?);
    receiver.warm().await;
    let handler = service_fn(|request: Request| receiver.handle(request));
    lambda_runtime::run(ReadAsNeeded(Adapter::from(handler))).await
}
