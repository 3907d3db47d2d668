//! What became true.

mod believing;
mod dying;
mod identity;
mod living;
mod losing;
mod ordering;
mod owning;
mod parking;
mod several_shops;
mod topics;
