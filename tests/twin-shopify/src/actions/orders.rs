//! Orders are placed.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    body::order,
    clock::whole_seconds,
    customer::{Address, Customer},
    delivery::Occasion,
    error::TwinError,
    order::{Line, Order},
    shop::Shop,
};

/// An order to place. `..NewOrder::default()` is a paid guest order of nothing.
#[derive(Clone, Debug, Default)]
pub struct NewOrder {
    /// Who buys; `None` is a guest.
    pub customer: Option<u64>,
    /// E-mail given at the checkout; the customer's, if absent.
    pub email: Option<String>,
    /// What is to be paid.
    pub total: Decimal,
    /// `#1001`; the next number, if absent.
    pub name: Option<String>,
    /// What is bought; one line of the whole total, if empty.
    pub lines: Vec<NewLine>,
    /// REST word; `paid`, if absent.
    pub financial_status: Option<String>,
    /// When it was placed; now, if absent (an import may say otherwise).
    pub processed_at: Option<Timestamp>,
    /// A test order counts for nothing.
    pub test: bool,
    /// Tags of the order.
    pub tags: Vec<String>,
    /// `web`, if absent.
    pub source_name: Option<String>,
}

/// One line to buy.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Product title.
    pub title: String,
    /// How many.
    pub quantity: u64,
    /// Price of one.
    pub price: Decimal,
    /// Stock keeping unit.
    pub sku: Option<String>,
}

impl Shop {
    /// Raises orders/create and, where there is a customer, customers/update and `customers/purchasing_summary`.
    pub(crate) fn create_order(&mut self, new: NewOrder, now: Timestamp) -> Result<u64, TwinError> {
        if new.total < Decimal::ZERO {
            return Err(TwinError::invalid(format!(
                "`total` is {}; send an amount of zero or more",
                new.total
            )));
        }
        let buyer = new.customer.map(|id| self.known_customer(id)).transpose()?;
        let occasion = self.occasion(now);
        let buyer = buyer.map(|found| self.with_address(found));
        let placed = self.placed(new, buyer.as_ref(), now);
        let id = placed.id;
        self.put_order(placed.clone());
        if let Some(mut held) = buyer {
            held.updated_at = whole_seconds(now);
            self.put_customer(held);
        }
        self.raise(&occasion, "orders/create", |shop| order::full(shop, &placed));
        self.sales_changed(&occasion, placed.customer);
        Ok(id)
    }

    /// A customer's sales history changed: customers/update and `customers/purchasing_summary`.
    pub(super) fn sales_changed(&mut self, occasion: &Occasion, customer: Option<u64>) {
        if let Some(held) = customer.and_then(|id| self.customers.get(&id).cloned()) {
            self.update_customer(occasion, (*held).clone());
            self.raise_summary(occasion, held.id);
        }
    }

    /// Shopify makes the first order's address the customer's own.
    fn with_address(&mut self, mut customer: Customer) -> Customer {
        if customer.address.is_none() {
            customer.address =
                Some(self.some_address(customer.first_name.clone(), customer.last_name.clone()));
        }
        customer
    }

    fn some_address(&mut self, first_name: Option<String>, last_name: Option<String>) -> Address {
        const PLACES: [(&str, &str, &str, &str); 4] = [
            ("14 Mill Lane", "Portland", "Oregon", "OR"),
            ("200 Pine Street", "Seattle", "Washington", "WA"),
            ("7 Harbor Road", "Boston", "Massachusetts", "MA"),
            ("91 Cedar Avenue", "Austin", "Texas", "TX"),
        ];
        let (street, city, province, code) = PLACES[self.chance.below(PLACES.len())];
        let own = |text: &str| Some(text.to_owned());
        Address {
            id: self.new_id(),
            first_name,
            last_name,
            address1: own(street),
            city: own(city),
            province: own(province),
            province_code: own(code),
            country: own("United States"),
            country_code: own("US"),
            zip: Some(format!("{:05}", 10_000 + self.chance.below(80_000))),
            ..Address::default()
        }
    }

    fn placed(&mut self, new: NewOrder, buyer: Option<&Customer>, now: Timestamp) -> Order {
        let mut order = Order::unknown(self.new_id(), &self.settings.currency, whole_seconds(now));
        order.named_only = false;
        order.number = self.new_number();
        order.name = new.name.unwrap_or_else(|| format!("#{}", order.number));
        order.processed_at = new.processed_at.unwrap_or(order.created_at);
        order.customer = buyer.map(|held| held.id);
        order.email = new.email.or_else(|| buyer.and_then(|held| held.email.clone()));
        order.phone = buyer.and_then(|held| held.phone.clone());
        order.total = new.total;
        order.financial = Some(new.financial_status.unwrap_or_else(|| "paid".to_owned()));
        order.test = new.test;
        order.tags = new.tags;
        order.source_name = new.source_name.unwrap_or(order.source_name);
        order.lines = self.lines(new.lines, new.total);
        self.dress(&mut order, buyer);
        order
    }

    /// What a checkout leaves on an order: tokens, addresses, payment, origin.
    fn dress(&mut self, order: &mut Order, buyer: Option<&Customer>) {
        let own = buyer.and_then(|held| held.address.clone());
        let address = own.unwrap_or_else(|| self.some_address(Some("Guest".to_owned()), None));
        order.shipping_address = Some(address.clone());
        order.billing_address = Some(address);
        order.token = self.chance.hex();
        order.checkout_token = Some(self.chance.hex());
        order.cart_token = Some(self.chance.hex());
        order.gateways = vec!["shopify_payments".to_owned()];
        order.browser_ip = Some(format!("203.0.113.{}", 1 + self.chance.below(254)));
    }

    fn lines(&mut self, new: Vec<NewLine>, total: Decimal) -> Vec<Line> {
        let whole = || NewLine {
            title: "Sample item".to_owned(),
            quantity: 1,
            price: total,
            sku: Some("ITEM-1".to_owned()),
        };
        let lines = if new.is_empty() { vec![whole()] } else { new };
        lines.into_iter().map(|line| self.line(line)).collect()
    }

    fn line(&mut self, new: NewLine) -> Line {
        Line {
            id: self.new_id(),
            title: new.title,
            variant_title: None,
            sku: new.sku,
            quantity: new.quantity,
            price: new.price,
            discount: Decimal::ZERO,
            vendor: Some(self.domain.split('.').next().unwrap_or_default().to_owned()),
            product_id: Some(self.new_id()),
            variant_id: Some(self.new_id()),
        }
    }
}
