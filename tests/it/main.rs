//! See README.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that cannot go on says so by ending"
)]

mod rooms;
mod simulation;
mod stories;
mod world;
