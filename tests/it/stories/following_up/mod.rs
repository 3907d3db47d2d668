//! What happens in the shop becomes something that people can act on, each thing once. Only the CRM, Slack and the shop are
//! looked at in the end.

mod buying;
mod checkouts;
mod consent;
mod failing;
mod history;
mod laws;
mod median;
mod oracle;
mod refunds;
mod silence;
mod standing;

use twin_shopify::Customer;

use super::living::{ada, buys};
use crate::world::Office;

/// Ada agreed to marketing by e-mail.
fn subscribed(office: &Office) -> u64 {
    let ada = ada(&office.world.shop);
    let agrees = |customer: &mut Customer| customer.email_consent.state = Some("subscribed".to_owned());
    office.world.shop.change_customer(ada, agrees).unwrap();
    ada
}

/// A minute later she buys something, and everybody hears of it.
async fn buys_and_is_seen(office: &Office, customer: u64, total: &str) -> u64 {
    office.world.a_minute_later();
    let order = buys(&office.world.shop, customer, total);
    office.live().await;
    order
}

/// A minute later money goes back, and everybody hears of it.
async fn is_refunded(office: &Office, order: u64, amount: &str) {
    office.world.a_minute_later();
    office.world.shop.refund(order, amount.parse().unwrap(), None).unwrap();
    office.live().await;
}

/// How many tasks of a customer are about this.
fn tasks_about(office: &Office, customer: u64, subject: &str) -> usize {
    office.subjects(customer).iter().filter(|have| *have == subject).count()
}

const FIRST: &str = "Follow up a first purchase";
const VIP: &str = "Call a new VIP";
const REVIEW: &str = "Review an account with refunds";
const SILENT: &str = "Win a customer back";
const LEFT: &str = "Recover an abandoned checkout";
