//! `[salesforce]`: in which of its objects Salesforce keeps people and orders.

use domain::{Currencies, Layout, OrdersAs, PeopleAs};

use crate::table::Table;

const PEOPLE: [(&str, PeopleAs); 2] =
    [("contacts", PeopleAs::Contacts), ("person_accounts", PeopleAs::PersonAccounts)];

const ORDERS: [(&str, OrdersAs); 2] =
    [("opportunities", OrdersAs::Opportunities), ("orders", OrdersAs::Orders)];

const CURRENCIES: [(&str, Currencies); 2] = [("one", Currencies::One), ("several", Currencies::Several)];

/// What is not said stays as it is by default.
pub(crate) fn read(table: &Table<'_>) -> Layout {
    table.only(&["people", "orders", "currencies"]);
    let usual = Layout::default();
    let people = table.get("people").and_then(|entry| entry.choice(PEOPLE));
    let orders = table.get("orders").and_then(|entry| entry.choice(ORDERS));
    let currencies = table.get("currencies").and_then(|entry| entry.choice(CURRENCIES));
    Layout {
        people: people.unwrap_or(usual.people),
        orders: orders.unwrap_or(usual.orders),
        currencies: currencies.unwrap_or(usual.currencies),
    }
}
