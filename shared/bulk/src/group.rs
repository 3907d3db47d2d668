//! A customer and the orders that were read of them, added up.

use domain::{Currency, CustomerId, OrderId};

use crate::amount::Amount;
use crate::broken::{Fault, Where};
use crate::commerce::{Commerce, Newest};
use crate::compared::Said;
use crate::line::{CustomerLine, OrderLine, Price};
use crate::record::{self, Taking};

/// A customer as far as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Where they, or the first of their orders, were.
    pub(crate) at: Where,
    pub(crate) customer: Option<CustomerLine>,
    /// All orders, tests too.
    pub(crate) ids: Vec<u64>,
    orders: u64,
    spent: i128,
    refunds: u64,
    refunded: i128,
    currency: Option<Currency>,
    is_mixed: bool,
    newest: Option<Newest>,
}

impl Group {
    pub(crate) fn at(at: Where) -> Self {
        Self {
            at,
            customer: None,
            ids: Vec::new(),
            orders: 0,
            spent: 0,
            refunds: 0,
            refunded: 0,
            currency: None,
            is_mixed: false,
            newest: None,
        }
    }

    /// The next customer, in the room of this one.
    pub(crate) fn begin(&mut self, customer: CustomerLine, at: Where) {
        let mut ids = std::mem::take(&mut self.ids);
        ids.clear();
        *self = Self { customer: Some(customer), ids, ..Self::at(at) };
    }

    pub(crate) fn add(&mut self, order: &OrderLine<'_>) {
        self.ids.push(order.id);
        // A test counts for nothing.
        if order.is_test {
            return;
        }
        self.orders += 1;
        self.spent += order.net.amount.0;
        self.refunds += order.refunds.count;
        self.refunded += order.refunds.amount;
        self.is_mixed |= order.refunds.is_mixed;
        self.in_currency(order.net.currency);
        if let Some(currency) = order.refunds.currency {
            self.in_currency(currency);
        }
        self.newer(order);
    }

    fn in_currency(&mut self, currency: Currency) {
        self.is_mixed |= self.currency.is_some_and(|known| known != currency);
        self.currency = Some(currency);
    }

    fn newer(&mut self, order: &OrderLine<'_>) {
        let id = OrderId::new(order.id);
        match &mut self.newest {
            Some(newest) if (newest.processed_at, newest.id) >= (order.processed_at, id) => {}
            Some(newest) => {
                (newest.processed_at, newest.id) = (order.processed_at, id);
                newest.name.clear();
                newest.name.push_str(&order.name);
            }
            None => {
                let name = order.name.clone().into_owned();
                self.newest = Some(Newest { id, processed_at: order.processed_at, name });
            }
        }
    }

    /// What it all comes to, and what the shop says of the customer.
    pub(crate) fn close(&mut self, full: &[u64]) -> Result<(Commerce, Said), Fault> {
        let Some(customer) = self.customer else {
            return Err(Fault::Orphan(OrderId::new(self.ids.first().copied().unwrap_or_default())));
        };
        if let Some(order) = self.doubled() {
            return Err(Fault::DoubledOrder(OrderId::new(order)));
        }
        let length = self.ids.len() as u64;
        if full.contains(&length) && customer.orders > self.orders {
            return Err(Fault::MayBeCut { list: "orders", length });
        }
        let said = Said { orders: customer.orders, spent: customer.spent.amount };
        Ok((self.commerce(customer), said))
    }

    fn doubled(&mut self) -> Option<u64> {
        if !self.ids.is_sorted() {
            self.ids.sort_unstable();
        }
        let twice = self.ids.array_windows().find(|[one, next]| one == next)?;
        Some(twice[0])
    }

