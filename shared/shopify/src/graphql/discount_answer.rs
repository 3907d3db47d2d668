//! What Shopify says of a discount that we wanted to make, or that is there.

use serde::Deserialize;
use serde_json::Value;

use super::admin::incomplete;
use super::answer::Data;
use super::error::{ShopError, ShopErrorKind};

/// Of what was refused the first error, which is enough to act on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Their field, below the discount; empty where they name none.
    field: String,
    pub(super) code: String,
}

impl Refusal {
    pub(super) fn is_of_code(&self) -> bool {
        self.field == "code" || self.is_taken()
    }

    /// Which word Shopify has for a code that is given is not documented; these can mean nothing else.
    pub(super) fn is_taken(&self) -> bool {
        matches!(self.code.as_str(), "TAKEN" | "DUPLICATE" | "IMPLICIT_DUPLICATE")
    }

    pub(super) fn into_error(self) -> ShopError {
        let kind = match self.code.as_str() {
            "INTERNAL_ERROR" => ShopErrorKind::Unavailable,
            _ => ShopErrorKind::Refused { field: self.field },
        };
        ShopError::new(kind, self.code)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    code_discount_node: Option<Value>,
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
struct UserError {
    field: Option<Vec<String>>,
    code: Option<String>,
}

impl UserError {
    fn refusal(self) -> Refusal {
        let path = self.field.unwrap_or_default();
        let below: Vec<_> = path.into_iter().filter(|part| part != "basicCodeDiscount").collect();
        Refusal { field: below.join("."), code: self.code.unwrap_or_else(|| "no code".to_owned()) }
    }
}

/// None where it was made. An answer that says neither is an error.
pub(super) fn created(Data { mut data, .. }: Data) -> Result<Option<Refusal>, ShopError> {
    let payload = data["discountCodeBasicCreate"].take();
    let payload: Payload =
        serde_json::from_value(payload).map_err(|_| incomplete("discountCodeBasicCreate"))?;
    match payload.user_errors.into_iter().next() {
        Some(error) => Ok(Some(error.refusal())),
        None if payload.code_discount_node.is_some() => Ok(None),
        None => Err(incomplete("codeDiscountNode")),
    }
}

/// A discount as the shop has it; of another kind than ours, or for more than customers, without title or customers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) title: String,
    pub(super) customers: Vec<String>,
}

/// The discount of the code; none where there is none. What was withheld is not what is not there.
pub(super) fn found(Data { mut data, withheld }: Data) -> Result<Option<Held>, ShopError> {
    let missing = || incomplete("codeDiscountNodeByCode");
    if !withheld.is_empty() {
        return Err(missing());
    }
    let node = data.get_mut("codeDiscountNodeByCode").map(Value::take).ok_or_else(missing)?;
    if node.is_null() {
        return Ok(None);
    }
    let discount = &node["codeDiscount"];
    discount["__typename"].as_str().ok_or_else(missing)?;
    let ids = discount["context"]["customers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |customer: &Value| customer["id"].as_str().map(ToOwned::to_owned);
    let title = discount["title"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Held { title, customers: ids.iter().filter_map(id).collect() }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(data: Value) -> Data {
        Data { data, withheld: vec![] }
    }

    fn payload(node: &Value, errors: &Value) -> Data {
        answer(json!({"discountCodeBasicCreate": {"codeDiscountNode": node, "userErrors": errors}}))
    }

    #[test]
    fn made_refused_and_not_said_are_told_apart() {
        let node = json!({"id": "gid://shopify/DiscountCodeNode/1"});
        assert_eq!(created(payload(&node, &json!([]))).unwrap(), None);
        let errors = json!([{"field": ["basicCodeDiscount", "customerGets", "value"], "code": "INVALID"}]);
        let refusal = created(payload(&Value::Null, &errors)).unwrap().unwrap();
        assert_eq!((refusal.field.as_str(), refusal.is_of_code()), ("customerGets.value", false));
        for unsaid in [payload(&Value::Null, &json!([])), answer(json!({"discountCodeBasicCreate": null}))] {
            assert!(matches!(created(unsaid).unwrap_err().kind(), ShopErrorKind::Incomplete { .. }));
        }
    }

    #[test]
    fn a_refusal_without_field_or_code_is_one_all_the_same() {
        let errors = json!([{"field": null, "code": null}]);
        let error = created(payload(&Value::Null, &errors)).unwrap().unwrap().into_error();
        assert_eq!(*error.kind(), ShopErrorKind::Refused { field: String::new() });
        let errors = json!([{"field": ["basicCodeDiscount"], "code": "INTERNAL_ERROR"}]);
        let error = created(payload(&Value::Null, &errors)).unwrap().unwrap().into_error();
        assert_eq!(*error.kind(), ShopErrorKind::Unavailable, "it is theirs, and passes");
    }

    #[test]
    fn what_is_withheld_of_a_code_is_not_a_code_that_is_free() {
        let none = json!({"codeDiscountNodeByCode": null});
        assert_eq!(found(answer(none.clone())).unwrap(), None);
        let withheld = vec![vec!["codeDiscountNodeByCode".into()]];
        assert!(found(Data { data: none, withheld }).is_err());
        assert!(found(answer(json!({}))).is_err());
    }
}
