#![doc = include_str!("../README.md")]

mod backoff;
mod budget;
mod customer;
mod delivery;
mod desired;
mod event;
mod field;
mod fingerprint;
mod freshness;
mod identity;
mod identity_rules;
mod ids;
mod mention;
mod money;
mod parked;
mod phone;
mod plan;
mod topic;

pub use backoff::{Backoff, Chance};
pub use budget::{Ask, Breaker, Budget, InvalidRate, Lane, Rate, Reservation, Signal, Why};
pub use customer::{Customer, Email, OrderSummary, Place, Seen};
pub use delivery::DeliveryKey;
pub use desired::{Desired, desired};
pub use event::{Envelope, Event, Facts, Subject, Unreadable};
pub use field::{Field, Policy, Value};
pub use fingerprint::{Fingerprint, FingerprintKey, Fingerprints};
pub use freshness::{Freshness, REPLICA_LAG, freshness};
pub use identity::{Identity, Match, MatchedBy, identify};
pub use identity_rules::{AliasPolicy, IdentityRules};
pub use ids::{CustomerId, CustomerKey, ExternalKey, InvalidId, OrderId, RecordId, ShopDomain};
pub use mention::{Mention, OrderVersion};
pub use money::{Currency, InvalidMoney, Money};
pub use parked::{Parked, ParkedMessage};
pub use phone::{InvalidPhone, Phone};
pub use plan::{Observed, Plan, Record, Skipped, Write, plan};
pub use topic::{Concern, Topic};
