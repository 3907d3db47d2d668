//! The portal from outside: calls over its router, as a client makes them.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod control;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod merges;
#[cfg(test)]
mod pipelines;
#[cfg(test)]
mod records;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod search;
