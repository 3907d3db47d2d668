//! The file as it arrives, chunk by chunk.

use std::collections::BTreeMap;

use domain::{Currency, CustomerId};
use statistics::OrderValues;

use crate::broken::{Broken, Differs, Fault, Where};
use crate::buckets::Buckets;
use crate::commerce::Commerce;
use crate::compared::Said;
use crate::group::Group;
use crate::line::{self, CustomerLine, Line};
use crate::lines::Lines;
use crate::scan::Slip;
use crate::seen::Seen;
use crate::settings::Settings;
use crate::sip;
use crate::told::Told;
use crate::values::Values;
use crate::waiting::{Waiting, within};

/// A file that is being read. What it comes to is only given out by [`Reader::finish`].
#[derive(Debug)]
pub struct Reader {
    lines: Lines,
    pub(crate) work: Work,
    broken: Option<Broken>,
}

/// What a whole file came to: counted, and so believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// All customers, by bucket.
    pub buckets: Buckets,
    /// Those who were wanted one by one, by id.
    pub customers: Vec<Commerce>,
    /// The newest `updatedAt` of all customers and orders: seconds since 1970, UTC.
    pub newest_update: Option<i64>,
    /// Customers whose `numberOfOrders` is not the number of their orders here. All of them, where the app may only see the
    /// orders of the last sixty days (scope `read_all_orders`).
    pub uneven: u64,
    /// The values of all orders, by currency, where they were asked for: what came in less what went back, of those that
    /// are no tests and have something left.
    pub values: BTreeMap<Currency, OrderValues>,
    /// What was counted, and is what the shop says.
    pub counted: Told,
}

/// Everything that is remembered of the lines that were read.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) settings: Settings,
    pub(crate) lines: u64,
    /// Bytes of all lines that were read.
    pub(crate) bytes: u64,
    pub(crate) roots: u64,
    pub(crate) newest_update: Option<i64>,
    pub(crate) uneven: u64,
    pub(crate) values: Values,
    pub(crate) buckets: Buckets,
    pub(crate) kept: Vec<Commerce>,
    pub(crate) seen: Seen,
    pub(crate) waiting: Waiting,
    /// The canonical form of a customer, kept for its room.
    pub(crate) form: Vec<u8>,
}

impl Reader {
    /// A reader of a file's first byte.
    pub fn new(settings: Settings) -> Self {
        Self::with(Work::new(settings))
    }

    pub(crate) fn with(work: Work) -> Self {
        Self { lines: Lines::new(work.settings.limits.line), work, broken: None }
    }

    /// Reads on. A chunk may end anywhere. After an error the file is broken, and stays so.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Broken> {
        self.whole()?;
        let work = &mut self.work;
        let result = self.lines.push(chunk, |line| work.take(line));
        let result = result.map_err(|limit| work.here(Fault::LongLine(limit))).flatten();
        result.inspect_err(|broken| self.broken = Some(broken.clone()))
    }

    /// How many bytes of the file need not be read again: a line ends there. A reader that is resumed from a token made now
    /// goes on there.
    pub fn offset(&self) -> u64 {
        self.work.bytes
    }

    /// Ends the file, and holds it against what the shop says.
    pub fn finish(mut self, told: Told) -> Result<Believed, Broken> {
        self.whole()?;
        let rest = self.lines.rest();
        let bytes = self.work.bytes + rest.len() as u64;
        // A line that was cut is no JSON, but that it was cut says more.
        if bytes != told.bytes && !rest.is_empty() {
            return Err(self.work.here(Fault::Bytes(Differs { read: bytes, told: told.bytes })));
        }
        if !rest.is_empty() {
            self.work.take(rest)?;
            // There was no end of line to count.
            self.work.bytes = bytes;
        }
        self.work.finish(told)
    }

    pub(crate) fn whole(&self) -> Result<(), Broken> {
        self.broken.clone().map_or(Ok(()), Err)
    }
}

