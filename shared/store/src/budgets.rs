//! How much of an account's rate is left, shared by all who use it.

use std::fmt;
use std::future::Future;

use domain::{Ask, Reservation, ShopDomain, Signal};
use jiff::Timestamp;

use crate::StoreError;

/// What has one rate: a shop's API, an account in a CRM, or a channel of a chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(String);

impl Account {
    /// A shop's Admin API: `shop#demo.myshopify.com`.
    pub fn shop(shop: &ShopDomain) -> Self {
        Self(format!("shop#{shop}"))
    }

    /// An account in a CRM, by a name that all functions give it: `crm#hubspot`. Never a token.
    pub fn crm(name: &str) -> Self {
        Self(format!("crm#{name}"))
    }

    /// A channel of a chat, by the name that its secret has for it: `channel#sales`.
    pub fn channel(name: &str) -> Self {
        Self(format!("channel#{name}"))
    }

    /// The account as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The memory of what accounts were used for: one [`domain::Budget`] for each, the same for all who ask.
///
/// An account that nobody asked about has its whole burst. What is decided is what [`domain::Budget`] decides, one
/// decision after the other: however many ask at once, no more is granted than the rate allows, and one is the probe.
/// Where so many ask at once that a batch does not get its turn, it waits a moment ([`domain::Why::Rate`]) and nothing
/// was taken. An answer that gets lost on the way may have taken its units all the same, and a signal that is repeated
/// may count twice: both only make us slower. The rate comes with each [`Ask`], so a change of it needs no change here.
/// Moments are kept to the microsecond. A budget that has made nobody wait for a day may be forgotten.
pub trait Budgets: Send + Sync {
    /// Asks for the units of a whole batch, before the first of its calls.
    fn reserve(
        &self,
        account: &Account,
        ask: &Ask,
        now: Timestamp,
    ) -> impl Future<Output = Result<Reservation, StoreError>> + Send;

    /// What the account showed of itself: once for a batch where all went well, each failure and each wish to stay away.
    fn heard(
        &self,
        account: &Account,
        signal: Signal,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
