//! Companies and who buys for them.

use serde_json::{Value, json};

use crate::world::World;

fn asked(shop: &twin_shopify::ShopHandle, query: &str, variables: Value) -> Value {
    shop.graphql("2026-10", &json!({ "query": query, "variables": variables })).unwrap()["data"].take()
}

#[test]
fn a_company_is_told_with_its_contact_and_gone_when_it_is_deleted() {
    let World { shop, .. } = World::new();
    let ada = shop.create_customer(|_| ()).unwrap();
    let acme = shop.create_company("Acme").unwrap();
    shop.buys_for(ada, acme).unwrap();
    assert!(shop.buys_for(ada, acme).is_err(), "nobody buys twice for one");
    shop.rename_company(acme, "Acme Inc.").unwrap();
    let topics: Vec<_> = shop.pending().unwrap().into_iter().map(|delivery| delivery.topic).collect();
    let raised = ["customers/create", "companies/create", "company_contacts/create", "companies/update"];
    assert_eq!(topics, raised);

    let query = "query Q($customer: ID!, $company: ID!) { customer(id: $customer) { companyContactProfiles { company { \
                 id name } } } node(id: $company) { ... on Company { name updatedAt } } }";
    let gids = json!({"customer": format!("gid://shopify/Customer/{ada}"), "company": format!("gid://shopify/Company/{acme}")});
    let told = asked(&shop, query, gids.clone());
    let company = &told["customer"]["companyContactProfiles"][0]["company"];
    assert_eq!(company["id"], format!("gid://shopify/Company/{acme}"));
    assert_eq!((&company["name"], &told["node"]["name"]), (&json!("Acme Inc."), &json!("Acme Inc.")));

    shop.delete_company(acme).unwrap();
    let told = asked(&shop, query, gids);
    assert_eq!(told["customer"]["companyContactProfiles"], json!([]));
    assert_eq!(told["node"], Value::Null);
}
