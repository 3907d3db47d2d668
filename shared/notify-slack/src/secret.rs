//! The text of the Slack secret: which channel has which hook.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use notify::{Channel, InvalidChannel};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Slack's, and that of Slack for governments (docs.slack.dev, incoming webhooks).
const HOSTS: [&str; 2] = ["https://hooks.slack.com", "https://hooks.slack-gov.com"];

/// All that is wrong with the text. It names channels, and never holds an address or a name that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSlackSecret(Vec<String>);

impl InvalidSlackSecret {
    /// Each mistake, in words.
    pub fn mistakes(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for InvalidSlackSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the Slack secret is not usable: {}; expected {{\"channels\":{{\"sales\":\"https://hooks.slack.com/services/T.../B.../X...\"}}}}",
            self.0.join("; ")
        )
    }
}

impl std::error::Error for InvalidSlackSecret {}

/// The hooks by their channels.
pub(crate) fn hooks(text: &str) -> Result<BTreeMap<Channel, SecretString>, InvalidSlackSecret> {
    let mut mistakes = Vec::new();
    let mut hooks = BTreeMap::new();
    for (n, (name, value)) in channels(text, &mut mistakes).into_iter().enumerate() {
        match hook(n + 1, &name, &value) {
            Ok((channel, _)) if hooks.contains_key(&channel) => {
                mistakes.push(format!("channel `{channel}` is there twice"));
            }
            Ok((channel, url)) => drop(hooks.insert(channel, url)),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(hooks) } else { Err(InvalidSlackSecret(mistakes)) }
}

/// What follows the host.
pub(crate) fn path(url: &str) -> &str {
    HOSTS.iter().find_map(|host| url.strip_prefix(host)).unwrap_or_default()
}

/// What is in `channels`, and what is wrong beside it.
fn channels(text: &str, mistakes: &mut Vec<String>) -> Vec<(String, Value)> {
    let mut found = None;
    for (key, value) in entries::<Box<RawValue>>(text, "it", mistakes) {
        match key.as_str() {
            "channels" if found.is_some() => mistakes.push("`channels` is there twice".to_owned()),
            "channels" => found = Some(entries::<Value>(value.get(), "`channels`", mistakes)),
            other => mistakes.push(format!("{} is not known", shown(other))),
        }
    }
    if found.as_ref().is_none_or(Vec::is_empty) && mistakes.is_empty() {
        mistakes.push("there is no channel in `channels`".to_owned());
    }
    found.unwrap_or_default()
}

/// The words of the parser are not told: they may quote what it read.
fn entries<V: DeserializeOwned>(text: &str, what: &str, mistakes: &mut Vec<String>) -> Vec<(String, V)> {
    let read: Result<Entries<V>, _> = serde_json::from_str(text);
    match read {
        Ok(Entries(entries)) => entries,
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            mistakes.push(format!("{what} is no JSON object (line {line}, column {column})"));
            Vec::new()
        }
    }
}

/// A key, where it is a name; else it may be what should not be shown.
fn shown(key: &str) -> String {
    Channel::new(key).map_or_else(|_| "a key that is no name".to_owned(), |name| format!("`{name}`"))
}

/// The n-th entry of `channels`.
fn hook(n: usize, name: &str, value: &Value) -> Result<(Channel, SecretString), String> {
    let channel = Channel::new(name).map_err(|error: InvalidChannel| format!("channel {n}: {error}"))?;
    let url = value.as_str().ok_or_else(|| format!("the hook of `{channel}` is no text"))?;
    match is_hook(url) {
        Ok(()) => Ok((channel, SecretString::from(url))),
        Err(mistake) => Err(format!("the hook of `{channel}` {mistake}")),
    }
}

fn is_hook(url: &str) -> Result<(), &'static str> {
    if url.trim() != url {
        return Err("has spaces around it");
    }
    if !path(url).starts_with('/') {
        return Err("does not begin with https://hooks.slack.com/ or https://hooks.slack-gov.com/");
    }
    let parts: Vec<_> = path(url).trim_start_matches('/').split('/').collect();
    let is_part = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match parts.as_slice() {
        ["services", ids @ ..] if ids.len() == 3 && ids.iter().all(is_part) => Ok(()),
        ["workflows" | "triggers", ..] => Err("is that of a workflow: use one of an incoming webhook"),
        _ => Err("has another path than /services/T.../B.../X..."),
    }
}

/// An object's entries as they are written, also several of one name.
struct Entries<V>(Vec<(String, V)>);

struct EntriesVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
    type Value = Entries<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let error = hooks(text).unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
        error.mistakes().to_vec()
    }

    #[test]
    fn each_channel_has_its_hook() {
        let text = r#"{"channels":{"sales":"https://hooks.slack.com/services/T1/B1/X1",
                       "gov-ops":"https://hooks.slack-gov.com/services/T2/B2/X2"}}"#;
        let hooks = hooks(text).unwrap();
        let all: Vec<_> =
            hooks.iter().map(|(name, url)| (name.as_str(), path(url.expose_secret()))).collect();
        assert_eq!(all, [("gov-ops", "/services/T2/B2/X2"), ("sales", "/services/T1/B1/X1")]);
    }

    #[test]
    fn every_mistake_is_named_and_no_address_shown() {
        let text = r#"{"channels":{
            "sales":"https://hooks.slack.com/services/T1/B1/X1",
            "sales":"https://hooks.slack.com/services/T1/B1/hush",
            "https://hooks.slack.com/services/hush":"ops",
            "number":7,
            "plain":"http://hooks.slack.com/services/T1/B1/hush",
            "other":"https://hooks.slack.com.evil.example/services/T1/B1/hush",
            "port":"https://hooks.slack.com:444/services/T1/B1/hush",
            "short":"https://hooks.slack.com/services/T1/hush",
            "query":"https://hooks.slack.com/services/T1/B1/hush?a",
            "flow":"https://hooks.slack.com/workflows/T1/B1/1/hush",
            "space":"https://hooks.slack.com/services/T1/B1/hush "},
            "token":"hush", "x hush":1}"#;
        let expected = [
            "`token` is not known",
            "a key that is no name is not known",
            "channel `sales` is there twice",
            "channel 3: the name of a channel is 1 to 80 small letters, digits, - and _, such as sales",
            "the hook of `number` is no text",
            "the hook of `plain` does not begin with https://hooks.slack.com/ or https://hooks.slack-gov.com/",
            "the hook of `other` does not begin with https://hooks.slack.com/ or https://hooks.slack-gov.com/",
            "the hook of `port` does not begin with https://hooks.slack.com/ or https://hooks.slack-gov.com/",
            "the hook of `short` has another path than /services/T.../B.../X...",
            "the hook of `query` has another path than /services/T.../B.../X...",
            "the hook of `flow` is that of a workflow: use one of an incoming webhook",
            "the hook of `space` has spaces around it",
        ];
        assert_eq!(mistakes(text), expected);
    }

    #[test]
    fn a_text_of_another_shape_is_told_as_such() {
        let table = [
            ("", "it is no JSON object (line 1, column 0)"),
            ("\"https://hooks.slack.com/hush\"", "it is no JSON object (line 1, column 30)"),
            ("{\"channels\":\"hush\"}", "`channels` is no JSON object (line 1, column 6)"),
            ("{}", "there is no channel in `channels`"),
            ("{\"channels\":{}}", "there is no channel in `channels`"),
            ("{\"channels\":{},\"channels\":{}}", "`channels` is there twice"),
        ];
        for (text, mistake) in table {
            assert_eq!(mistakes(text), [mistake], "{text}");
        }
    }
}
