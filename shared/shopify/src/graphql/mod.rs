//! What the shop has: the Admin GraphQL API.

mod admin;
mod answer;
mod asked;
mod bulk;
mod bulk_file;
mod by_email;
mod company;
mod counting;
mod credentials;
mod customer;
mod discount;
mod discount_answer;
mod error;
mod metafield;
mod orders;
mod page_info;
mod query;
mod reader;
mod refunds;
mod subscriptions;
mod token;

pub use admin::{Admin, AdminConfig, CustomerPage, Order, Truth};
pub use bulk::{BulkFailure, BulkId, BulkOperation, BulkResult, BulkStart, BulkState};
pub use bulk_file::BulkPiece;
pub use by_email::Customers;
pub use company::{Companies, Company};
pub use counting::{OrderSpan, Placed, PlacedPage};
pub use credentials::{Credentials, InvalidCredentials};
pub use discount::{Discount, GrantDiscount, Granting, Made};
pub use error::{ShopError, ShopErrorKind};
pub use orders::Orders;
pub use reader::{ReadShop, Reading};
pub use refunds::{CustomersRefunds, RefundsRead};
pub use subscriptions::{Subscription, TOPICS_NEEDED, TOPICS_OPTIONAL};
