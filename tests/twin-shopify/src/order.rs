//! An order, its lines and its refunds.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::customer::Address;

/// An order as the shop holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Numeric id; may exceed 2^53.
    pub id: u64,
    /// `#1001`.
    pub name: String,
    /// The number in the name.
    pub number: u64,
    /// When it was made here.
    pub created_at: Timestamp,
    /// When it last changed; whole seconds.
    pub updated_at: Timestamp,
    /// When it was placed; an import may have placed it earlier.
    pub processed_at: Timestamp,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// `customer`, `fraud`, `inventory`, `declined`, `staff`, `other`.
    pub cancel_reason: Option<String>,
    /// When it was archived.
    pub closed_at: Option<Timestamp>,
    /// Test orders count for nothing.
    pub test: bool,
    /// Who bought; `None` for a guest.
    pub customer: Option<u64>,
    /// The e-mail given at the checkout.
    pub email: Option<String>,
    /// The phone given at the checkout.
    pub phone: Option<String>,
    /// Currency of the shop.
    pub currency: String,
    /// What was to be paid at first.
    pub total: Decimal,
    /// Taxes in it.
    pub tax: Decimal,
    /// Discounts taken off.
    pub discounts: Decimal,
    /// Shipping in it.
    pub shipping: Decimal,
    /// REST word: `paid`, `pending`, `partially_refunded`, ...; `None` where a payload gave none.
    pub financial: Option<String>,
    /// REST word: `fulfilled`, `partial`, `restocked`; `None` is unfulfilled.
    pub fulfilment: Option<String>,
    /// When each fulfilment was made, with its id.
    pub fulfilments: Vec<(u64, Timestamp)>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Money that went back.
    pub refunds: Vec<Refund>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Who pays.
    pub billing_address: Option<Address>,
    /// Joins the order to its checkout.
    pub checkout_token: Option<String>,
    /// Joins the order to its cart.
    pub cart_token: Option<String>,
    /// The order's own token (in its status page's address).
    pub token: String,
    /// Tags of the order.
    pub tags: Vec<String>,
    /// The buyer's note.
    pub note: Option<String>,
    /// `web`, `pos`, `shopify_draft_order`, ...
    pub source_name: String,
    /// Payment gateways used.
    pub gateways: Vec<String>,
    /// Address the buyer came from.
    pub browser_ip: Option<String>,
    /// Codes used.
    pub discount_codes: Vec<String>,
    /// Known only by id (a payload named it); counts for nothing until its own payload comes.
    pub(crate) named_only: bool,
}

impl Order {
    /// An order of which nothing is known but the id.
    pub(crate) fn unknown(id: u64, currency: &str, now: Timestamp) -> Self {
        Self {
            id,
            name: format!("#{}", id % 1_000_000),
            number: id % 1_000_000,
            created_at: now,
            updated_at: now,
            processed_at: now,
            cancelled_at: None,
            cancel_reason: None,
            closed_at: None,
            test: false,
            customer: None,
            email: None,
            phone: None,
            currency: currency.to_owned(),
            total: Decimal::ZERO,
            tax: Decimal::ZERO,
            discounts: Decimal::ZERO,
            shipping: Decimal::ZERO,
            financial: None,
            fulfilment: None,
            fulfilments: Vec::new(),
            lines: Vec::new(),
            refunds: Vec::new(),
            shipping_address: None,
            billing_address: None,
            checkout_token: None,
            cart_token: None,
            token: format!("{:032x}", u128::from(id) * 0x9E37_79B9),
            tags: Vec::new(),
            note: None,
            source_name: "web".to_owned(),
            gateways: Vec::new(),
            browser_ip: None,
            discount_codes: Vec::new(),
            named_only: true,
        }
    }

    /// Everything that went back.
    pub fn refunded(&self) -> Decimal {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// Everything that came in, before refunds: nothing while the payment is open or was voided.
    pub fn received(&self) -> Decimal {
        match self.financial.as_deref() {
            Some("pending" | "authorized" | "voided" | "expired" | "unpaid") => Decimal::ZERO,
            _ => self.total,
        }
    }

    /// What the customer has spent on it: what came in less what went back, never below zero.
    pub fn spent(&self) -> Decimal {
        (self.received() - self.refunded()).max(Decimal::ZERO)
    }

    /// What the lines cost together.
    pub(crate) fn subtotal(&self) -> Decimal {
        (self.total - self.tax - self.shipping).max(Decimal::ZERO)
    }

    /// What is still to pay.
    pub(crate) fn outstanding(&self) -> Decimal {
        match self.financial.as_deref() {
            Some("pending" | "authorized" | "unpaid") if self.cancelled_at.is_none() => self.total,
            _ => Decimal::ZERO,
        }
    }

    /// The total after refunds, which is what the order is now worth.
    pub(crate) fn current_total(&self) -> Decimal {
        if self.cancelled_at.is_some() {
            Decimal::ZERO
        } else {
            (self.total - self.refunded()).max(Decimal::ZERO)
        }
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Numeric id.
    pub id: u64,
    /// Product title.
    pub title: String,
    /// Variant title.
    pub variant_title: Option<String>,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// How many.
    pub quantity: u64,
    /// Price of one.
    pub price: Decimal,
    /// Taken off the line as a whole.
    pub discount: Decimal,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Product, if it still exists.
    pub product_id: Option<u64>,
    /// Variant, if it still exists.
    pub variant_id: Option<u64>,
}

/// Money that went back to the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Numeric id.
    pub id: u64,
    /// When.
    pub created_at: Timestamp,
    /// Why, in the merchant's words.
    pub note: Option<String>,
    /// How much.
    pub amount: Decimal,
    /// Id of the transaction that carried it.
    pub transaction_id: u64,
    /// Gateway it went through.
    pub gateway: String,
}
