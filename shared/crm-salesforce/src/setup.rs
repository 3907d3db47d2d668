//! Our fields in an org: made where they are missing, shown by a permission set, and looked at where they are there.

use std::collections::BTreeMap;

use outbound::Method;
use serde::Deserialize;
use serde_json::json;

use crate::client::Salesforce;
use crate::error::{Of, Refusal};
use crate::fields::{self, Custom, is_key};
use crate::query::{Among, ask};
use crate::setup_error::SetupError;

/// The label and name of the permission set that shows our fields.
pub const PERMISSION_SET: &str = "Counterfoil";

/// What a set-up did. A field is named with its object, such as `Contact.Shopify_Customer_ID__c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The fields that were made.
    pub created: Vec<String>,
    /// The fields that were there.
    pub existing: Vec<String>,
    /// The fields that the permission set shows since now.
    pub granted: Vec<String>,
}

/// A field as a describe has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Described {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    external_id: bool,
    unique: bool,
    updateable: bool,
}

#[derive(Deserialize)]
struct Description {
    fields: Vec<Described>,
}

/// What the integration user sees, by `Object.Field` in small letters.
type Seen = BTreeMap<String, Described>;

/// Makes the fields of people that are missing, shows them by the permission set [`PERMISSION_SET`], and checks those that
/// are there. Can be done again. The permission set is assigned to nobody: where that keeps fields from sight it is said.
pub async fn setup(salesforce: &Salesforce) -> Result<Prepared, SetupError> {
    let prepared = prepare(salesforce, &fields::of_people(salesforce)).await?;
    let words = salesforce.words();
    let seen = seen(salesforce, &[words.object()]).await?;
    for field in words.made() {
        let name = format!("{}.{}", words.object(), words.name(field));
        if !seen.contains_key(&name.to_lowercase()) {
            return Err(SetupError::Missing { field: name });
        }
    }
    Ok(prepared)
}

/// The same for the fields of deals, notes, tasks and companies. An org that has none of them written does not need it.
pub async fn setup_orders(salesforce: &Salesforce) -> Result<Prepared, SetupError> {
    prepare(salesforce, &fields::of_orders(salesforce)).await
}

async fn prepare(salesforce: &Salesforce, wanted: &[Custom]) -> Result<Prepared, SetupError> {
    let mut objects: Vec<_> = wanted.iter().map(|custom| custom.object).collect();
    objects.dedup();
    let before = seen(salesforce, &objects).await?;
    check_present(wanted, &before)?;
    let (mut created, mut existing) = (Vec::new(), Vec::new());
    for custom in wanted {
        let is_new = !before.contains_key(&key(custom)) && create(salesforce, custom).await?;
        if is_new { created.push(full(custom)) } else { existing.push(full(custom)) }
    }
    let now = seen(salesforce, &objects).await?;
    let hidden: Vec<&Custom> = wanted.iter().filter(|custom| !is_open(custom, &now)).collect();
    let granted = grant(salesforce, &hidden).await?;
    let after = if hidden.is_empty() { now } else { seen(salesforce, &objects).await? };
    check(wanted, &after)?;
    Ok(Prepared { created, existing, granted })
}

fn full(custom: &Custom) -> String {
    format!("{}.{}", custom.object, custom.name)
}

fn key(custom: &Custom) -> String {
    full(custom).to_lowercase()
}

/// Whether it can be seen and written.
fn is_open(custom: &Custom, seen: &Seen) -> bool {
    seen.get(&key(custom)).is_some_and(|field| field.updateable)
}

async fn seen(salesforce: &Salesforce, objects: &[&str]) -> Result<Seen, Refusal> {
    let mut all = Seen::new();
    for object in objects {
        let answer = salesforce.get(&format!("sobjects/{object}/describe")).await?;
        let said: Description = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
        let named = |field: Described| (format!("{object}.{}", field.name).to_lowercase(), field);
        all.extend(said.fields.into_iter().map(named));
    }
    Ok(all)
}

/// Whether it is new. One that is there and cannot be seen is not.
async fn create(salesforce: &Salesforce, custom: &Custom) -> Result<bool, Refusal> {
    let body = json!({
        "FullName": format!("{}.{}", custom.made_on, custom.name),
        "Metadata": custom.kind.metadata(&custom.label()),
    });
    match salesforce.call(Method::POST, "tooling/sobjects/CustomField", Some(&body), Of::Call).await {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.reason == "DUPLICATE_DEVELOPER_NAME" => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

/// Shows fields by the permission set, which is made where it is not there. Gives those that it did not show before.
async fn grant(salesforce: &Salesforce, hidden: &[&Custom]) -> Result<Vec<String>, Refusal> {
    if hidden.is_empty() {
        return Ok(Vec::new());
    }
    let set = permission_set(salesforce).await?;
    let question =
        format!("SELECT Field FROM FieldPermissions WHERE ParentId = '{set}' AND PermissionsEdit = TRUE");
    let shown = ask(salesforce, Among::Living, &question).await?;
    let is_shown = |name: &String| shown.iter().any(|one| one.value("Field") == Some(name));
    let mut granted = Vec::new();
    for custom in hidden.iter().filter(|custom| !is_shown(&full(custom))) {
        let body = json!({
            "ParentId": set,
            "SobjectType": custom.object,
            "Field": full(custom),
            "PermissionsRead": true,
            "PermissionsEdit": true,
        });
        salesforce.call(Method::POST, "sobjects/FieldPermissions", Some(&body), Of::Call).await?;
        granted.push(full(custom));
    }
    Ok(granted)
}

async fn permission_set(salesforce: &Salesforce) -> Result<String, Refusal> {
    let question = format!("SELECT Id FROM PermissionSet WHERE Name = '{PERMISSION_SET}'");
    let found = ask(salesforce, Among::Living, &question).await?;
    if let Some(id) = found.first().and_then(crate::decode::Found::id) {
        return Ok(id.as_str().to_owned());
    }
    let body = json!({
        "Name": PERMISSION_SET,
        "Label": PERMISSION_SET,
        "Description": "Shows the fields that Counterfoil keeps true to Shopify.",
    });
    let answer = salesforce.call(Method::POST, "sobjects/PermissionSet", Some(&body), Of::Call).await?;
    crate::bulk::made_id(&answer).ok_or_else(|| Refusal::unanswered(answer.status()))
}

fn check(wanted: &[Custom], seen: &Seen) -> Result<(), SetupError> {
    let hidden: Vec<_> = wanted.iter().filter(|custom| !is_open(custom, seen)).map(full).collect();
    if !hidden.is_empty() {
        return Err(SetupError::Unassigned { permission_set: PERMISSION_SET, fields: hidden });
    }
    check_present(wanted, seen)
}

fn check_present(wanted: &[Custom], seen: &Seen) -> Result<(), SetupError> {
    for custom in wanted {
        let Some(found) = seen.get(&key(custom)) else { continue };
        let expected = custom.kind.described();
        if !custom.kind.takes(&found.kind) {
            return Err(SetupError::WrongType { field: full(custom), expected, found: found.kind.clone() });
        }
        if is_key(custom) && !(found.external_id && found.unique) {
            return Err(SetupError::NoKey { field: full(custom) });
        }
    }
    Ok(())
}
