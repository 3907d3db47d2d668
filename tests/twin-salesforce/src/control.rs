//! The control API, `/_twin/...`: the hand of the test, the demo and the rep.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    entry::OrgError,
    fault::Fault,
    field::{Field, FieldKind},
    org::Org,
    rule::ValidationRule,
    settings::Settings,
};

type Controlled = Result<Answer, OrgError>;

/// Answers one control call; no session is asked for.
pub(crate) fn answer(org: &Org, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    let answered = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["org"]) => Ok(shown(org)),
        ("PUT", ["org"]) => set_up(org, &call.body),
        (_, ["records", rest @ ..]) => records(org, &call.method, rest, call),
        ("POST", ["locks"]) => lock(org, &call.body),
        ("GET", ["calls"]) => Ok(Answer::ok(json!(org.calls()))),
        ("GET", ["requests"]) => Ok(Answer::ok(json!(org.requests()))),
        ("DELETE", ["calls" | "requests"]) => {
            org.forget_calls();
            Ok(Answer::Bare { status: 204 })
        }
        ("GET", ["faults"]) => Ok(Answer::ok(json!(org.faults()))),
        ("PUT", ["faults"]) => set_faults(org, parsed(&call.body)),
        ("DELETE", ["faults"]) => set_faults(org, Ok(Vec::new())),
        ("POST", ["clock"]) => advance(org, &call.body),
        (method, _) => Err(unknown(method, &call.segments.join("/"))),
    };
    answered.unwrap_or_else(|error| told(&error))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SetUp {
    token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    public_key: Option<String>,
    sessions_expired: bool,
    refuses_everybody: Option<bool>,
    fields: Vec<NewField>,
    custom_fields: Vec<Value>,
    rules: Vec<ValidationRule>,
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewField {
    object: String,
    name: String,
    #[serde(rename = "type")]
    kind: FieldKind,
    length: Option<usize>,
    #[serde(default)]
    external_id: bool,
    #[serde(default)]
    unique: bool,
}

/// Idempotent: what is not named stays, a field that exists stays.
fn set_up(org: &Org, body: &[u8]) -> Controlled {
    let wanted: SetUp = parsed(body)?;
    org.set_settings(settings(org, wanted.settings)?);
    if let (Some(id), Some(secret)) = (&wanted.client_id, &wanted.client_secret) {
        org.set_client(id, secret);
    }
    if wanted.public_key.as_ref().is_some_and(|pem| !org.set_public_key(pem)) {
        return Err(OrgError::bad("public_key: this is no PEM of a public key"));
    }
    if wanted.sessions_expired {
        org.expire_sessions();
    }
    if let Some(token) = &wanted.token {
        org.open_session(token);
    }
    if let Some(refuses) = wanted.refuses_everybody {
        org.refuse_everybody(refuses);
    }
    wanted.fields.iter().try_for_each(|field| define(org, field))?;
    wanted.custom_fields.iter().try_for_each(|field| unless_there(org.define(field)))?;
    wanted.rules.into_iter().for_each(|rule| org.add_rule(rule));
    Ok(shown(org))
}

/// A field that is there already is none's fault.
fn unless_there(defined: Result<(), OrgError>) -> Result<(), OrgError> {
    defined.or_else(|error| if error.code == "DUPLICATE_DEVELOPER_NAME" { Ok(()) } else { Err(error) })
}

fn define(org: &Org, new: &NewField) -> Result<(), OrgError> {
    let bare = Field::new(&new.name, new.kind);
    let length = new.length.unwrap_or(bare.length);
    let field = Field { length, external_id: new.external_id, unique: new.unique, ..bare };
    unless_there(org.define_field(&new.object, field))
}

fn settings(org: &Org, changes: Map<String, Value>) -> Result<Settings, OrgError> {
    let mut all = json!(org.settings());
    for (name, value) in changes {
        all[name] = value;
    }
    serde_json::from_value(all).map_err(|error| OrgError::bad(format!("settings: {error}")))
}

fn shown(org: &Org) -> Answer {
    let count = |object: &str| org.records(object).iter().filter(|record| !record.deleted).count();
    Answer::ok(json!({
        "org_id": org.state().org_id,
        "user_id": org.user_id(),
        "username": Org::USERNAME,
        "settings": org.settings(),
        "accounts": count("Account"),
        "contacts": count("Contact"),
        "now_ms": org.clock().now_ms(),
    }))
}

/// `records/{Object}`, `records/{Object}/{id}`, `records/{Object}/merge`.
fn records(org: &Org, method: &str, rest: &[&str], call: &Call) -> Controlled {
    match (method, rest) {
        ("GET", [object]) => Ok(Answer::ok(json!(org.records(object)))),
        ("POST", [object]) => {
            let id = org.rep_creates(object, parsed(&call.body)?)?;
            Ok(Answer::created(json!(org.record(&id))))
        }
        ("POST", [object, id, "restore"]) => {
            org.rep_restores(object, id)?;
            Ok(Answer::ok(json!(org.record(id))))
        }
        ("POST", [object, "merge"]) => merge(org, object, &call.body),
        ("PATCH", [object, id]) => {
            org.rep_edits(object, id, parsed(&call.body)?)?;
            Ok(Answer::ok(json!(org.record(id))))
        }
        ("DELETE", [object, id]) => {
            org.rep_deletes(object, id)?;
            Ok(Answer::Bare { status: 204 })
        }
        (method, _) => Err(unknown(method, &call.segments.join("/"))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    master: String,
    loser: String,
}

fn merge(org: &Org, object: &str, body: &[u8]) -> Controlled {
    let Merge { master, loser } = parsed(body)?;
    org.merge(object, &master, &loser)?;
    Ok(Answer::ok(json!(org.record(&master))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    id: String,
    writes: u32,
}

fn lock(org: &Org, body: &[u8]) -> Controlled {
    let Lock { id, writes } = parsed(body)?;
    org.lock(&id, writes);
    Ok(Answer::Bare { status: 204 })
}

fn set_faults(org: &Org, faults: Result<Vec<Fault>, OrgError>) -> Controlled {
    org.set_faults(faults?)?;
    Ok(Answer::ok(json!(org.faults())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u32,
}

fn advance(org: &Org, body: &[u8]) -> Controlled {
    let Advance { advance_ms } = parsed(body)?;
    org.clock().advance_ms(i64::from(advance_ms));
    Ok(Answer::ok(json!({"now_ms": org.clock().now_ms()})))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, OrgError> {
    serde_json::from_slice(body)
        .map_err(|error| OrgError::bad(format!("the body is not what this path takes: {error}")))
}

fn unknown(method: &str, path: &str) -> OrgError {
    let words = format!("the twin has no {method} /{path}; its README lists the paths");
    OrgError { status: 404, ..OrgError::bad(words) }
}

fn told(error: &OrgError) -> Answer {
    Answer::Json { status: error.status, body: json!({"error": error.words, "code": error.code}) }
}
