//! Which hook is taken, and how often.

use serde_json::json;
use twin_slack::{Fault, FaultKind};

use crate::wire::{SALES, call, post, workspace};

#[tokio::test]
async fn a_path_that_is_no_hook_is_told_by_what_is_wrong_with_it() {
    let table = [
        ("/services/T1/B1/X1", 200, "ok"),
        ("/services/T9/B1/X1", 404, "no_team"),
        ("/services/T1/B9/X1", 404, "no_service"),
        ("/services/T1/B1/X9", 403, "invalid_token"),
        ("/services/T1/B1", 404, "no_service_id"),
        ("/elsewhere", 404, "no_service_id"),
    ];
    for (path, status, said) in table {
        let (got, _, body) = call(&workspace(), "POST", path, r#"{"text":"a"}"#).await;
        assert_eq!((got, body.as_str()), (status, said), "{path}");
    }
    assert_eq!(call(&workspace(), "GET", SALES, "").await.0, 405);
}

#[tokio::test]
async fn a_hook_can_be_taken_away_and_renewed() {
    let workspace = workspace();
    assert!(workspace.revoke("sales") && !workspace.revoke("vip"));
    let gone = post(&workspace, &json!({"text": "a"})).await;
    assert_eq!(gone, (404, "no_active_hooks".into()));
    workspace.add_hook("sales", SALES).unwrap();
    assert_eq!(post(&workspace, &json!({"text": "a"})).await.0, 200);
    assert!(workspace.add_hook("sales", "/services/T1").is_err());
}

#[tokio::test]
async fn a_channel_takes_a_short_burst_and_then_a_message_a_second() {
    let workspace = workspace();
    let text = r#"{"text":"a"}"#;
    for _ in 0..3 {
        assert_eq!(call(&workspace, "POST", SALES, text).await.0, 200);
    }
    let (status, retry_after, _) = call(&workspace, "POST", SALES, text).await;
    assert_eq!((status, retry_after.as_deref()), (429, Some("1")));
    assert_eq!(
        call(&workspace, "POST", "/services/T1/B2/X2", text).await.0,
        200,
        "another channel has its own"
    );
    workspace.clock().advance_ms(999);
    assert_eq!(call(&workspace, "POST", SALES, text).await.0, 429);
    workspace.clock().advance_ms(1);
    assert_eq!(call(&workspace, "POST", SALES, text).await.0, 200);
    assert_eq!(call(&workspace, "POST", SALES, text).await.0, 429);
    workspace.clock().advance_ms(60_000);
    for _ in 0..3 {
        assert_eq!(call(&workspace, "POST", SALES, text).await.0, 200, "a rest gives a burst, and not more");
    }
    assert_eq!(call(&workspace, "POST", SALES, text).await.0, 429);
}

#[tokio::test]
async fn a_fault_meets_its_channel_after_so_many_calls_and_ends() {
    let workspace = workspace();
    let fault = Fault::new(FaultKind::Unavailable).on("sales").after(1).times(1).answering(503, "busy");
    workspace.set_faults(vec![fault]).unwrap();
    for expected in [(200, "ok".to_owned()), (503, "busy".to_owned()), (200, "ok".to_owned())] {
        assert_eq!(post(&workspace, &json!({"text": "a"})).await, expected);
    }
    assert!(workspace.faults().is_empty());
    assert_eq!(workspace.messages("sales").len(), 2);
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused() {
    let workspace = workspace();
    for fault in [
        Fault::new(FaultKind::Unavailable).answering(404, ""),
        Fault::new(FaultKind::Refused).answering(503, ""),
        Fault::new(FaultKind::Proxy).answering(200, ""),
    ] {
        assert!(workspace.set_faults(vec![fault]).unwrap_err().contains("status"));
    }
}

#[tokio::test]
async fn only_blocks_meet_a_fault_of_blocks() {
    let workspace = workspace();
    workspace.set_faults(vec![Fault::new(FaultKind::BlocksRefused)]).unwrap();
    assert_eq!(post(&workspace, &json!({"text": "a"})).await.0, 200);
    let blocks = json!({"text": "a", "blocks": [{"type": "divider"}]});
    assert_eq!(post(&workspace, &blocks).await, (400, "invalid_blocks".into()));
    assert_eq!(post(&workspace, &blocks).await.0, 200);
}
