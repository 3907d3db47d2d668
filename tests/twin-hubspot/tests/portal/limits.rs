//! The rate limits, by the portal's clock.

use serde_json::json;
use twin_hubspot::Settings;

use crate::desk::{CONTACTS, Desk};

#[test]
fn the_burst_limit_rolls_on_and_counts_down_in_the_headers() {
    let desk = Desk::new();
    desk.portal.set_settings(Settings { burst_max: 3, ..Settings::default() });
    for left in ["2", "1", "0"] {
        let reply = desk.get(CONTACTS);
        assert_eq!(reply.header("x-hubspot-ratelimit-remaining"), Some(left));
        assert_eq!(reply.header("x-hubspot-ratelimit-max"), Some("3"));
        assert_eq!(reply.header("x-hubspot-ratelimit-interval-milliseconds"), Some("10000"));
        desk.clock.advance_ms(1_000);
    }
    let refused = desk.get(CONTACTS);
    assert_eq!((refused.status, refused.json()["policyName"].as_str()), (429, Some("TEN_SECONDLY_ROLLING")));
    assert_eq!(refused.json()["errorType"], "RATE_LIMIT");
    assert_eq!(refused.json().get("category"), None);
    desk.clock.advance_ms(7_000);
    assert_eq!(desk.get(CONTACTS).status, 200, "the first call is ten seconds old");
    assert_eq!(desk.get(CONTACTS).status, 429, "the second is not");
}

#[test]
fn a_day_ends_at_midnight_of_the_accounts_time_zone() {
    let desk = Desk::new();
    // 01:00 in the account: its midnight is 23 hours away.
    desk.portal.set_settings(Settings { daily_max: 2, utc_offset_minutes: 60, ..Settings::default() });
    assert_eq!(desk.get(CONTACTS).header("x-hubspot-ratelimit-daily-remaining"), Some("1"));
    let usage = desk.get("/account-info/2026-03/api-usage/daily/private-apps").results();
    assert_eq!(
        (&usage[0]["currentUsage"], &usage[0]["resetsAt"]),
        (&json!(2), &json!("2026-11-24T23:00:00Z"))
    );
    let refused = desk.get(CONTACTS);
    assert_eq!((refused.status, refused.json()["policyName"].as_str()), (429, Some("DAILY")));
    desk.clock.advance_ms(23 * 3_600_000 - 1);
    assert_eq!(desk.get(CONTACTS).status, 429);
    desk.clock.advance_ms(1);
    assert_eq!(desk.get(CONTACTS).status, 200);
}

#[test]
fn a_search_has_its_own_limit_and_no_headers() {
    let desk = Desk::new();
    let search = || desk.send("POST", &format!("{CONTACTS}/search"), json!({}));
    for _ in 0..5 {
        let reply = search();
        assert_eq!((reply.status, reply.header("x-hubspot-ratelimit-max")), (200, None));
    }
    let refused = search();
    assert_eq!((refused.status, refused.json()["policyName"].as_str()), (429, Some("SECONDLY")));
    assert_eq!(desk.get(CONTACTS).status, 200, "other calls go on");
    desk.clock.advance_ms(1_000);
    assert_eq!(search().status, 200);
}
