//! The session that our credentials open: kept, and renewed once for all who find it ended.

use std::sync::Arc;

use jiff::Timestamp;
use outbound::Outbound;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::config::{Grant, SalesforceConfig};
use crate::error::{Refusal, Scope};
use crate::jwt;

/// What the token endpoint gave. It does not say until when: how long a session lives is the org's policy.
#[derive(Debug)]
pub(crate) struct Session {
    /// The whole header, so that it is put together once.
    pub(crate) authorization: SecretString,
    /// Where the org's API is.
    pub(crate) instance: String,
}

/// The session of one org.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    /// Who waits for the lock finds what was fetched meanwhile.
    kept: Mutex<Option<Arc<Session>>>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    instance_url: String,
}

impl Sessions {
    /// The session, opened where there is none.
    pub(crate) async fn current(
        &self,
        outbound: &Outbound,
        config: &SalesforceConfig,
    ) -> Result<Arc<Session>, Refusal> {
        let mut kept = self.kept.lock().await;
        match &*kept {
            Some(session) => Ok(Arc::clone(session)),
            None => renew(&mut kept, outbound, config).await,
        }
    }

    /// Another session than `ended`: the one that somebody else has opened since, or a new one.
    pub(crate) async fn after(
        &self,
        ended: &Arc<Session>,
        outbound: &Outbound,
        config: &SalesforceConfig,
    ) -> Result<Arc<Session>, Refusal> {
        let mut kept = self.kept.lock().await;
        match &*kept {
            Some(session) if !Arc::ptr_eq(session, ended) => Ok(Arc::clone(session)),
            _ => renew(&mut kept, outbound, config).await,
        }
    }
}

async fn renew(
    kept: &mut Option<Arc<Session>>,
    outbound: &Outbound,
    config: &SalesforceConfig,
) -> Result<Arc<Session>, Refusal> {
    *kept = None;
    let session = Arc::new(open(outbound, config).await?);
    *kept = Some(Arc::clone(&session));
    Ok(session)
}

/// `POST /services/oauth2/token` (help.salesforce.com, OAuth 2.0 client credentials flow and JWT bearer flow). It writes
/// nothing, so a request without an answer is nothing worse than no token.
async fn open(outbound: &Outbound, config: &SalesforceConfig) -> Result<Session, Refusal> {
    let url = format!("{}/services/oauth2/token", config.login);
    let answer = match &config.grant {
        Grant::Secret(secret) => {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_id", &config.client_id),
                ("client_secret", secret.expose_secret().trim()),
            ];
            outbound.form(&url, &fields).await
        }
        Grant::Key(user, key) => {
            let word = jwt::assertion(key, &config.client_id, user, config.audience, Timestamp::now());
            let word = word.ok_or_else(|| unavailable("token: not signed"))?;
            let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
            outbound.form(&url, &[("grant_type", kind), ("assertion", word.expose_secret())]).await
        }
    };
    let answer = answer.map_err(|error| Refusal::of_transport(error).before_anything())?;
    if !answer.is_success() {
        return Err(Refusal::of_token(answer.status(), &answer.json().unwrap_or_default()));
    }
    let granted: Granted = answer.json().map_err(|_| unavailable("token: unreadable answer"))?;
    session(&granted, &config.login)
}

/// A token never goes out without TLS, but where we were told to speak without (a twin).
fn session(granted: &Granted, login: &str) -> Result<Session, Refusal> {
    let is_safe = granted.instance_url.starts_with("https://")
        || (login.starts_with("http://") && granted.instance_url.starts_with("http://"));
    if !is_safe {
        return Err(Refusal::new(
            crm::CrmErrorKind::Unauthorized,
            Scope::Everyone,
            "token: instance_url is no https address",
        ));
    }
    Ok(Session {
        authorization: SecretString::from(format!("Bearer {}", granted.access_token.expose_secret())),
        instance: granted.instance_url.trim_end_matches('/').to_owned(),
    })
}

fn unavailable(code: &'static str) -> Refusal {
    Refusal::new(crm::CrmErrorKind::Unavailable, Scope::Everyone, code)
}
