//! The access token of each shop, kept until shortly before it expires.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::ShopDomain;
use jiff::{SignedDuration, Timestamp};
use outbound::{Answer, Outbound};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::credentials::Grant;
use super::error::{ShopError, ShopErrorKind};

/// Tokens that were granted, by shop.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    granted: Mutex<BTreeMap<ShopDomain, (SecretString, Timestamp)>>,
}

/// A token is renewed this long before its end, so that it does not end on the way.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    /// Seconds; 86,399 as documented.
    expires_in: i64,
}

impl Tokens {
    /// The token of a shop; `base` is the address of its admin.
    pub(super) async fn token(
        &self,
        outbound: &Outbound,
        shop: &ShopDomain,
        grant: &Grant,
        base: &str,
        now: Timestamp,
    ) -> Result<SecretString, ShopError> {
        match grant {
            Grant::Token(token) => Ok(token.clone()),
            Grant::Client { id, secret } => {
                if let Some(token) = self.kept(shop, now) {
                    return Ok(token);
                }
                let granted = ask(outbound, base, id, secret).await?;
                let ends = now.saturating_add(SignedDuration::from_secs(granted.expires_in)).unwrap_or(now);
                self.keep(shop, granted.access_token.clone(), ends);
                Ok(granted.access_token)
            }
        }
    }

    /// Forgets a token that was refused, so that the next call asks for a new one. Whether there was one to forget.
    pub(super) fn forget(&self, shop: &ShopDomain) -> bool {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner).remove(shop).is_some()
    }

    fn kept(&self, shop: &ShopDomain, now: Timestamp) -> Option<SecretString> {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, ends) = granted.get(shop)?;
        (ends.duration_since(now) > MARGIN).then(|| token.clone())
    }

    fn keep(&self, shop: &ShopDomain, token: SecretString, ends: Timestamp) {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner).insert(shop.clone(), (token, ends));
    }
}

/// `POST /admin/oauth/access_token` (shopify.dev, client-credentials-grant).
async fn ask(outbound: &Outbound, base: &str, id: &str, secret: &SecretString) -> Result<Granted, ShopError> {
    let url = format!("{base}/admin/oauth/access_token");
    let fields =
        [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret.expose_secret())];
    let answer = outbound.form(&url, &fields).await.map_err(ShopError::no_answer)?;
    if !answer.is_success() {
        return Err(refused(&answer));
    }
    answer.json().map_err(|_| ShopError::new(ShopErrorKind::Unauthorized, "unreadable token answer"))
}

fn refused(answer: &Answer) -> ShopError {
    let status = answer.status();
    let kind = match status {
        429 => ShopErrorKind::RateLimited {
            retry_after: answer.retry_after().unwrap_or(std::time::Duration::from_secs(2)),
        },
        500.. => ShopErrorKind::Unavailable,
        _ => ShopErrorKind::Unauthorized,
    };
    ShopError::new(kind, format!("token: HTTP {status}")).of_request(answer.header("x-request-id"))
}
