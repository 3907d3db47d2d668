//! What Shopify sends us.

mod earlier;
mod headers;
mod loose;
mod partner_event;
mod payload;
mod probe;
mod secrets;
mod signature;
mod subject;

pub use earlier::reread;
pub use headers::Headers;
pub use partner_event::{NotAnEvent, read_partner_event};
pub use payload::read;
pub use secrets::{ClientSecrets, InvalidSecrets};
pub use signature::{Refused, Verified, verify};