impl Work {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            lines: 0,
            bytes: 0,
            roots: 0,
            newest_update: None,
            uneven: 0,
            values: Values::default(),
            buckets: Buckets::new(settings.buckets),
            kept: Vec::new(),
            seen: Seen::default(),
            waiting: Waiting::new(settings.arrangement),
            form: Vec::new(),
            settings,
        }
    }

    /// The line that begins where the last one ended.
    fn next(&self) -> Where {
        Where { line: self.lines + 1, byte: self.bytes }
    }

    fn here(&self, fault: Fault) -> Broken {
        Broken { fault, at: self.next() }
    }

    /// Reads a line, without its end.
    fn take(&mut self, line: &[u8]) -> Result<(), Broken> {
        let at = self.next();
        let line_read = line::read(line).map_err(|slip| at.slipped(slip))?;
        self.lines += 1;
        self.bytes += line.len() as u64 + 1;
        match line_read {
            Line::Customer(customer) => self.customer(customer, at),
            Line::Order(order) => {
                self.newest_update = self.newest_update.max(Some(order.updated_at));
                let length = order.refunds.length;
                if length >= self.settings.limits.refunds {
                    return Err(Broken { fault: Fault::MayBeCut { list: "refunds", length }, at });
                }
                if self.settings.values {
                    self.values.add(&order);
                }
                let held = self.waiting.order(&order, at, self.settings.limits.held);
                held.map_err(|fault| Broken { fault, at })
            }
        }
    }

    fn customer(&mut self, customer: CustomerLine, at: Where) -> Result<(), Broken> {
        self.roots += 1;
        self.newest_update = self.newest_update.max(Some(customer.updated_at));
        match &mut self.waiting {
            Waiting::All(crowd) => {
                crowd.customer(customer, at, self.settings.limits.held).map_err(|fault| Broken { fault, at })
            }
            Waiting::One(group) => {
                let before = close(group, &self.settings)?;
                group.begin(customer, at);
                if !self.seen.add(customer.id) {
                    return Err(Broken { fault: Fault::DoubledCustomer(CustomerId::new(customer.id)), at });
                }
                before.map_or(Ok(()), |(commerce, said)| self.conclude(commerce, said))
            }
        }
    }

    /// Puts a customer, all of whose orders were read, where they belong.
    fn conclude(&mut self, commerce: Commerce, said: Said) -> Result<(), Broken> {
        self.uneven += u64::from(said.orders != commerce.orders);
        let commerce = self.settings.compared.of(commerce, said);
        self.form.clear();
        commerce.canonical(&mut self.form);
        let bucket = Buckets::index(commerce.customer, self.settings.buckets);
        self.buckets.add(bucket, sip::hash(self.settings.key.0, &self.form));
        if self.settings.keep.wants(bucket) {
            self.kept.push(commerce);
            let held = within(self.kept.len(), self.settings.limits.held);
            return held.map_err(|fault| self.here(fault));
        }
        Ok(())
    }

    fn finish(mut self, told: Told) -> Result<Believed, Broken> {
        self.conclude_all()?;
        if let Some(customer) = self.seen.doubled() {
            return Err(self.here(Fault::DoubledCustomer(CustomerId::new(customer))));
        }
        let counted = Told { objects: self.lines, roots: self.roots, bytes: self.bytes };
        let differs = |read, told| (read != told).then_some(Differs { read, told });
        let fault = differs(counted.bytes, told.bytes)
            .map(Fault::Bytes)
            .or(differs(counted.objects, told.objects).map(Fault::Lines))
            .or(differs(counted.roots, told.roots).map(Fault::Roots));
        if let Some(fault) = fault {
            return Err(self.here(fault));
        }
        self.kept.sort_unstable_by_key(|commerce| commerce.customer);
        Ok(Believed {
            buckets: self.buckets,
            customers: self.kept,
            newest_update: self.newest_update,
            uneven: self.uneven,
            values: self.values.by_currency(),
            counted,
        })
    }

    fn conclude_all(&mut self) -> Result<(), Broken> {
        match &mut self.waiting {
            Waiting::One(group) => {
                let last = close(group, &self.settings)?;
                last.map_or(Ok(()), |(commerce, said)| self.conclude(commerce, said))
            }
            Waiting::All(crowd) => {
                for mut group in crowd.take() {
                    let at = group.at;
                    let closed = group.close(&self.settings.limits.full);
                    let (commerce, said) = closed.map_err(|fault| Broken { fault, at })?;
                    self.conclude(commerce, said)?;
                }
                Ok(())
            }
        }
    }
}

impl Where {
    /// Some bytes into the line that begins here.
    fn slipped(self, slip: Slip) -> Broken {
        let (byte, fault) = *slip.0;
        Broken { fault, at: Self { byte: self.byte + byte as u64, ..self } }
    }
}

/// The customer before this one; nobody at the beginning.
fn close(group: &mut Group, settings: &Settings) -> Result<Option<(Commerce, Said)>, Broken> {
    if group.customer.is_none() {
        return Ok(None);
    }
    group.close(&settings.limits.full).map(Some).map_err(|fault| Broken { fault, at: group.at })
}
