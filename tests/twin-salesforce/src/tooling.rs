//! `tooling/sobjects/CustomField`: new fields, which nobody sees until they are granted.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    field::{Field, FieldKind as K},
    refusal::Refusal,
    state::State,
    write::How,
};

/// External ids an object may have (help 000385134).
const MOST_KEYS: usize = 25;

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "FullName")]
    full_name: String,
    #[serde(rename = "Metadata")]
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "they are the flags of a definition")]
struct Metadata {
    label: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    length: Option<usize>,
    precision: Option<u32>,
    scale: Option<u32>,
    visible_lines: Option<u32>,
    #[serde(default)]
    external_id: bool,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    required: bool,
    default_value: Option<Value>,
    value_set: Option<Value>,
}

/// A definition as it is sent: the object it is made on, and the field.
pub(crate) fn definition(body: &[u8]) -> Result<(String, Field), Refusal> {
    let body: Body = serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))?;
    let (object, name) = body
        .full_name
        .split_once('.')
        .ok_or_else(|| wrong("FullName", "FullName needs an object and a name"))?;
    Ok((object.to_owned(), body.metadata.field(name)?))
}

pub(crate) fn create_field(state: &mut State, body: &[u8], how: &How) -> Result<Answer, Refusal> {
    let (object, field) = definition(body)?;
    let id = state.add_field(&object, field, how.now_ms)?;
    Ok(Answer::created(json!({"id": id, "success": true, "errors": [], "warnings": [], "infos": []})))
}

fn wrong(field: &str, words: &str) -> Refusal {
    Refusal::of_fields("FIELD_INTEGRITY_EXCEPTION", words, &[field])
}

impl State {
    /// Adds a field to an object (those of tasks are made on Activity); gives the id of its definition.
    pub(crate) fn add_field(&mut self, object: &str, field: Field, now_ms: i64) -> Result<String, Refusal> {
        let activity = object.eq_ignore_ascii_case("Activity");
        if object.eq_ignore_ascii_case("Task") {
            return Err(wrong(
                "FullName",
                "Entity Enumeration Or ID: bad value for restricted picklist field: Task",
            ));
        }
        let named = if activity { "Task" } else { object };
        let words = format!("Entity Enumeration Or ID: bad value for restricted picklist field: {object}");
        let table = self.table_mut(named).ok_or_else(|| wrong("FullName", &words))?;
        let developer_name = field.name.trim_end_matches("__c").to_owned();
        if table.field(&field.name).is_some() {
            let words = format!("There is already a field named {developer_name} on {}.", table.name);
            return Err(Refusal::of_fields("DUPLICATE_DEVELOPER_NAME", words, &["DeveloperName"]));
        }
        check(table.fields(), &field, activity)?;
        table.add(field);
        let values = [
            ("DeveloperName", json!(developer_name)),
            ("TableEnumOrId", json!(if activity { "Activity" } else { table.name })),
        ];
        Ok(self.place("CustomField", &values, now_ms))
    }
}

fn check(fields: &[Field], field: &Field, activity: bool) -> Result<(), Refusal> {
    let keys = fields.iter().filter(|own| own.external_id).count();
    if field.external_id && keys >= MOST_KEYS {
        return Err(wrong("externalId", "The object has as many external id fields as it may have"));
    }
    if activity && field.unique {
        return Err(wrong("unique", "Unique fields are not supported on Activity"));
    }
    Ok(())
}

impl Metadata {
    fn field(&self, name: &str) -> Result<Field, Refusal> {
        let plain = name.strip_suffix("__c").filter(|base| is_developer_name(base));
        if plain.is_none() {
            return Err(wrong(
                "FullName",
                "The name needs letters, digits and single underscores, and ends with __c",
            ));
        }
        let label = self.label.clone().ok_or_else(|| Refusal::required(&["MasterLabel"]))?;
        let bare = self.kind(name)?;
        if (self.external_id || self.unique) && !can_be_key(bare.kind) {
            return Err(wrong("externalId", "This field type can be no external id and not unique"));
        }
        let text = |value: &Value| {
            value.as_str().map_or_else(|| value.to_string(), |text| text.trim_matches('\'').to_owned())
        };
        Ok(Field {
            label,
            external_id: self.external_id,
            unique: self.unique,
            case_sensitive: self.case_sensitive,
            required: self.required,
            default: self
                .default_value
                .as_ref()
                .filter(|value| !value.is_null())
                .map(text)
                .or(bare.default.clone()),
            ..bare
        })
    }

    fn kind(&self, name: &str) -> Result<Field, Refusal> {
        let field = |kind| Field::new(name, kind);
        Ok(match self.kind.as_str() {
            "Text" => field(K::String).long(self.length(255)?),
            "TextArea" => field(K::TextArea),
            "LongTextArea" | "Html" if self.visible_lines.is_none() => {
                return Err(wrong("visibleLines", "visibleLines must be specified"));
            }
            "LongTextArea" | "Html" => field(K::TextArea).long(self.length(131_072)?),
            "Number" => self.number(field(K::Double))?,
            "Currency" => self.number(field(K::Currency))?,
            "Percent" => self.number(field(K::Percent))?,
            "Checkbox" if self.default_value.is_none() => {
                return Err(wrong(
                    "defaultValue",
                    "Must specify 'defaultValue' for a CustomField of type Checkbox",
                ));
            }
            "Checkbox" => field(K::Boolean),
            "Date" => field(K::Date),
            "DateTime" => field(K::DateTime),
            "Email" => field(K::Email).long(80),
            "Phone" => field(K::Phone).long(40),
            "Url" => field(K::Url),
            "Picklist" => self.picks(field(K::Picklist))?,
            "MultiselectPicklist" => self.picks(field(K::MultiPicklist).long(4_099))?,
            other => {
                return Err(wrong(
                    "type",
                    &format!("'{other}' is not a valid value for the enum 'FieldType'"),
                ));
            }
        })
    }

    fn length(&self, most: usize) -> Result<usize, Refusal> {
        let length = self
            .length
            .ok_or_else(|| wrong("length", "Must specify 'length' for a CustomField of this type"))?;
        let fits = (1..=most).contains(&length);
        if fits { Ok(length) } else { Err(wrong("length", &format!("Length must be between 1 and {most}"))) }
    }

    fn number(&self, field: Field) -> Result<Field, Refusal> {
        let (Some(all), Some(behind)) = (self.precision, self.scale) else {
            return Err(wrong(
                "precision",
                "Must specify 'precision' and 'scale' for a CustomField of this type",
            ));
        };
        let fits = (1..=18).contains(&all) && behind <= all;
        if fits {
            Ok(field.digits(all, behind))
        } else {
            Err(wrong("precision", "Precision is between 1 and 18, and not less than scale"))
        }
    }

    fn picks(&self, field: Field) -> Result<Field, Refusal> {
        let set = self
            .value_set
            .as_ref()
            .ok_or_else(|| wrong("valueSet", "Must specify 'valueSet' for a picklist"))?;
        let values = set["valueSetDefinition"]["value"].as_array().cloned().unwrap_or_default();
        let names: Vec<&str> = values
            .iter()
            .filter_map(|value| value["fullName"].as_str().or(value["valueName"].as_str()))
            .collect();
        Ok(Field { restricted: set["restricted"] == json!(true), ..field.picks(&names) })
    }
}

fn is_developer_name(name: &str) -> bool {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    letters && starts && !name.ends_with('_') && !name.contains("__") && name.len() <= 40
}

/// Text, numbers and e-mail addresses can be external ids and unique.
fn can_be_key(kind: K) -> bool {
    matches!(kind, K::String | K::Double | K::Email)
}
