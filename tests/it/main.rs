//! See README.md.

mod rooms;
mod stories;
mod world;
