//! What became true.

mod acting;
mod believing;
mod bulk_results;
mod companies;
mod discounts;
mod disposing;
mod due;
mod dying;
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
mod reconcile;
mod refunds;
mod ruling;
mod salesforce;
mod several_shops;
mod signals;
mod stages;
mod topics;