    fn commerce(&mut self, customer: CustomerLine) -> Commerce {
        // A sum of two currencies says nothing.
        let alike =
            !self.is_mixed && self.currency.is_none_or(|currency| currency == customer.spent.currency);
        Commerce {
            customer: CustomerId::new(customer.id),
            orders: self.orders,
            spent: alike.then_some(Amount(self.spent)),
            currency: customer.spent.currency,
            newest: self.newest.take(),
            refunds: self.refunds,
            refunded: alike.then_some(Amount(self.refunded)),
        }
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        record::numbers(to, &[self.at.line, self.at.byte]);
        record::number(to, u64::from(self.customer.is_some()));
        if let Some(customer) = &self.customer {
            record::number(to, customer.id);
            record::signed(to, customer.updated_at);
            record::number(to, customer.orders);
            to.extend(customer.spent.amount.0.to_le_bytes());
            currency(to, customer.spent.currency);
        }
        record::numbers(to, &self.ids);
        record::number(to, self.orders);
        to.extend(self.spent.to_le_bytes());
        record::number(to, self.refunds);
        to.extend(self.refunded.to_le_bytes());
        record::number(to, u64::from(self.currency.is_some()));
        self.currency.iter().for_each(|code| currency(to, *code));
        record::number(to, u64::from(self.is_mixed));
        newest(to, self.newest.as_ref());
    }

    pub(crate) fn read(from: &mut Taking<'_>) -> Option<Self> {
        let at = from.list(Taking::number)?;
        let [line, byte] = at[..] else { return None };
        Some(Self {
            at: Where { line, byte },
            customer: from.maybe(read_customer)?,
            ids: from.list(Taking::number)?,
            orders: from.number()?,
            spent: i128::from_le_bytes(from.array()?),
            refunds: from.number()?,
            refunded: i128::from_le_bytes(from.array()?),
            currency: from.maybe(read_currency)?,
            is_mixed: from.number()? != 0,
            newest: read_newest(from)?,
        })
    }
}

fn read_customer(from: &mut Taking<'_>) -> Option<CustomerLine> {
    Some(CustomerLine {
        id: from.number()?,
        updated_at: from.signed()?,
        orders: from.number()?,
        spent: Price { amount: Amount(i128::from_le_bytes(from.array()?)), currency: read_currency(from)? },
    })
}

pub(crate) fn currency(to: &mut Vec<u8>, currency: Currency) {
    record::bytes(to, currency.as_str().as_bytes());
}

pub(crate) fn read_currency(from: &mut Taking<'_>) -> Option<Currency> {
    Currency::parse(std::str::from_utf8(from.bytes()?).ok()?).ok()
}

fn newest(to: &mut Vec<u8>, newest: Option<&Newest>) {
    record::number(to, u64::from(newest.is_some()));
    if let Some(newest) = newest {
        record::number(to, newest.id.get());
        record::signed(to, newest.processed_at);
        record::bytes(to, newest.name.as_bytes());
    }
}

#[allow(clippy::option_option, reason = "the outer one says that the bytes are not what they should be")]
fn read_newest(from: &mut Taking<'_>) -> Option<Option<Newest>> {
    from.maybe(|from| {
        let (id, processed_at) = (OrderId::new(from.number()?), from.signed()?);
        Some(Newest { id, processed_at, name: std::str::from_utf8(from.bytes()?).ok()?.to_owned() })
    })
}

/// A finished customer in a token.
pub(crate) fn write_commerce(to: &mut Vec<u8>, commerce: &Commerce) {
    record::numbers(to, &[commerce.customer.get(), commerce.orders, commerce.refunds]);
    currency(to, commerce.currency);
    for amount in [commerce.spent, commerce.refunded] {
        record::number(to, u64::from(amount.is_some()));
        if let Some(amount) = amount {
            to.extend(amount.0.to_le_bytes());
        }
    }
    newest(to, commerce.newest.as_ref());
}

/// Reads what [`write_commerce`] wrote.
pub(crate) fn read_commerce(from: &mut Taking<'_>) -> Option<Commerce> {
    let counts = from.list(Taking::number)?;
    let [customer, orders, refunds] = counts[..] else { return None };
    let currency = read_currency(from)?;
    let amount = |from: &mut Taking<'_>| from.array().map(|bytes| Amount(i128::from_le_bytes(bytes)));
    Some(Commerce {
        customer: CustomerId::new(customer),
        orders,
        refunds,
        currency,
        spent: from.maybe(amount)?,
        refunded: from.maybe(amount)?,
        newest: read_newest(from)?,
    })
}
