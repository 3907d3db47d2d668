//! The same work as one does it with `serde_json` into types: the peer in this process.

use std::borrow::Cow;
use std::io::{self, BufRead};

use bulk::{Amount, Buckets, Commerce, Newest, Settings};
use domain::{Currency, CustomerId, OrderId};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'l> {
    #[serde(borrow)]
    id: Cow<'l, str>,
    #[serde(rename = "__parentId", borrow)]
    parent: Option<Cow<'l, str>>,
    #[serde(borrow)]
    name: Option<Cow<'l, str>>,
    #[serde(borrow)]
    updated_at: Cow<'l, str>,
    #[serde(borrow)]
    processed_at: Option<Cow<'l, str>>,
    test: Option<bool>,
    #[serde(borrow)]
    amount_spent: Option<Price<'l>>,
    #[serde(borrow)]
    net_payment_set: Option<Bag<'l>>,
    #[serde(borrow, default)]
    refunds: Vec<Refund<'l>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund<'l> {
    #[serde(borrow)]
    total_refunded_set: Bag<'l>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bag<'l> {
    #[serde(borrow)]
    shop_money: Price<'l>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Price<'l> {
    #[serde(borrow)]
    amount: Cow<'l, str>,
    #[serde(borrow)]
    currency_code: Cow<'l, str>,
}

/// A customer with what was added up.
struct Open {
    id: u64,
    currency: Currency,
    orders: u64,
    spent: Decimal,
    refunds: u64,
    refunded: Decimal,
    newest: Option<(String, u64, String)>,
}

/// What a file came to, with what others can be held against.
pub(crate) struct Read {
    pub(crate) buckets: Buckets,
    pub(crate) lines: u64,
    pub(crate) newest_update: String,
    pub(crate) customers: u64,
    pub(crate) orders: u64,
    pub(crate) spent: Decimal,
}

/// Reads a file: parse, group, check, sum.
pub(crate) fn read(file: &mut impl BufRead, settings: &Settings) -> io::Result<Read> {
    let mut read = Read::nothing(settings);
    let (mut line, mut open) = (Vec::new(), None::<Open>);
    while file.read_until(b'\n', &mut line)? > 0 {
        read.lines += 1;
        let parsed: Line<'_> = serde_json::from_slice(&line)?;
        if *parsed.updated_at > *read.newest_update {
            read.newest_update.clear();
            read.newest_update.push_str(&parsed.updated_at);
        }
        match (&parsed.parent, &mut open) {
            (None, _) => {
                let before = open.replace(Open::of(&parsed).ok_or(io::ErrorKind::InvalidData)?);
                before.map_or(Ok(()), |before| before.close(&mut read, settings))?;
            }
            (Some(parent), Some(open)) if number(parent) == Some(open.id) => {
                open.add(&parsed).ok_or(io::ErrorKind::InvalidData)?;
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        line.clear();
    }
    open.map_or(Ok(()), |last| last.close(&mut read, settings))?;
    Ok(read)
}

impl Read {
    fn nothing(settings: &Settings) -> Self {
        Self {
            buckets: Buckets::new(settings.buckets),
            lines: 0,
            newest_update: String::new(),
            customers: 0,
            orders: 0,
            spent: Decimal::ZERO,
        }
    }
}

fn number(gid: &str) -> Option<u64> {
    gid.rsplit_once('/')?.1.parse().ok()
}

impl Open {
    fn of(line: &Line<'_>) -> Option<Self> {
        let currency = Currency::parse(&line.amount_spent.as_ref()?.currency_code).ok()?;
        let id = number(&line.id)?;
        Some(Self {
            id,
            currency,
            orders: 0,
            spent: Decimal::ZERO,
            refunds: 0,
            refunded: Decimal::ZERO,
            newest: None,
        })
    }

    fn add(&mut self, order: &Line<'_>) -> Option<()> {
        if order.test? {
            return Some(());
        }
        self.orders += 1;
        self.spent += order.net_payment_set.as_ref()?.shop_money.amount.parse::<Decimal>().ok()?;
        for refund in &order.refunds {
            let amount = refund.total_refunded_set.shop_money.amount.parse::<Decimal>().ok()?;
            self.refunds += u64::from(!amount.is_zero());
            self.refunded += amount;
        }
        let (at, id) = (order.processed_at.as_deref()?, number(&order.id)?);
        let is_newer = |(newest, of, _): &(String, u64, String)| (at, id) > (newest, *of);
        if self.newest.as_ref().is_none_or(is_newer) {
            self.newest = Some((at.to_owned(), id, order.name.as_deref()?.to_owned()));
        }
        Some(())
    }

    fn close(self, read: &mut Read, settings: &Settings) -> io::Result<()> {
        read.customers += 1;
        read.orders += self.orders;
        read.spent += self.spent;
        let newest = |(at, id, name): (String, u64, String)| {
            let processed_at = at.parse::<Timestamp>().map_err(io::Error::other)?.as_second();
            Ok::<_, io::Error>(Newest { id: OrderId::new(id), processed_at, name })
        };
        let commerce = Commerce {
            customer: CustomerId::new(self.id),
            orders: self.orders,
            spent: Amount::of(self.spent),
            currency: self.currency,
            newest: self.newest.map(newest).transpose()?,
            refunds: self.refunds,
            refunded: Amount::of(self.refunded),
        };
        let bucket = Buckets::index(commerce.customer, settings.buckets);
        read.buckets.add(bucket, commerce.checksum(&settings.key));
        Ok(())
    }
}
