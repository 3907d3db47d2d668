//! What became true.

mod acting;
mod believing;
mod companies;
mod discounts;
mod disposing;
mod due;
mod dying;
mod following_up;
mod handing_over;
mod identity;
mod living;
mod losing;
mod metafields;
mod ordering;
mod orders;
mod owning;
mod pacing;
mod parking;
mod refunds;
mod ruling;
mod salesforce;
mod several_shops;
mod signals;
mod stages;
mod topics;
