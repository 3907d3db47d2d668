//! The CRM of a running stand, as the play sees it: whichever it is, a contact has the same names.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::stand::control::Control;
use crate::stand::vendor::Vendor;

/// The fields that the play looks at: its own name, Salesforce's, and whether that is a number. Its own are HubSpot's.
const FIELDS: [(&str, &str, bool); 11] = [
    ("shopify_customer_id", "Shopify_Customer_ID__c", false),
    ("firstname", "FirstName", false),
    ("lastname", "LastName", false),
    ("email", "Email", false),
    ("total_spent", "Shopify_Total_Spent__c", true),
    ("orders_count", "Shopify_Orders_Count__c", true),
    ("last_order_name", "Shopify_Last_Order_Name__c", false),
    ("shopify_customer_tags", "Shopify_Tags__c", false),
    ("shopify_signals", "Shopify_Signals__c", false),
    ("jobtitle", "Title", false),
    ("department", "Department", false),
];

/// What somebody is asked to do about a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    /// The contact's id.
    pub(crate) contact: String,
    /// What is to be done.
    pub(crate) subject: String,
}

/// A twin of a CRM.
#[derive(Debug, Clone)]
pub(crate) struct Crm {
    /// Which one.
    pub(crate) vendor: Vendor,
    twin: Control,
}

impl Crm {
    /// A twin at an address.
    pub(crate) fn at(vendor: Vendor, base: &str) -> Result<Self> {
        Ok(Self { vendor, twin: Control::at(base)? })
    }

    /// Makes it ready; `url` is where it is for the functions.
    pub(crate) async fn furnish(&self, url: &str) -> Result<()> {
        self.vendor.furnish(&self.twin, url).await
    }

    /// All contacts: `id` and `properties`.
    pub(crate) async fn contacts(&self) -> Result<Vec<Value>> {
        let path = match self.vendor {
            Vendor::Hubspot => "/_twin/contacts",
            Vendor::Salesforce => "/_twin/records/Contact",
        };
        let answer = self.twin.get(path).await?;
        let all = answer.as_array().context("the twin gave no list of contacts")?;
        Ok(match self.vendor {
            Vendor::Hubspot => all.clone(),
            Vendor::Salesforce => all.iter().filter(|one| one["deleted"] == false).map(shown).collect(),
        })
    }

    /// All tasks that actions made. (Salesforce keeps notes as tasks too; those have no key of an action.)
    pub(crate) async fn tasks(&self) -> Result<Vec<Task>> {
        let (path, read): (_, fn(&Value) -> Option<Task>) = match self.vendor {
            Vendor::Hubspot => ("/_twin/tasks", hubspot_task),
            Vendor::Salesforce => ("/_twin/records/Task", salesforce_task),
        };
        let answer = self.twin.get(path).await?;
        Ok(answer.as_array().context("the twin gave no list of tasks")?.iter().filter_map(read).collect())
    }

    /// Somebody edits a contact.
    pub(crate) async fn edits(&self, contact: &str, changes: &[(&str, &str)]) -> Result<()> {
        let (path, body) = match self.vendor {
            Vendor::Hubspot => {
                let properties: Map<_, _> = changes.iter().map(|(name, value)| text(name, value)).collect();
                (format!("/_twin/contacts/{contact}"), json!({"properties": properties}))
            }
            Vendor::Salesforce => {
                let fields = changes.iter().map(|(name, value)| field(name, value));
                (format!("/_twin/records/Contact/{contact}"), Value::Object(fields.collect::<Result<_>>()?))
            }
        };
        self.twin.patch(&path, &body).await.map(drop)
    }

    /// Whoever has this address cannot be written, so many calls long.
    pub(crate) async fn refuses(&self, email: &str, calls: u32) -> Result<()> {
        let whom = match self.vendor {
            Vendor::Hubspot => json!({"property": "email", "value": email}),
            Vendor::Salesforce => json!({"field": "Email", "value": email}),
        };
        let fault = json!([{"match": whom, "kind": "unavailable", "times": calls}]);
        self.twin.put("/_twin/faults", &fault).await.map(drop)
    }

