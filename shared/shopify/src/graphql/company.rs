//! Companies that buy (B2B): of a customer, and by id.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Buyer, CompanyId, ShopDomain};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::{MAX_IDS, incomplete};
use super::answer::Data;
use super::error::ShopError;
use super::query;

/// What a query says to get the companies of a customer. In a shop without B2B there are none.
pub(super) const SELECTION: &str = "companyContactProfiles { company { id name } } ";
/// What that costs: a list is taken for one, which has a contact and its company (shopify.dev/docs/api/usage/limits).
pub(super) const POINTS: usize = 2;

/// A company, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its version, UTC.
    pub updated_at: Timestamp,
    /// Its name.
    pub name: String,
}

/// Companies by id. One that could not be read says why; one that is not there is not in it.
pub type Companies = BTreeMap<CompanyId, Result<Company, Arc<ShopError>>>;

#[derive(Deserialize)]
struct Profile {
    company: Node,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    name: String,
    updated_at: Timestamp,
}

/// Takes them out of a customer's node. What the answer does not speak of, or withholds, is not "none".
pub(super) fn take(node: &mut Value, withheld: impl Fn(&str) -> bool) -> Result<Vec<Buyer>, ShopError> {
    const FIELD: &str = "companyContactProfiles";
    let profiles = node.get_mut(FIELD).map(Value::take).filter(|_| !withheld(FIELD));
    let profiles = profiles.ok_or_else(|| incomplete(FIELD))?;
    let profiles: Vec<Profile> = serde_json::from_value(profiles).map_err(|_| incomplete(FIELD))?;
    let buyer = |Profile { company: Node { id, name } }| {
        let company = CompanyId::parse(&id).map_err(|e| incomplete(FIELD).because(e))?;
        Ok(Buyer { company, name })
    };
    profiles.into_iter().map(buyer).collect()
}

impl Admin {
    /// Reads companies by id.
    pub async fn read_companies(
        &self,
        shop: &ShopDomain,
        companies: &[CompanyId],
        now: Timestamp,
    ) -> Result<Companies, ShopError> {
        let mut read = Companies::new();
        for some in companies.chunks(MAX_IDS) {
            let ids: Vec<_> = some.iter().map(|company| company.gid()).collect();
            take_all(some, self.ask(shop, query::COMPANIES, json!({ "ids": ids }), now).await?, &mut read)?;
        }
        Ok(read)
    }
}

fn take_all(ids: &[CompanyId], data: Data, read: &mut Companies) -> Result<(), ShopError> {
    for (id, node) in data.nodes("Company", ids, "company")? {
        read.insert(id, node.and_then(company).map_err(Arc::new));
    }
    Ok(())
}

fn company(node: Value) -> Result<Company, ShopError> {
    // The cause would quote the value that did not fit, so it stays out.
    let Versioned { name, updated_at } = serde_json::from_value(node).map_err(|_| incomplete("company"))?;
    Ok(Company { updated_at, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_030_the_companies_of_a_customer_are_read_and_what_is_withheld_is_not_none() {
        let profile = |id: &str| json!({"company": {"id": id, "name": "Acme"}});
        let node = |profiles: Value| json!({"companyContactProfiles": profiles});
        let given = |_: &str| false;
        let acme = Buyer { company: CompanyId::new(5), name: "Acme".into() };
        assert_eq!(take(&mut node(json!([profile("gid://shopify/Company/5")])), given).unwrap(), [acme]);
        assert_eq!(take(&mut node(json!([])), given).unwrap(), []);
        assert!(take(&mut node(json!([])), |_| true).is_err());
        for broken in [json!(null), json!([profile("gid://shopify/Customer/5")]), json!([{"company": null}])]
        {
            assert!(take(&mut node(broken.clone()), given).is_err(), "{broken}");
        }
        assert!(take(&mut json!({}), given).is_err());
    }

    #[test]
    fn s_029_companies_are_read_by_id_and_one_that_is_gone_is_not_there() {
        let acme = json!({"__typename": "Company", "id": "gid://shopify/Company/1", "name": "Acme",
            "updatedAt": "2026-11-20T10:00:00Z"});
        let mut nameless = acme.clone();
        nameless["name"] = Value::Null;
        let mut read = Companies::new();
        let ids = [1, 2, 3].map(CompanyId::new);
        let data = Data { data: json!({"nodes": [acme, null, nameless]}), withheld: vec![] };
        take_all(&ids, data, &mut read).unwrap();
        assert_eq!(read[&ids[0]].as_ref().unwrap().name, "Acme");
        assert!(!read.contains_key(&ids[1]) && read[&ids[2]].is_err());
    }
}
