//! The naive peer: one delivery, one claim, one read, one search, one upsert, one link, one conclusion.

use std::io;

use serde_json::{Value, json};
use twin_shopify::Delivery;

use super::vendors::Vendors;
use crate::cloud::Cloud;
use crate::environment::{ACCESS_TOKEN, KEYS, RECORDS};
use crate::failure::{Failure, FailureKind};
use crate::tables::SERVICE;
use crate::wire::Caller;
use twin_hubspot::Portal;

const READ: &str = "query Customer($id: ID!) { customer(id: $id) { id firstName lastName numberOfOrders \
                    amountSpent { amount } lastOrder { id } defaultEmailAddress { emailAddress } } }";

/// One who does for every delivery all that there is to do, and remembers no record.
pub(super) struct Naive {
    aws: Caller,
    shop: Caller,
    crm: Caller,
}

impl Naive {
    pub(super) fn to(cloud: &Cloud, vendors: &Vendors) -> Result<Self, Failure> {
        let open = |port| Caller::to(port).map_err(failed);
        Ok(Self {
            aws: open(cloud.port())?,
            shop: open(vendors.shop_port())?,
            crm: open(vendors.crm_port())?,
        })
    }

    /// Works on one delivery.
    pub(super) fn works(&mut self, delivery: &Delivery) -> Result<(), Failure> {
        self.work(delivery).map_err(failed)
    }

    fn work(&mut self, delivery: &Delivery) -> io::Result<()> {
        let key = format!("delivery#{}", delivery.webhook_id);
        self.table("PutItem", &claim(&key))?;
        let customer = customer_of(delivery)?;
        let read = self.read(&customer)?;
        self.crm("search", &search(&customer))?;
        let written = self.crm("batch/upsert", &upsert(&customer, &read))?;
        let record = written["results"][0]["id"].as_str().unwrap_or_default().to_owned();
        self.table("PutItem", &link(&customer, &record))?;
        self.table("UpdateItem", &conclusion(&key))?;
        Ok(())
    }

    fn table(&mut self, operation: &str, request: &Value) -> io::Result<()> {
        let headers = format!("X-Amz-Target: {SERVICE}{operation}\r\n");
        self.aws.post("/", &headers, request.to_string().as_bytes()).map(drop)
    }

    fn read(&mut self, customer: &str) -> io::Result<Value> {
        let headers = format!("X-Shopify-Access-Token: {ACCESS_TOKEN}\r\n");
        let id = format!("gid://shopify/Customer/{customer}");
        let request = json!({"query": READ, "variables": {"id": id}}).to_string();
        let answer =
            self.shop.post("/shops/any/admin/api/2026-10/graphql.json", &headers, request.as_bytes())?;
        let answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["data"]["customer"].clone())
    }

    fn crm(&mut self, door: &str, request: &Value) -> io::Result<Value> {
        let headers =
            format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", Portal::TOKEN);
        let path = format!("/crm/objects/2026-03/contacts/{door}");
        Ok(serde_json::from_slice(&self.crm.post(&path, &headers, request.to_string().as_bytes())?)?)
    }
}

fn claim(key: &str) -> Value {
    json!({"TableName": KEYS, "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {"pk": {"S": key}, "state": {"S": "claimed"}}})
}

fn conclusion(key: &str) -> Value {
    json!({"TableName": KEYS, "Key": {"pk": {"S": key}}, "UpdateExpression": "SET #state = :done",
        "ExpressionAttributeNames": {"#state": "state"}, "ExpressionAttributeValues": {":done": {"S": "done"}}})
}

fn link(customer: &str, record: &str) -> Value {
    json!({"TableName": RECORDS, "Item": {"pk": {"S": format!("customer#{customer}")}, "sk": {"S": "link"},
        "record": {"S": record}}})
}

fn search(customer: &str) -> Value {
    let filter = json!({"propertyName": "shopify_customer_id", "operator": "EQ", "value": customer});
    json!({"filterGroups": [{"filters": [filter]}], "properties": ["shopify_customer_id"], "limit": 1})
}

fn upsert(customer: &str, read: &Value) -> Value {
    let last_order =
        read["lastOrder"]["id"].as_str().and_then(|id| id.rsplit('/').next()).unwrap_or_default();
    let properties = json!({
        "email": read["defaultEmailAddress"]["emailAddress"],
        "firstname": read["firstName"],
        "lastname": read["lastName"],
        "orders_count": read["numberOfOrders"],
        "total_spent": read["amountSpent"]["amount"],
        "last_order_id": last_order,
    });
    json!({"inputs": [{"id": customer, "idProperty": "shopify_customer_id", "properties": properties}]})
}

/// Whose delivery it is, from its payload: digits only.
fn customer_of(delivery: &Delivery) -> io::Result<String> {
    let payload: Value = serde_json::from_slice(&delivery.body)?;
    let id = [&payload["customer"]["id"], &payload["customerId"], &payload["id"]]
        .into_iter()
        .find(|id| !id.is_null());
    let id = id.map(|id| id.to_string().chars().filter(char::is_ascii_digit).collect::<String>());
    id.ok_or_else(|| io::Error::other(format!("{} names no customer", delivery.topic)))
}

fn failed(cause: io::Error) -> Failure {
    Failure::caused(FailureKind::Harness, "the naive peer got no answer", cause)
}
