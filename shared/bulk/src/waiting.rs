//! Customers who wait for the rest of their orders.

use std::collections::BTreeMap;

use domain::{CustomerId, OrderId};

use crate::broken::{Fault, Where};
use crate::group::Group;
use crate::line::{CustomerLine, OrderLine};
use crate::record::{self, Taking};
use crate::settings::Arrangement;

/// Who waits.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// The customer whose orders are being read; nobody at the beginning.
    One(Box<Group>),
    /// Everybody.
    All(Crowd),
}

/// Everybody, with how many customers and orders that is.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    groups: BTreeMap<u64, Group>,
    held: usize,
}

impl Waiting {
    pub(crate) fn new(arrangement: Arrangement) -> Self {
        match arrangement {
            Arrangement::Grouped => Self::One(Box::new(Group::at(Where { line: 0, byte: 0 }))),
            Arrangement::Any => Self::All(Crowd::default()),
        }
    }

    /// An order of somebody.
    pub(crate) fn order(&mut self, order: &OrderLine<'_>, at: Where, limit: usize) -> Result<(), Fault> {
        match self {
            Self::One(group) if group.customer.is_some_and(|customer| customer.id == order.customer) => {
                group.add(order);
                within(group.ids.len(), limit)
            }
            Self::One(_) => Err(Fault::Orphan(OrderId::new(order.id))),
            Self::All(crowd) => {
                crowd.of(order.customer, at).add(order);
                crowd.held += 1;
                within(crowd.held, limit)
            }
        }
    }

    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::One(group) => group.write(to),
            Self::All(crowd) => {
                record::number(to, crowd.groups.len() as u64);
                for (customer, group) in &crowd.groups {
                    record::number(to, *customer);
                    group.write(to);
                }
            }
        }
    }

    pub(crate) fn read(from: &mut Taking<'_>, arrangement: Arrangement) -> Option<Self> {
        if arrangement == Arrangement::Grouped {
            return Group::read(from).map(|group| Self::One(Box::new(group)));
        }
        let groups = from.list(|from| Some((from.number()?, Group::read(from)?)))?;
        let held = groups.iter().map(|(_, group)| 1 + group.ids.len()).sum();
        Some(Self::All(Crowd { groups: groups.into_iter().collect(), held }))
    }
}

impl Crowd {
    pub(crate) fn customer(&mut self, customer: CustomerLine, at: Where, limit: usize) -> Result<(), Fault> {
        let group = self.of(customer.id, at);
        if group.customer.is_some() {
            return Err(Fault::DoubledCustomer(CustomerId::new(customer.id)));
        }
        group.customer = Some(customer);
        within(self.held, limit)
    }

    /// Everybody, by id.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = Group> + use<> {
        std::mem::take(&mut self.groups).into_values()
    }

    fn of(&mut self, customer: u64, at: Where) -> &mut Group {
        let held = &mut self.held;
        self.groups.entry(customer).or_insert_with(|| {
            *held += 1;
            Group::at(at)
        })
    }
}

pub(crate) fn within(held: usize, limit: usize) -> Result<(), Fault> {
    if held > limit { Err(Fault::TooMany(limit)) } else { Ok(()) }
}
