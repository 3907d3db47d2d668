//! What there is beside contacts: deals, notes, tasks and companies, each under a unique property of ours.

pub(crate) mod companies;
pub(crate) mod counting;
pub(crate) mod deals;
mod keyed;
pub(crate) mod notes;
mod once;
pub(crate) mod tasks;
