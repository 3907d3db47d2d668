//! Whose address is it? For orders of guests.

use std::collections::BTreeMap;

use domain::{AliasPolicy, CustomerId, ShopDomain};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Admin;
use super::admin::{MAX_IDS, incomplete};
use super::answer::Data;
use super::error::ShopError;
use super::query;

/// Customers by address in lower case. One whose address is nobody's, or not verified, is not in it.
pub type Customers = BTreeMap<String, CustomerId>;

/// What an address costs: the customer, and their address (shopify.dev/docs/api/usage/limits).
pub(super) const POINTS: usize = 2;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    verified_email: bool,
    default_email_address: Option<EmailAddress>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmailAddress {
    email_address: Option<String>,
}

impl Admin {
    /// Finds the customers who have shown that these addresses are theirs.
    pub async fn read_by_email(
        &self,
        shop: &ShopDomain,
        emails: &[String],
        now: Timestamp,
    ) -> Result<Customers, ShopError> {
        let mut found = Customers::new();
        for some in emails.chunks(MAX_IDS) {
            let variables: Map<_, _> =
                some.iter().enumerate().map(|(n, email)| (format!("e{n}"), email.as_str().into())).collect();
            let data = self.ask(shop, &query::by_email(some.len()), Value::Object(variables), now).await?;
            take(some, data, &mut found)?;
        }
        Ok(found)
    }
}

/// What was withheld is not what is not there: an answer with a gap is none.
fn take(
    emails: &[String],
    Data { mut data, withheld }: Data,
    found: &mut Customers,
) -> Result<(), ShopError> {
    if !withheld.is_empty() {
        return Err(incomplete("customerByIdentifier"));
    }
    for (n, email) in emails.iter().enumerate() {
        let node = data.get_mut(format!("c{n}")).map(Value::take).ok_or_else(|| incomplete("customer"))?;
        // The cause would quote the value that did not fit, so it stays out.
        let node: Option<Node> = serde_json::from_value(node).map_err(|_| incomplete("customer"))?;
        let customer = node.and_then(|node| verified(&node, email));
        found.extend(customer.map(|customer| (email.clone(), customer)));
    }
    Ok(())
}

/// An address that nobody has shown to be theirs proves nothing (S-210), and neither does another than was asked for.
fn verified(node: &Node, email: &str) -> Option<CustomerId> {
    let theirs = node.default_email_address.as_ref()?.email_address.as_deref()?;
    let is_theirs = node.verified_email && AliasPolicy::Exact.plain(theirs) == email;
    CustomerId::parse(&node.id).ok().filter(|_| is_theirs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(node: &Value, withheld: bool) -> Result<Customers, ShopError> {
        let mut found = Customers::new();
        let withheld = if withheld { vec![vec!["c0".into()]] } else { vec![] };
        let data = Data { data: json!({ "c0": node }), withheld };
        take(&["ada@example.com".to_owned()], data, &mut found).map(|()| found)
    }

    fn ada(verified: bool, email: Option<&str>) -> Value {
        json!({"id": "gid://shopify/Customer/7", "verifiedEmail": verified,
            "defaultEmailAddress": email.map(|email| json!({"emailAddress": email}))})
    }

    #[test]
    fn s_210_only_who_has_shown_that_the_address_is_theirs_is_found_by_it() {
        let table = [
            (ada(true, Some("Ada@Example.com ")), 1),
            (ada(false, Some("ada@example.com")), 0),
            (ada(true, Some("eve@example.com")), 0),
            (ada(true, None), 0),
            (Value::Null, 0),
        ];
        for (node, count) in table {
            assert_eq!(taken(&node, false).unwrap().len(), count, "{node}");
        }
        assert!(taken(&Value::Null, true).is_err(), "what is withheld is not nobody");
        assert!(taken(&json!({"id": 7}), false).is_err(), "another shape is not nobody");
    }
}
