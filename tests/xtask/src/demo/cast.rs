//! Who plays: a handful of customers, with the names that break careless code.

/// A customer of the demo's shop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    /// Given name.
    pub(crate) first_name: &'static str,
    /// Family name.
    pub(crate) last_name: &'static str,
    /// Address, verified.
    pub(crate) email: &'static str,
    /// Number in E.164; empty for none.
    pub(crate) phone: &'static str,
    /// What they buy, in cents, order by order.
    pub(crate) orders_cents: &'static [u64],
    /// What they get back of their first order, in cents.
    pub(crate) refund_cents: u64,
}

impl Person {
    /// What is left of what they spent, in cents.
    pub(crate) fn spent_cents(&self) -> u64 {
        self.orders_cents.iter().sum::<u64>() - self.refund_cents
    }

    /// The whole name.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// Those who come on an ordinary day.
pub(crate) const ORDINARY: [Person; 5] = [
    Person {
        first_name: "Ada",
        last_name: "Lovelace",
        email: "ada@example.com",
        phone: "+442079460001",
        orders_cents: &[12_000, 7_990, 4_990],
        refund_cents: 2_000,
    },
    Person {
        first_name: "Zoë 🌈👩‍🚀",
        last_name: "Brontë",
        email: "zoe@example.com",
        phone: "",
        orders_cents: &[51_990],
        refund_cents: 0,
    },
    Person {
        first_name: "نور",
        last_name: "الهدى",
        email: "nour@example.com",
        phone: "+97144460002",
        orders_cents: &[9_999, 1],
        refund_cents: 0,
    },
    Person {
        first_name: "小龍",
        last_name: "李",
        email: "lee@example.com",
        phone: "",
        orders_cents: &[3_350],
        refund_cents: 3_350,
    },
    Person {
        first_name: "Seán \"Jack\"",
        last_name: "O’Brien-Smith",
        email: "sean@example.com",
        phone: "",
        orders_cents: &[],
        refund_cents: 0,
    },
];

/// The one whom the CRM refuses.
pub(crate) const REFUSED: Person = Person {
    first_name: "Grace",
    last_name: "Hopper",
    email: "grace@example.com",
    phone: "+12025550143",
    orders_cents: &[25_000],
    refund_cents: 0,
};

/// The one whom the CRM refuses too, and of whom nobody thinks any more.
pub(crate) const FORGOTTEN: Person = Person {
    first_name: "Mary",
    last_name: "Somerville",
    email: "mary@example.com",
    phone: "",
    orders_cents: &[8_400],
    refund_cents: 0,
};

/// An amount as Shopify writes it.
pub(crate) fn amount(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_cents() {
        assert_eq!(amount(1), "0.01");
        assert_eq!(amount(12_345), "123.45");
    }

    #[test]
    fn a_refund_is_taken_off_what_was_spent() {
        assert_eq!(ORDINARY[0].spent_cents(), 22_980);
        assert_eq!(ORDINARY[3].spent_cents(), 0);
    }
}
