//! What the account says about itself.

use serde_json::json;

use crate::{answer::Answer, state::State, value::shown_time};

/// `GET /account-info/{ver}/details`.
pub(crate) fn details(state: &State) -> Answer {
    let minutes = state.settings.utc_offset_minutes;
    let (sign, absolute) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
    Answer::ok(json!({
        "portalId": state.portal_id,
        "accountType": "STANDARD",
        "timeZone": if minutes == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", absolute / 60, absolute % 60) },
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": format!("{sign}{:02}:{:02}", absolute / 60, absolute % 60),
        "utcOffsetMilliseconds": i64::from(minutes) * 60_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }))
}

/// `GET /account-info/{ver}/api-usage/daily/private-apps`.
pub(crate) fn usage(state: &mut State, now_ms: i64) -> Answer {
    let settings = state.settings.clone();
    let (current, resets_ms) = state.limits.today(&settings, now_ms);
    Answer::ok(json!({"results": [{
        "name": "private-apps-api-calls-daily",
        "usageLimit": settings.daily_max,
        "currentUsage": current,
        "fetchStatus": "SUCCESS",
        "resetsAt": shown_time(resets_ms),
    }]}))
}
