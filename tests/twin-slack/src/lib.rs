#![doc = include_str!("../README.md")]

mod answer;
mod blocks;
mod clock;
mod control;
mod fault;
mod gate;
mod hook;
mod limits;
mod mrkdwn;
mod reading;
mod server;
mod state;
mod workspace;

pub use clock::Clock;
pub use fault::{Fault, FaultKind};
pub use hook::{Hook, InvalidHook};
pub use limits::Settings;
pub use reading::{Link, Message};
pub use server::Listening;
pub use workspace::Workspace;
