//! `POST /services/oauth2/token`: client credentials, and JWT bearer.

use axum::http::header::AUTHORIZATION;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::{answer::Answer, call::Call, jwt, org::Org, state::State};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What the connected app is known by.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// PKCS#1 of the key that signs assertions; without it the signature is not looked at.
    pub(crate) public_key: Option<Vec<u8>>,
    /// Whether the user let the app in.
    pub(crate) approved: bool,
    /// Sessions opened so far.
    pub(crate) opened: u64,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            client_id: Org::CLIENT_ID.to_owned(),
            client_secret: Org::CLIENT_SECRET.to_owned(),
            public_key: None,
            approved: true,
            opened: 0,
        }
    }
}

/// Code and words of a refusal; OAuth errors are one object.
type Refused = (&'static str, &'static str);

pub(crate) fn answer(state: &mut State, call: &Call, now_ms: i64) -> Answer {
    let form = form(call);
    let of = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
    let granted = match of("grant_type") {
        "client_credentials" => client_credentials(state, call, of("client_id"), of("client_secret")),
        JWT_BEARER => jwt::check(&state.keys, of("assertion"), now_ms),
        _ => Err(("unsupported_grant_type", "grant type not supported")),
    };
    match granted {
        Ok(()) => opened(state, call, now_ms),
        Err((error, words)) => {
            Answer::Json { status: 400, body: json!({"error": error, "error_description": words}) }
        }
    }
}

fn form(call: &Call) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&call.body).replace('+', " ");
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// The app's id and secret, in the form or as Basic authorization.
fn client_credentials(state: &State, call: &Call, id: &str, secret: &str) -> Result<(), Refused> {
    let (id, secret) = basic(call).unwrap_or_else(|| (id.to_owned(), secret.to_owned()));
    if id != state.keys.client_id {
        return Err(("invalid_client_id", "client identifier invalid"));
    }
    if secret != state.keys.client_secret {
        return Err(("invalid_client", "invalid client credentials"));
    }
    if state.settings.run_as_user {
        Ok(())
    } else {
        Err(("invalid_grant", "no client credentials user enabled"))
    }
}

fn basic(call: &Call) -> Option<(String, String)> {
    let encoded = call.header(AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn opened(state: &mut State, call: &Call, now_ms: i64) -> Answer {
    state.keys.opened += 1;
    let token = format!("{}!AQ{:08}.twin", &state.org_id[..15], state.keys.opened);
    state.sessions.insert(token.clone(), now_ms + state.settings.session_ms);
    let host = call.header("host").unwrap_or("127.0.0.1");
    Answer::ok(json!({
        "access_token": token,
        "signature": STANDARD.encode(&token),
        "scope": "api",
        "instance_url": format!("http://{host}"),
        "id": format!("http://{host}/id/{}/{}", state.org_id, state.user),
        "token_type": "Bearer",
        "token_format": "opaque",
        "issued_at": now_ms.to_string(),
    }))
}

/// Who the session is: at the address of `id`, and of the user info.
pub(crate) fn identity(state: &State) -> Answer {
    Answer::ok(json!({
        "user_id": state.user,
        "organization_id": state.org_id,
        "username": Org::USERNAME,
        "preferred_username": Org::USERNAME,
        "active": true,
    }))
}
