//! The control API, `/_twin/...`: the hand of the test and the demo.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::Answer;
use crate::workspace::Workspace;

type Controlled = Result<Answer, (u16, String)>;

/// Answers one control call.
pub(crate) fn answer(workspace: &Workspace, method: &str, path: &str, body: &[u8]) -> Answer {
    let segments: Vec<&str> = path.split('/').collect();
    let answered = match (method, segments.as_slice()) {
        ("GET", ["hooks"]) => Ok(told(&workspace.hooks())),
        ("PUT", ["hooks"]) => add_hooks(workspace, body),
        ("DELETE", ["hooks", channel]) => revoke(workspace, channel),
        ("GET", ["messages"]) => Ok(told(&workspace.all_messages())),
        ("DELETE", ["messages"]) => {
            workspace.forget_messages();
            Ok(empty())
        }
        ("GET", ["calls"]) => Ok(told(&workspace.calls())),
        ("DELETE", ["calls"]) => {
            workspace.forget_calls();
            Ok(empty())
        }
        ("GET", ["faults"]) => Ok(told(&workspace.faults())),
        ("PUT", ["faults"]) => set_faults(workspace, body),
        ("DELETE", ["faults"]) => workspace.set_faults(Vec::new()).map(|()| empty()).map_err(bad),
        ("GET", ["settings"]) => Ok(told(&workspace.settings())),
        ("PUT", ["settings"]) => set_settings(workspace, body),
        ("POST", ["clock"]) => advance(workspace, body),
        _ => Err((404, format!("the twin has no {method} /_twin/{path}; its README lists the paths"))),
    };
    answered.unwrap_or_else(|(status, words)| Answer::Json { status, body: json!({"error": words}) })
}

fn add_hooks(workspace: &Workspace, body: &[u8]) -> Controlled {
    let hooks: BTreeMap<String, String> = parsed(body)?;
    for (channel, path) in &hooks {
        workspace.add_hook(channel, path).map_err(|error| bad(format!("{channel}: {error}")))?;
    }
    Ok(told(&workspace.hooks()))
}

fn revoke(workspace: &Workspace, channel: &str) -> Controlled {
    let is_there = workspace.revoke(channel);
    if is_there { Ok(empty()) } else { Err((404, format!("there is no hook of {channel}"))) }
}

fn set_faults(workspace: &Workspace, body: &[u8]) -> Controlled {
    workspace.set_faults(parsed(body)?).map_err(bad)?;
    Ok(told(&workspace.faults()))
}

fn set_settings(workspace: &Workspace, body: &[u8]) -> Controlled {
    workspace.set_settings(parsed(body)?);
    Ok(told(&workspace.settings()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u32,
}

fn advance(workspace: &Workspace, body: &[u8]) -> Controlled {
    let Advance { advance_ms } = parsed(body)?;
    workspace.clock().advance_ms(i64::from(advance_ms));
    Ok(told(&json!({"now_ms": workspace.clock().now_ms()})))
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, (u16, String)> {
    serde_json::from_slice(body)
        .map_err(|error| bad(format!("the body is not what this path takes: {error}")))
}

fn bad(words: String) -> (u16, String) {
    (400, words)
}

fn told<T: Serialize>(value: &T) -> Answer {
    Answer::Json { status: 200, body: json!(value) }
}

fn empty() -> Answer {
    Answer::text(204, "")
}
