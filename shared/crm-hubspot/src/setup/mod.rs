//! An account made ready: our properties, the keys of what is beside contacts, and the pipeline of deals. Everything can be
//! done again, and nothing that is there is changed.

mod contacts;
mod definition;
mod error;
mod keys;
mod pipeline;

pub use contacts::setup;
pub use error::SetupError;
pub use keys::{Keyed, setup_keys, setup_orders};
pub use pipeline::{DealStage, InvalidStage, Pipeline, PreparedPipeline, setup_pipeline};

/// What a set-up did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The properties that were made.
    pub created: Vec<&'static str>,
    /// The properties that were there.
    pub existing: Vec<&'static str>,
}
