#![doc = include_str!("../README.md")]

#[cfg(any(feature = "archive", feature = "queues", feature = "tables"))]
mod error;

#[cfg(feature = "archive")]
mod archive;

#[cfg(feature = "queues")]
mod actions;
#[cfg(feature = "queues")]
mod body;
#[cfg(feature = "queues")]
mod dead_letters;
#[cfg(feature = "queues")]
mod events;
#[cfg(feature = "queues")]
mod parking;
#[cfg(feature = "queues")]
mod sqs;
#[cfg(feature = "queues")]
mod wakes;

#[cfg(feature = "tables")]
mod budget_row;
#[cfg(feature = "tables")]
mod budgets;
#[cfg(feature = "tables")]
mod checkouts;
#[cfg(feature = "tables")]
mod deeds;
#[cfg(feature = "tables")]
mod due;
#[cfg(feature = "tables")]
mod due_row;
#[cfg(feature = "tables")]
mod dynamodb;
#[cfg(feature = "tables")]
mod figures;
#[cfg(feature = "tables")]
mod keeping;
#[cfg(feature = "tables")]
mod keys;
#[cfg(feature = "tables")]
mod many;
#[cfg(feature = "tables")]
mod partiql;
#[cfg(feature = "tables")]
mod record_row;
#[cfg(feature = "tables")]
mod records;
#[cfg(feature = "tables")]
mod row;
#[cfg(feature = "tables")]
mod run_rows;
#[cfg(feature = "tables")]
mod runs;

#[cfg(feature = "archive")]
pub use archive::Bucket;

#[cfg(feature = "queues")]
pub use actions::FiringQueue;
#[cfg(feature = "queues")]
pub use dead_letters::DeadLetterQueues;
#[cfg(feature = "queues")]
pub use events::EventQueue;
#[cfg(feature = "queues")]
pub use parking::ParkingQueue;
#[cfg(feature = "queues")]
pub use sqs::Sqs;
#[cfg(feature = "queues")]
pub use wakes::WakeQueue;

#[cfg(feature = "tables")]
pub use budgets::AccountBudgets;
#[cfg(feature = "tables")]
pub use deeds::ActionDeeds;
#[cfg(feature = "tables")]
pub use dynamodb::DynamoDb;
#[cfg(feature = "tables")]
pub use figures::ShopFigures;
#[cfg(feature = "tables")]
pub use keys::Keys;
#[cfg(feature = "tables")]
pub use records::Records;
#[cfg(feature = "tables")]
pub use runs::RunTable;
