//! A shop on a clock that is moved by hand, and a plain way to ask a server something.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use twin_shopify::{HandClock, NewOrder, ShopHandle, ShopSettings, Twin};

pub(crate) const DOMAIN: &str = "demo.myshopify.com";

pub(crate) struct World {
    pub(crate) twin: Twin,
    pub(crate) shop: ShopHandle,
    pub(crate) clock: HandClock,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = HandClock::at("2026-11-24T02:00:00.123456789Z".parse().unwrap());
        let twin = Twin::with_clock(7, clock.clock());
        let shop = twin.open_shop(DOMAIN, ShopSettings::default());
        Self { twin, shop, clock }
    }

    pub(crate) fn ada(&self) -> u64 {
        let fill = |customer: &mut twin_shopify::Customer| {
            customer.first_name = Some("Ada".into());
            customer.last_name = Some("Lovelace".into());
            customer.email = Some("ada@example.com".into());
            customer.phone = Some("+15550100".into());
            customer.tags = vec!["vip".into(), "b2b".into()];
        };
        self.shop.create_customer(fill).unwrap()
    }

    pub(crate) fn order(&self, customer: u64, total: &str) -> u64 {
        self.shop
            .create_order(NewOrder {
                customer: Some(customer),
                total: total.parse().unwrap(),
                ..NewOrder::default()
            })
            .unwrap()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) fn ask(&self, query: &str, variables: Value) -> Value {
        self.shop.graphql("2026-10", &json!({ "query": query, "variables": variables })).unwrap()
    }

    /// Topics and bodies that wait, emptied.
    pub(crate) fn raised(&self) -> Vec<(String, Value)> {
        let taken = self.shop.take_pending().unwrap();
        taken.into_iter().map(|one| (one.topic, serde_json::from_slice(&one.body).unwrap())).collect()
    }

    pub(crate) fn topics(&self) -> Vec<String> {
        self.raised().into_iter().map(|(topic, _)| topic).collect()
    }
}

pub(crate) fn customer(id: u64) -> String {
    format!("gid://shopify/Customer/{id}")
}

/// Status, head and body of an answer; None where the connection was closed without one.
pub(crate) async fn call(
    address: std::net::SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<(u16, String, String)> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let extra: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let extra = extra.concat();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: twin\r\nconnection: close\r\ncontent-length: {}\r\n{extra}\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head[9..12].parse().unwrap(), head.to_owned(), body.to_owned()))
}

/// A file of Shopify's own, where the reference material lies beside the checkout.
pub(crate) fn beside(rest: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/shopify").join(rest)
}
