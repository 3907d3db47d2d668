//! What is asked for.

use domain::ShopDomain;
use serde::Deserialize;
use serde_json::Value;

/// A page to compare. The schedule's own event has none of these keys.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    /// Only this shop; all where it is left out.
    pub(crate) shop: Option<ShopDomain>,
    /// At most how many customers.
    pub(crate) first: usize,
    /// The `next` of the page before; only with `shop`.
    pub(crate) after: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self { shop: None, first: 100, after: None }
    }
}

impl Request {
    pub(crate) fn parse(payload: Value) -> Result<Self, String> {
        let request: Self = match payload {
            Value::Null => Self::default(),
            payload => serde_json::from_value(payload).map_err(|error| {
                format!(
                    "{error}; expected for example {{\"shop\": \"example.myshopify.com\", \"first\": 100}}, or {{}}"
                )
            })?,
        };
        if request.after.is_some() && request.shop.is_none() {
            return Err("`after` needs `shop`: a page's end belongs to one shop".to_owned());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedules_own_event_means_all_shops() {
        for payload in [json!(null), json!({}), json!({"version": "0", "detail-type": "Scheduled Event"})] {
            let request = Request::parse(payload).unwrap();
            assert!(request.shop.is_none() && request.first == 100);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_field() {
        assert!(Request::parse(json!({"shop": "example.com"})).unwrap_err().contains("shop domain"));
        assert!(Request::parse(json!({"after": "x"})).unwrap_err().contains("`after` needs `shop`"));
        assert!(Request::parse(json!({"first": "many"})).is_err());
    }
}
