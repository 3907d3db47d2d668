#![doc = include_str!("../README.md")]

mod delivery;
mod message;
mod sigv4;
mod wire;

use std::env;
use std::io;

use delivery::Delivery;
use message::Sender;
use wire::Connection;

/// What this function does with a delivery whose signature holds.
enum Work {
    /// One `SendMessage` with the body.
    Send(Box<Sender>),
    /// One JSON pass over the body.
    Read,
}

fn main() -> io::Result<()> {
    let secret = variable("SHOPIFY_SECRET")?;
    let mut work = match env::var("FLOOR_WORK").as_deref() {
        Ok("read") => Work::Read,
        _ => Work::Send(Box::new(Sender::from_environment()?)),
    };
    let mut lambda = Connection::open(&variable("AWS_LAMBDA_RUNTIME_API")?)?;
    while let Ok(invoke) = lambda.round_trip("GET", "/2018-06-01/runtime/invocation/next", "", b"") {
        let id = invoke.header("lambda-runtime-aws-request-id").to_owned();
        let answer = answer(&invoke.body, secret.as_bytes(), &mut work);
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        lambda.round_trip("POST", &path, "", answer.as_bytes())?;
    }
    Ok(())
}

/// The API Gateway answer to one event: 200 when the work is done, 401 for a signature that does not hold, 503 when the
/// event could not be read or the queue failed us.
fn answer(event: &[u8], secret: &[u8], work: &mut Work) -> String {
    let (status, words) = match do_work(event, secret, work) {
        Ok(true) => (200, "ok"),
        Ok(false) => (401, "signature does not match"),
        Err(_) => (503, "try again"),
    };
    format!(r#"{{"statusCode":{status},"body":"{words}"}}"#)
}

/// Whether the event's signature holds; if so, its work is done.
fn do_work(event: &[u8], secret: &[u8], work: &mut Work) -> io::Result<bool> {
    match work {
        Work::Send(sender) => {
            let (delivery, literal) = Delivery::read_with_literal(event)?;
            let signed = delivery.is_signed_with(secret);
            if signed { sender.send(&delivery.headers, literal).map(|()| true) } else { Ok(false) }
        }
        Work::Read => {
            let delivery = Delivery::read(event)?;
            let signed = delivery.is_signed_with(secret);
            if signed { delivery.pass_over_body().map(|()| true) } else { Ok(false) }
        }
    }
}

/// The environment variable `name`, or an error that names it.
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|cause| io::Error::new(io::ErrorKind::InvalidInput, format!("{name}: {cause}")))
}
