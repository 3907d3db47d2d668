//! A whole file: what it comes to, in whatever pieces it arrives, and what is not believed.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod faults;
mod file;
mod pieces;
mod sums;