    /// Everybody can be written again.
    pub(crate) async fn recovers(&self) -> Result<()> {
        self.twin.delete("/_twin/faults").await.map(drop)
    }

    /// What a rep writes on a contact that no shop writes, and the same in words.
    pub(crate) fn rep_work(&self) -> ([(&'static str, &'static str); 2], &'static str) {
        let title = ("jobtitle", "Chief Astronaut");
        match self.vendor {
            Vendor::Hubspot => ([("hs_lead_status", "IN_PROGRESS"), title], "lead status and job title"),
            Vendor::Salesforce => ([("department", "Space"), title], "department and job title"),
        }
    }
}

fn hubspot_task(task: &Value) -> Option<Task> {
    let contact = &task["contacts"][0];
    let contact = contact.as_str().map_or_else(|| contact.to_string(), str::to_owned);
    Some(Task { contact, subject: task["properties"]["hs_task_subject"].as_str()?.to_owned() })
}

fn salesforce_task(task: &Value) -> Option<Task> {
    let of = |name: &str| task["fields"][name].as_str().map(str::to_owned);
    of("Shopify_Action_Key__c")?;
    Some(Task { contact: of("WhoId")?, subject: of("Subject")? }).filter(|_| task["deleted"] == false)
}

fn text(name: &str, value: &str) -> (String, Value) {
    (name.to_owned(), value.into())
}

fn field(name: &str, value: &str) -> Result<(String, Value)> {
    let known = FIELDS.into_iter().find(|(ours, ..)| *ours == name);
    let (_, theirs, is_number) = known.with_context(|| format!("the play has no field {name}"))?;
    let value = if is_number { json!(value.parse::<f64>()?) } else { value.into() };
    Ok((theirs.to_owned(), value))
}

/// A record of Salesforce as the play sees it; numbers are texts, as HubSpot has them.
fn shown(record: &Value) -> Value {
    let said = |(name, theirs, _): (&str, &str, bool)| {
        let text = match &record["fields"][theirs] {
            Value::String(text) => text.clone(),
            Value::Number(number) => plain(number.as_f64()?),
            _ => return None,
        };
        Some((name.to_owned(), Value::String(text)))
    };
    let properties: Map<_, _> = FIELDS.into_iter().filter_map(said).collect();
    json!({"id": record["id"], "properties": properties})
}

/// `3` and not `3.0`.
fn plain(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand::twins::Twins;

    #[tokio::test]
    async fn a_contact_has_the_same_names_in_either_crm() {
        // As `main` does; a second installation is refused, and would be the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        for vendor in [Vendor::Hubspot, Vendor::Salesforce] {
            let twins = Twins::start(vendor).await.unwrap();
            let crm = Crm::at(vendor, &twins.crm()).unwrap();
            crm.furnish(&twins.crm()).await.unwrap();
            let (path, made) = match vendor {
                Vendor::Hubspot => ("/_twin/contacts", json!({"properties": {"lastname": "Lovelace"}})),
                Vendor::Salesforce => ("/_twin/records/Contact", json!({"LastName": "Lovelace"})),
            };
            crm.twin.post(path, &made).await.unwrap();
            let id = crm.contacts().await.unwrap()[0]["id"].as_str().unwrap().to_owned();
            let (work, _) = crm.rep_work();
            crm.edits(&id, &[("total_spent", "12.5"), ("orders_count", "3"), work[0], work[1]])
                .await
                .unwrap();
            let contact = crm.contacts().await.unwrap().remove(0);
            let expected = [("lastname", "Lovelace"), ("total_spent", "12.5"), ("orders_count", "3")];
            for (name, value) in expected.into_iter().chain([work[1]]) {
                assert_eq!(contact["properties"][name], value, "{vendor:?} {name}");
            }
        }
    }
}
