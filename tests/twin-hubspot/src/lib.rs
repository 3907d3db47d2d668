#![doc = include_str!("../README.md")]
#![allow(clippy::doc_markdown, reason = "HubSpot is a name, not code")]

mod account;
mod answer;
mod association;
mod batch;
mod batch_read;
mod batch_shape;
mod call;
mod chance;
mod clock;
mod contact;
mod control;
mod email;
mod endpoint;
mod fault;
mod gate;
mod kind;
mod limits;
mod linked;
mod listing;
mod merge;
mod portal;
mod property;
mod property_routes;
mod record;
mod refusal;
mod row;
mod schema;
mod search;
mod search_filter;
mod server;
mod settings;
mod shelf;
mod single;
mod standard;
mod state;
mod value;
mod write;

pub use clock::Clock;
pub use contact::{Contact, PortalError};
pub use fault::{Fault, FaultKind, RowMatch};
pub use linked::Linked;
pub use portal::Portal;
pub use property::Property;
pub use server::Listening;
pub use settings::{EmailConflict, Settings};
