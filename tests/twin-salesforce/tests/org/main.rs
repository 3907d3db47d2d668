//! The org from outside: calls over its router, as a client makes them.

#![allow(clippy::needless_pass_by_value, reason = "a json!() at every call reads better without &")]

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod collections;
#[cfg(test)]
mod composite;
#[cfg(test)]
mod control;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod merges;
#[cfg(test)]
mod persons;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod records;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod relations;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod sessions;
