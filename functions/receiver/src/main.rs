#![doc = include_str!("../README.md")]

mod config;
mod handler;
mod keyring;
mod unflag;

use lambda_http::{Adapter, Request, service_fn};
use lambda_runtime::Error;

use crate::config::Config;
use crate::handler::Receiver;
use crate::unflag::Unflag;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let receiver = Receiver::new(Config::from_env()?);
    receiver.warm().await;
    let handler = service_fn(|request: Request| receiver.handle(request));
    lambda_runtime::run(Unflag(Adapter::from(handler))).await
}
