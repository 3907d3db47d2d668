//! The workspace from outside: calls over its router, as a client makes them.

#[cfg(test)]
mod control;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod wire;
