//! The client that all tables share.

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;

use crate::{AccountBudgets, ActionDeeds, Keys, Records, ShopFigures};

/// `DynamoDB`, spoken to through one client.
#[derive(Debug, Clone)]
pub struct DynamoDb(Client);

impl DynamoDb {
    /// The one client. `config` brings the region, the credentials, the HTTP client, timeouts, retries and a
    /// behaviour version.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The table of deliveries, by its name.
    pub fn keys(&self, table: impl Into<String>) -> Keys {
        Keys::new(self.0.clone(), table.into())
    }

    /// The budgets, by the name of the table of keys: they live in it.
    pub fn budgets(&self, table: impl Into<String>) -> AccountBudgets {
        AccountBudgets::new(self.0.clone(), table.into())
    }

    /// The actions that were begun and done, by the name of the table of keys: they live in it.
    pub fn deeds(&self, table: impl Into<String>) -> ActionDeeds {
        ActionDeeds::new(self.0.clone(), table.into())
    }

    /// The figures of shops, by the name of the table of records: they live in it.
    pub fn figures(&self, table: impl Into<String>) -> ShopFigures {
        ShopFigures::new(self.0.clone(), table.into())
    }

    /// The table of links and of what comes due, by its name.
    pub fn records(&self, table: impl Into<String>) -> Records {
        Records::new(self.0.clone(), table.into())
    }
}
