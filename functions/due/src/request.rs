//! What is asked for.

use domain::ShopDomain;
use serde::Deserialize;
use serde_json::Value;

/// A run. The schedule's own event has none of these keys.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    /// Only this shop; all where it is left out.
    pub(crate) shop: Option<ShopDomain>,
    /// Whether it is only counted, and nothing is sent.
    pub(crate) dry_run: bool,
}

impl Request {
    pub(crate) fn parse(payload: Value) -> Result<Self, String> {
        if payload.is_null() {
            return Ok(Self::default());
        }
        serde_json::from_value(payload).map_err(|error| {
            format!(
                "{error}; expected for example {{\"shop\": \"example.myshopify.com\", \"dry_run\": true}}, or {{}}"
            )
        })
    }

    /// Those that are asked for, of all that there are.
    pub(crate) fn of<'a>(
        &self,
        all: impl Iterator<Item = &'a ShopDomain>,
    ) -> Result<Vec<ShopDomain>, String> {
        let shops: Vec<_> =
            all.filter(|shop| self.shop.as_ref().is_none_or(|only| only == *shop)).cloned().collect();
        match &self.shop {
            Some(shop) if shops.is_empty() => Err(format!("{shop} is not set up")),
            _ => Ok(shops),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedules_own_event_means_all_shops_and_to_send() {
        for payload in [json!(null), json!({}), json!({"version": "0", "detail-type": "Scheduled Event"})] {
            let request = Request::parse(payload).unwrap();
            assert!(request.shop.is_none() && !request.dry_run);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_field() {
        assert!(Request::parse(json!({"shop": "example.com"})).unwrap_err().contains("shop domain"));
        assert!(Request::parse(json!({"dry_run": "perhaps"})).unwrap_err().contains("boolean"));
    }

    #[test]
    fn a_shop_that_is_not_set_up_is_no_empty_run() {
        let there = ShopDomain::parse("there.myshopify.com").unwrap();
        let asked = |shop: &str| Request::parse(json!({ "shop": shop })).unwrap().of([&there].into_iter());
        assert_eq!(asked("there.myshopify.com"), Ok(vec![there.clone()]));
        assert_eq!(asked("gone.myshopify.com"), Err("gone.myshopify.com is not set up".to_owned()));
    }
}
