//! The twin itself: shops, a clock, a seed.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    bucket::Bucket,
    clock::Clock,
    error::TwinError,
    handle::ShopHandle,
    http,
    shop::{Shop, ShopSettings},
};

/// A small Shopify. Cloning shares the shops.
#[derive(Clone)]
pub struct Twin(Arc<Inner>);

struct Inner {
    clock: Clock,
    seed: u64,
    shops: Mutex<BTreeMap<String, Shop>>,
}

impl Twin {
    /// No shops yet, this computer's clock, and chance from `seed`.
    pub fn new(seed: u64) -> Self {
        Self::with_clock(seed, Clock::wall())
    }

    /// The same with a clock of your own; see [`HandClock`](crate::HandClock).
    pub fn with_clock(seed: u64, clock: Clock) -> Self {
        Self(Arc::new(Inner { clock, seed, shops: Mutex::new(BTreeMap::new()) }))
    }

    /// Opens a shop, or gives an open one new settings; its objects stay.
    pub fn open_shop(&self, domain: &str, settings: ShopSettings) -> ShopHandle {
        let (now, seed) = (self.now(), self.0.seed);
        let mut shops = self.0.shops.lock().unwrap_or_else(PoisonError::into_inner);
        match shops.get_mut(domain) {
            Some(shop) => {
                shop.bucket = Bucket::new(settings.bucket_size, settings.restore_rate, now);
                shop.settings = settings;
            }
            None => drop(shops.insert(domain.to_owned(), Shop::new(domain, settings, seed, now))),
        }
        ShopHandle::new(self.clone(), domain)
    }

    /// An open shop.
    pub fn shop(&self, domain: &str) -> Result<ShopHandle, TwinError> {
        self.within(domain, |_, _| ())?;
        Ok(ShopHandle::new(self.clone(), domain))
    }

    /// Admin GraphQL, the token endpoint and the control API. A lost answer unwinds the connection's task, so serve it
    /// over a socket (see [`Twin::spawn`]) where that fault is used.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }

    /// Serves on a free port of 127.0.0.1 until the answer is dropped.
    pub async fn spawn(&self) -> io::Result<Running> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let router = self.router();
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Running { address, task })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Works on one shop while nobody else does. Never held over an await.
    pub(crate) fn within<T>(
        &self,
        domain: &str,
        work: impl FnOnce(&mut Shop, Timestamp) -> T,
    ) -> Result<T, TwinError> {
        let now = self.now();
        let mut shops = self.0.shops.lock().unwrap_or_else(PoisonError::into_inner);
        let shop = shops.get_mut(domain);
        let missing = || {
            TwinError::not_found(format!("shop {domain:?} is not open; PUT /_twin/shops/{domain} opens it"))
        };
        shop.map(|shop| work(shop, now)).ok_or_else(missing)
    }
}

/// A twin that is being served; dropping it stops.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Running {
    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
