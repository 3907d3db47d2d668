//! Everything a workspace knows, behind one lock.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::hook::Hook;
use crate::limits::{Limits, Settings};
use crate::reading::Message;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) hooks: Vec<Hook>,
    pub(crate) messages: Vec<Message>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) calls: BTreeMap<String, u64>,
    pub(crate) limits: Limits,
    pub(crate) settings: Settings,
}
