//! The control API, `/_twin/...`: the hand of the test, the demo and the rep.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer, call::Call, contact::PortalError, fault::Fault, portal::Portal, property::Property,
    row::MergeBody, settings::Settings,
};

type Controlled = Result<Answer, PortalError>;

/// Answers one control call; no token is asked for.
pub(crate) fn answer(portal: &Portal, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    let answered = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["portal"]) => Ok(shown(portal)),
        ("PUT", ["portal"]) => set_up(portal, &call.body),
        ("GET", ["contacts"]) => Ok(Answer::ok(json!(portal.contacts()))),
        ("GET", ["deals"]) => Ok(Answer::ok(json!(portal.deals()))),
        ("GET", ["notes"]) => Ok(Answer::ok(json!(portal.notes()))),
        ("GET", ["tasks"]) => Ok(Answer::ok(json!(portal.tasks()))),
        ("GET", ["companies"]) => Ok(Answer::ok(json!(portal.companies()))),
        ("POST", ["contacts"]) => create(portal, &call.body),
        ("POST", ["contacts", "merge"]) => merge(portal, &call.body),
        ("PATCH", ["contacts", id]) => edit(portal, id, &call.body),
        ("DELETE", ["contacts", id]) => portal.archive(id).map(|()| Answer::NoContent),
        ("GET", ["calls"]) => Ok(Answer::ok(json!(portal.calls()))),
        ("DELETE", ["calls"]) => {
            portal.forget_calls();
            Ok(Answer::NoContent)
        }
        ("GET", ["faults"]) => Ok(Answer::ok(json!(portal.faults()))),
        ("PUT", ["faults"]) => set_faults(portal, &call.body),
        ("DELETE", ["faults"]) => {
            portal.forget_faults();
            Ok(Answer::NoContent)
        }
        ("POST", ["clock"]) => advance(portal, &call.body),
        (method, _) => Err(unknown(method, &call.segments.join("/"))),
    };
    answered.unwrap_or_else(|error| told(&error))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SetUp {
    token: Option<String>,
    token_expired: bool,
    properties: Vec<Property>,
    deal_properties: Vec<Property>,
    note_properties: Vec<Property>,
    task_properties: Vec<Property>,
    company_properties: Vec<Property>,
    deal_stages: BTreeMap<String, String>,
    counterfoil_properties: bool,
    settings: Map<String, Value>,
}

/// Idempotent: what is not named stays, a property that exists stays.
fn set_up(portal: &Portal, body: &[u8]) -> Controlled {
    let wanted: SetUp = parsed(body)?;
    let settings = settings(portal, wanted.settings)?;
    portal.set_settings(settings);
    if let Some(token) = &wanted.token {
        portal.set_token(token);
    }
    if wanted.token_expired {
        portal.expire_token();
    }
    if wanted.counterfoil_properties {
        portal.define_counterfoil_properties();
    }
    let contacts = wanted.properties.into_iter().map(|property| portal.define_property(property));
    let deals = wanted.deal_properties.into_iter().map(|property| portal.define_deal_property(property));
    let notes = wanted.note_properties.into_iter().map(|property| portal.define_note_property(property));
    let tasks = wanted.task_properties.into_iter().map(|property| portal.define_task_property(property));
    let companies =
        wanted.company_properties.into_iter().map(|property| portal.define_company_property(property));
    for defined in contacts.chain(deals).chain(notes).chain(tasks).chain(companies) {
        match defined {
            Err(error) if error.status != 409 => return Err(error),
            _ => {}
        }
    }
    let stages: Vec<_> = wanted.deal_stages.iter().map(|(name, won)| (name.as_str(), won.as_str())).collect();
    portal.define_deal_stages(&stages)?;
    Ok(shown(portal))
}

fn settings(portal: &Portal, changes: Map<String, Value>) -> Result<Settings, PortalError> {
    let mut all = json!(portal.settings());
    for (name, value) in changes {
        all[name] = value;
    }
    serde_json::from_value(all).map_err(|error| bad(format!("settings: {error}")))
}

fn shown(portal: &Portal) -> Answer {
    let contacts = portal.contacts();
    let archived = contacts.iter().filter(|contact| contact.archived).count();
    Answer::ok(json!({
        "portal_id": portal.state().portal_id,
        "settings": portal.settings(),
        "contacts": contacts.len() - archived,
        "archived_contacts": archived,
        "now_ms": portal.clock().now_ms(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    properties: BTreeMap<String, String>,
}

impl Properties {
    fn pairs(&self) -> Vec<(&str, &str)> {
        self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn create(portal: &Portal, body: &[u8]) -> Controlled {
    let id = portal.rep_creates(&parsed::<Properties>(body)?.pairs())?;
    Ok(Answer::created(json!(portal.contact(&id))))
}

fn edit(portal: &Portal, id: &str, body: &[u8]) -> Controlled {
    portal.rep_edits(id, &parsed::<Properties>(body)?.pairs())?;
    Ok(Answer::ok(json!(portal.contact(id))))
}

fn merge(portal: &Portal, body: &[u8]) -> Controlled {
    let MergeBody { primary_object_id, object_id_to_merge } = parsed(body)?;
    let id = portal.merge(&primary_object_id, &object_id_to_merge)?;
    Ok(Answer::ok(json!(portal.contact(&id))))
}

fn set_faults(portal: &Portal, body: &[u8]) -> Controlled {
    let faults: Vec<Fault> = parsed(body)?;
    portal.set_faults(faults)?;
    Ok(Answer::ok(json!(portal.faults())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u32,
}

fn advance(portal: &Portal, body: &[u8]) -> Controlled {
    let Advance { advance_ms } = parsed(body)?;
    portal.clock().advance_ms(i64::from(advance_ms));
    Ok(Answer::ok(json!({"now_ms": portal.clock().now_ms()})))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, PortalError> {
    serde_json::from_slice(body)
        .map_err(|error| bad(format!("the body is not what this path takes: {error}")))
}

fn bad(words: String) -> PortalError {
    PortalError { status: 400, words }
}

fn unknown(method: &str, path: &str) -> PortalError {
    PortalError {
        status: 404,
        words: format!("the twin has no {method} /{path}; its README lists the paths"),
    }
}

fn told(error: &PortalError) -> Answer {
    Answer::Json { status: error.status, body: json!({"error": error.words}) }
}
