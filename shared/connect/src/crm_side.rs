//! The CRM's half.

use std::fmt;
use std::sync::Arc;

use crm::Crm;
use crm_hubspot::HubSpot;
use crm_salesforce::Salesforce;
use domain::{FingerprintKey, RecordId, Rulebook};
use outbound::Outbound;

use crate::crm_secret::{Chosen, InvalidCrmSecret, Stored};

/// Where each CRM is reached.
#[derive(Debug, Clone)]
pub struct CrmAddresses {
    /// HubSpot's API; `https://api.hubapi.com` but in tests.
    pub hubspot_endpoint: String,
    /// The dated version of HubSpot's API, such as `2026-03`.
    pub hubspot_version: String,
    /// Where a Salesforce org answers; none but in tests, since the secret names its domain.
    pub salesforce_endpoint: Option<String>,
    /// The version of Salesforce's API, such as `v68.0`.
    pub salesforce_version: String,
}

/// The chosen CRM, and the key of what we remember of it.
pub struct CrmSide {
    /// The CRM.
    pub crm: Arc<dyn Crm>,
    /// The name of its account, under which all functions share its budget.
    pub account: &'static str,
    /// The key of the remembered hashes.
    pub fingerprint_key: FingerprintKey,
    /// Where people see its records: an address that ends where an id begins.
    pages: Option<String>,
}

impl CrmSide {
    /// Where people see a record; none where the secret does not tell.
    pub fn record_url(&self, record: &RecordId) -> Option<String> {
        self.pages.as_ref().map(|pages| format!("{pages}{record}"))
    }
}

impl fmt::Debug for CrmSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CrmSide(..)")
    }
}

/// Opens the CRM that the secret names.
pub fn crm_side(
    outbound: &Outbound,
    at: &CrmAddresses,
    rules: &Rulebook,
    secret: &str,
) -> Result<CrmSide, InvalidCrmSecret> {
    let stored = Stored::parse(secret)?;
    let pages = stored.pages();
    let (crm, account): (Arc<dyn Crm>, _) = match stored.chosen(at, rules)? {
        Chosen::HubSpot(config) => (Arc::new(HubSpot::new(outbound.clone(), config)), "hubspot"),
        Chosen::Salesforce(config) => (Arc::new(Salesforce::new(outbound.clone(), config)), "salesforce"),
    };
    let fingerprint_key = FingerprintKey::new(stored.fingerprint_key());
    Ok(CrmSide { crm, account, fingerprint_key, pages })
}

#[cfg(test)]
mod tests {
    use outbound::Timeouts;
    use serde_json::json;

    use super::*;

    fn open(secret: &str) -> Result<CrmSide, InvalidCrmSecret> {
        let at = CrmAddresses {
            hubspot_endpoint: "http://127.0.0.1:1".into(),
            hubspot_version: "2026-03".into(),
            salesforce_endpoint: None,
            salesforce_version: "v68.0".into(),
        };
        crm_side(&Outbound::new(Timeouts::default()).unwrap(), &at, &Rulebook::default(), secret)
    }

    fn salesforce(fields: &serde_json::Value) -> String {
        json!({"salesforce": fields, "fingerprint_key": "0123456789abcdef"}).to_string()
    }

    #[test]
    fn the_secret_opens_the_crm_or_says_what_is_wrong_without_repeating_it() {
        let side = open(r#"{"hubspot":{"token":"pat"},"fingerprint_key":"0123456789abcdef"}"#).unwrap();
        assert_eq!(side.account, "hubspot");
        for secret in [
            "hush-hush",
            r#"{"hubspot":{"token":""},"fingerprint_key":"0123456789abcdef"}"#,
            r#"{"hubspot":{"token":"hush-hush"},"fingerprint_key":"hush-hush"}"#,
            r#"{"hubspot":{"token":"hush-hush"}}"#,
            r#"{"hubspot":{"token":"x"},"fingerprint_key":"0123456789abcdef","sales":"hush-hush"}"#,
            r#"{"fingerprint_key":"0123456789abcdef"}"#,
        ] {
            let refused = open(secret).unwrap_err().to_string();
            assert!(refused.contains("expected") && !refused.contains("hush-hush"), "{refused}");
        }
    }

    #[test]
    fn a_records_page_is_told_where_the_secret_tells_whose_it_is() {
        let url = |secret: &str| open(secret).unwrap().record_url(&RecordId::new("55"));
        let token = r#"{"hubspot":{"token":"pat"},"fingerprint_key":"0123456789abcdef"}"#;
        assert_eq!(url(token), None);
        let portal = token.replace(r#""pat""#, r#""pat","portal_id":123"#);
        assert_eq!(url(&portal).unwrap(), "https://app.hubspot.com/contacts/123/record/0-1/55");
        let app = json!({"my_domain": "acme", "client_id": "3MVG9", "client_secret": "hush-hush"});
        assert_eq!(url(&salesforce(&app)).unwrap(), "https://acme.my.salesforce.com/55");
    }

    #[test]
    fn s_101_salesforce_is_opened_by_its_app_with_a_secret_or_a_users_key() {
        let app = json!({"my_domain": "acme", "client_id": "3MVG9", "client_secret": "hush-hush"});
        assert_eq!(open(&salesforce(&app)).unwrap().account, "salesforce");
        let with = |fields: &[(&str, &str)], without: &str| {
            let mut changed = app.clone();
            for (name, value) in fields {
                changed[*name] = (*value).into();
            }
            changed.as_object_mut().unwrap().remove(without);
            open(&salesforce(&changed)).unwrap_err().to_string()
        };
        let table = [
            (with(&[], "client_secret"), "needs client_secret, or else both username and private_key"),
            (with(&[("username", "ada@example.com")], ""), "needs client_secret, or else both"),
            (
                with(&[("username", "ada@example.com")], "client_secret"),
                "or else both username and private_key",
            ),
            (
                with(&[("username", "a@b.c"), ("private_key", "hush-hush")], "client_secret"),
                "BEGIN PRIVATE KEY",
            ),
            (with(&[("my_domain", "acme.example.com")], ""), "my_domain"),
            (with(&[("token", "hush-hush")], ""), "not JSON of that shape"),
        ];
        for (refused, words) in table {
            assert!(refused.contains(words) && !refused.contains("hush"), "{words}: {refused}");
        }
        let both =
            json!({"hubspot": {"token": "x"}, "salesforce": app, "fingerprint_key": "0123456789abcdef"});
        assert!(open(&both.to_string()).unwrap_err().to_string().contains("two CRMs"));
    }
}
