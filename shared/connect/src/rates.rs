//! How fast each half may be asked, by what its plan allows.

use std::time::Duration;

use domain::{InvalidRate, Rate};

/// Shopify's bucket holds what comes back in ten seconds or more (shopify.dev/docs/api/usage/limits).
pub fn shop_rate(points_per_second: u32) -> Result<Rate, InvalidRate> {
    Rate::per_second(points_per_second, points_per_second.saturating_mul(10))
}

/// A CRM counts the last ten seconds, whenever they began (developers.hubspot.com, usage guidelines).
pub fn crm_rate(requests_in_ten_seconds: u32) -> Result<Rate, InvalidRate> {
    Rate::in_any(Duration::from_secs(10), requests_in_ten_seconds)
}

/// A channel of the chat takes a message a second, and none beside it.
pub fn chat_rate() -> Result<Rate, InvalidRate> {
    Rate::per_second(notify_slack::MESSAGES_PER_SECOND, notify_slack::MESSAGES_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crm_is_never_asked_more_often_in_ten_seconds_than_it_allows() {
        assert_eq!(crm_rate(190), Rate::new(95, Duration::from_secs(10), 95));
        assert!(crm_rate(1).is_err() && shop_rate(0).is_err(), "a rate that grants nothing is refused");
    }
}
