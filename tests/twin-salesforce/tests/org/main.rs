//! The org from outside: calls over its router, as a client makes them.

#[cfg(test)]
mod collections;
#[cfg(test)]
mod desk;
