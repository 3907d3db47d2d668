//! The daily limit, and how long an address may be.

use serde_json::json;

use crate::desk::{API, Desk, SESSION};

const DAY_MS: i64 = 86_400_000;

#[test]
fn s_101_every_answer_tells_how_much_of_the_day_is_used() {
    let desk = Desk::with(|settings| settings.daily_max = 5_000);
    assert_eq!(desk.get("sobjects").header("sforce-limit-info"), Some("api-usage=1/5000"));
    assert_eq!(desk.get("sobjects/Nope/describe").header("sforce-limit-info"), Some("api-usage=2/5000"));
    let limits = desk.get("limits").json();
    assert_eq!(limits["DailyApiRequests"], json!({"Max": 5_000, "Remaining": 4_998}));
}

#[test]
fn a_day_that_is_used_up_is_403_until_its_calls_are_24_hours_old() {
    let desk = Desk::with(|settings| settings.daily_max = 2);
    for _ in 0..2 {
        assert_eq!(desk.get("sobjects").status, 200);
    }
    let refused = desk.get("sobjects");
    let words = json!([{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]);
    assert_eq!((refused.status, refused.json()), (403, words));
    assert_eq!(desk.get("limits").json()["DailyApiRequests"]["Remaining"], 0, "it can still be asked");
    desk.set(|settings| settings.session_ms = 2 * DAY_MS);
    desk.org.open_session(SESSION);
    desk.clock.advance_ms(DAY_MS - 1);
    assert_eq!(desk.get("sobjects").status, 403);
    desk.clock.advance_ms(1);
    assert_eq!(desk.get("sobjects").status, 200);
}

#[test]
fn an_address_of_more_than_16000_bytes_is_414() {
    let desk = Desk::new();
    let path = |length: usize| {
        let head = format!("{API}/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='");
        format!("{head}{}'", "x".repeat(length - head.len() - 1))
    };
    assert_eq!(desk.get(&path(16_000)).status, 200);
    let refused = desk.get(&path(16_001));
    assert_eq!((refused.status, refused.text.starts_with("<html>")), (414, true));
}

#[test]
fn a_path_that_is_not_there_is_404_and_a_wrong_method_405() {
    let desk = Desk::new();
    for path in [
        "nope",
        "/services/data/v19.0/sobjects",
        "/services/data/v69.0/sobjects",
        "/services/data/66/sobjects",
    ] {
        assert_eq!(desk.get(path).refusal(), (404, "NOT_FOUND".into()), "{path}");
    }
    assert_eq!(desk.send("PUT", "sobjects/Contact", json!({})).refusal(), (405, "METHOD_NOT_ALLOWED".into()));
}
