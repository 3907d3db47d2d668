//! What of a customer is compared: which figures, and by whose count.

use std::collections::BTreeSet;

use domain::{Currency, OrderId};

use crate::amount::Amount;
use crate::commerce::{Commerce, Newest};

/// One figure of [`Commerce`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the field of that name")]
pub enum Figure {
    Orders,
    Spent,
    Currency,
    NewestId,
    NewestName,
    NewestAt,
    Refunds,
    Refunded,
}

/// Where the number of orders and the spend come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// From the orders in the file, added up.
    #[default]
    Summed,
    /// From what the shop says of the customer (`numberOfOrders`, `amountSpent`): what is written to a CRM. It is whole also
    /// where the app may not see all orders.
    Told,
}

/// What of a customer goes into the checksum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// By whose count.
    pub count: Count,
    /// What does not take part, because the other half does not hold it.
    pub left_out: BTreeSet<Figure>,
}

/// What the shop says of a customer, whatever their orders come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) orders: u64,
    pub(crate) spent: Amount,
}

impl Compared {
    /// What is left of what a customer comes to.
    pub(crate) fn of(&self, commerce: Commerce, said: Said) -> Commerce {
        let counted = match self.count {
            Count::Summed => commerce,
            Count::Told => Commerce { orders: said.orders, spent: Some(said.spent), ..commerce },
        };
        if self.left_out.is_empty() { counted } else { self.reduce(counted) }
    }

    /// The same without the figures that do not take part: both halves have to be reduced alike.
    #[must_use]
    pub fn reduce(&self, mut commerce: Commerce) -> Commerce {
        let takes = |figure| !self.left_out.contains(&figure);
        commerce.orders *= u64::from(takes(Figure::Orders));
        commerce.refunds *= u64::from(takes(Figure::Refunds));
        commerce.spent = commerce.spent.filter(|_| takes(Figure::Spent));
        commerce.refunded = commerce.refunded.filter(|_| takes(Figure::Refunded));
        if !takes(Figure::Currency) {
            // ISO 4217 for no currency.
            commerce.currency = Currency::parse("XXX").unwrap_or(commerce.currency);
        }
        let newest = [Figure::NewestId, Figure::NewestName, Figure::NewestAt].map(takes);
        commerce.newest = commerce.newest.filter(|_| newest.contains(&true)).map(|found| part(found, newest));
        commerce
    }

    /// Of everything one number, so that a token is not read with other settings.
    pub(crate) fn mark(&self) -> u64 {
        let out = self.left_out.iter().fold(0, |mask, figure| mask | 1_u64 << (*figure as u64));
        out << 1 | u64::from(self.count == Count::Told)
    }
}

fn part(newest: Newest, [id, name, at]: [bool; 3]) -> Newest {
    Newest {
        id: if id { newest.id } else { OrderId::new(0) },
        name: if name { newest.name } else { String::new() },
        processed_at: if at { newest.processed_at } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use domain::CustomerId;

    use super::*;

    fn ada() -> Commerce {
        Commerce {
            customer: CustomerId::new(7),
            orders: 2,
            spent: Amount::parse("30.50"),
            currency: Currency::parse("EUR").unwrap(),
            newest: Some(Newest { id: OrderId::new(9), processed_at: 5, name: "#1001".into() }),
            refunds: 1,
            refunded: Amount::parse("2.00"),
        }
    }

    const SAID: Said = Said { orders: 40, spent: Amount(7) };

    #[test]
    fn s_190_what_the_shop_says_of_a_customer_can_count_instead_of_the_sum() {
        let summed = Compared::default();
        assert_eq!(summed.of(ada(), SAID), ada());
        let told = Compared { count: Count::Told, ..Compared::default() };
        assert_eq!(told.of(ada(), SAID), Commerce { orders: 40, spent: Some(Amount(7)), ..ada() });
        assert_ne!(summed.mark(), told.mark());
    }

    #[test]
    fn s_190_a_figure_that_is_left_out_makes_no_difference_and_no_other_is_touched() {
        let without = |figure| Compared { left_out: [figure].into(), ..Compared::default() };
        let other = Commerce { orders: 3, ..ada() };
        assert_eq!(without(Figure::Orders).reduce(ada()), without(Figure::Orders).reduce(other.clone()));
        assert_ne!(without(Figure::Spent).reduce(ada()), without(Figure::Spent).reduce(other));
        let named = without(Figure::NewestName).reduce(ada()).newest;
        assert_eq!(named, Some(Newest { id: OrderId::new(9), processed_at: 5, name: String::new() }));
        let newest = [Figure::NewestId, Figure::NewestName, Figure::NewestAt].into();
        assert_eq!(Compared { left_out: newest, ..Compared::default() }.reduce(ada()).newest, None);
    }
}
