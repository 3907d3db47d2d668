//! A page of customers, held against the CRM and counted. Nothing is written.

use std::collections::BTreeMap;

use crm::Crm;
use domain::{Customer, Desired, Field, FingerprintKey, Observed, Record, Rules, ShopDomain, desired, plan};
use jiff::Timestamp;
use serde::Serialize;
use shopify::Admin;
use store::Budgets;

use crate::failure::Failure;
use crate::pace::PacedShops;

/// What to compare.
#[derive(Debug, Clone)]
pub struct Page {
    /// Whose customers.
    pub shop: ShopDomain,
    /// At most how many; the shop's API sets an upper limit of its own.
    pub first: usize,
    /// Where to begin: the `next` of the page before.
    pub after: Option<String>,
}

/// The counts of one page. They add up: `customers` = `matching` + `differing` + `missing` + `unreadable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Whose customers.
    pub shop: ShopDomain,
    /// How many were on the page.
    pub customers: usize,
    /// The CRM says what the shop says.
    pub matching: usize,
    /// The CRM says something else.
    pub differing: usize,
    /// The CRM has no record with the customer's key.
    pub missing: usize,
    /// The shop gave them in a shape that cannot be used.
    pub unreadable: usize,
    /// How many records differ in which field.
    pub fields: BTreeMap<&'static str, usize>,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
}

/// Compares one page, by the rules of its shop. Both halves are asked as their budgets allow.
pub async fn compare<B: Budgets>(
    page: &Page,
    admin: &Admin,
    shops: &PacedShops<'_, B>,
    crm: &dyn Crm,
    key: &FingerprintKey,
    rules: &Rules,
    now: Timestamp,
) -> Result<Comparison, Failure> {
    let read = shops.customers(admin, &page.shop, page.first, page.after.as_deref(), now).await?;
    let all = read.customers.len();
    let wishes: Vec<Desired> =
        read.customers.into_iter().filter_map(Result::ok).map(|c| wish(&c, admin, rules)).collect();
    let keys: Vec<_> = wishes.iter().map(|wish| wish.key.clone()).collect();
    let records = if keys.is_empty() { vec![] } else { crm.read(&keys).await? };
    let mut comparison = Comparison::begin(&page.shop, all, all - wishes.len(), read.next);
    for (wish, record) in wishes.iter().zip(&records) {
        comparison.count(wish, record.as_ref(), key, rules);
    }
    Ok(comparison)
}

fn wish(customer: &Customer, admin: &Admin, rules: &Rules) -> Desired {
    desired(customer, admin.credentials().key_prefix(&customer.key.shop), rules)
}

impl Comparison {
    fn begin(shop: &ShopDomain, customers: usize, unreadable: usize, next: Option<String>) -> Self {
        let shop = shop.clone();
        Self {
            shop,
            customers,
            matching: 0,
            differing: 0,
            missing: 0,
            unreadable,
            fields: BTreeMap::new(),
            next,
        }
    }

    fn count(&mut self, wish: &Desired, record: Option<&Record>, key: &FingerprintKey, rules: &Rules) {
        let Some(record) = record else {
            self.missing += 1;
            return;
        };
        let differing = differing(wish, record, key, rules);
        if differing.is_empty() {
            self.matching += 1;
        } else {
            self.differing += 1;
        }
        for field in differing {
            *self.fields.entry(field.name()).or_default() += 1;
        }
    }
}

/// The fields that a repair would write: the plan is made, and not carried out.
fn differing(wish: &Desired, record: &Record, key: &FingerprintKey, rules: &Rules) -> Vec<Field> {
    let plan = plan(wish, Observed::Read(record), key, rules);
    plan.writes.iter().flat_map(|write| write.fields().keys().copied()).collect()
}
