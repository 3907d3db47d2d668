//! What Shopify sends us.

mod headers;
mod loose;
mod payload;
mod probe;
mod secrets;
mod signature;

pub use headers::Headers;
pub use payload::read;
pub use secrets::{ClientSecrets, InvalidSecrets};
pub use signature::{Refused, Verified, verify};
