//! Files as the shop writes them.

use std::num::NonZeroU32;

use bulk::{Arrangement, Believed, Broken, ChecksumKey, Compared, Keep, Limits, Reader, Settings, Told};

/// Lines, each with its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct File(pub(crate) Vec<String>);

impl File {
    /// A customer of whom the shop says that they have so many orders.
    pub(crate) fn customer(mut self, id: u64, orders: u64) -> Self {
        self.0.push(format!(
            "{{\"id\":\"gid:\\/\\/shopify\\/Customer\\/{id}\",\"updatedAt\":\"2026-11-2{}T10:00:00Z\",\"firstName\":\"Zoë\",\"numberOfOrders\":\"{orders}\",\"amountSpent\":{{\"amount\":\"1.0\",\"currencyCode\":\"EUR\"}}}}\n",
            id % 10
        ));
        self
    }

    /// An order of `customer`, placed in second `at`; `more` is further fields, each with a comma after it.
    pub(crate) fn order_with(mut self, customer: u64, id: u64, at: u64, net: &str, more: &str) -> Self {
        self.0.push(format!(
            "{{\"id\":\"gid:\\/\\/shopify\\/Order\\/{id}\",\"name\":\"№{id}\",\"updatedAt\":\"2026-11-20T10:00:00Z\",\"processedAt\":\"2026-11-01T10:00:{at:02}Z\",{more}\"netPaymentSet\":{{\"shopMoney\":{{\"amount\":\"{net}\",\"currencyCode\":\"EUR\"}}}},\"__parentId\":\"gid:\\/\\/shopify\\/Customer\\/{customer}\"}}\n"
        ));
        self
    }

    /// An order of which nothing went back.
    pub(crate) fn order(self, customer: u64, id: u64, at: u64, net: &str) -> Self {
        self.order_with(customer, id, at, net, "\"test\":false,\"refunds\":[],")
    }

    /// An order with refunds of these amounts.
    pub(crate) fn refunded(self, customer: u64, id: u64, net: &str, refunds: &[&str]) -> Self {
        let refund = |amount: &&str| {
            format!(
                "{{\"totalRefundedSet\":{{\"shopMoney\":{{\"amount\":\"{amount}\",\"currencyCode\":\"EUR\"}}}}}}"
            )
        };
        let refunds: Vec<_> = refunds.iter().map(refund).collect();
        self.order_with(customer, id, 0, net, &format!("\"test\":false,\"refunds\":[{}],", refunds.join(",")))
    }

    pub(crate) fn text(&self) -> String {
        self.0.concat()
    }

    /// What the shop says of it.
    pub(crate) fn told(&self) -> Told {
        let roots = self.0.iter().filter(|line| !line.contains("__parentId")).count();
        Told { objects: self.0.len() as u64, roots: roots as u64, bytes: self.text().len() as u64 }
    }

    pub(crate) fn read(&self, settings: Settings) -> Result<Believed, Broken> {
        read(&self.text(), self.told(), settings)
    }
}

/// Three customers: two orders with a refund, none, and one order.
pub(crate) fn three() -> File {
    File::default()
        .customer(7, 2)
        .refunded(7, 71, "10.50", &["2.00", "0.0", "0.25"])
        .order(7, 72, 5, "20")
        .customer(5, 0)
        .customer(9, 1)
        .order(9, 91, 1, "0.1")
}

/// Everybody is kept; four buckets.
pub(crate) fn settings(arrangement: Arrangement) -> Settings {
    Settings {
        source: "gid://shopify/BulkOperation/1".into(),
        key: ChecksumKey::new([3; 16]),
        buckets: NonZeroU32::new(4).unwrap(),
        arrangement,
        keep: Keep::Everybody,
        compared: Compared::default(),
        values: true,
        limits: Limits::default(),
    }
}

pub(crate) fn grouped() -> Settings {
    settings(Arrangement::Grouped)
}

/// Reads at once.
pub(crate) fn read(text: &str, told: Told, settings: Settings) -> Result<Believed, Broken> {
    let mut reader = Reader::new(settings);
    reader.push(text.as_bytes())?;
    reader.finish(told)
}
