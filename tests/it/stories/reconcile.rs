//! The nightly proof: both halves are held against each other, who differs is named with the cause, and set right.

mod archive;
mod beginning;
mod counting;
mod dying;
mod figures;
mod finding;
mod large;
mod merging;
mod night;
mod office;
mod refusing;
mod replaying;
mod sweeping;
mod telling;
mod watching;
