//! The control API.

use serde_json::{Value, json};
use twin_slack::Workspace;

use crate::wire::{call, post, workspace};

async fn control(workspace: &Workspace, method: &str, path: &str, body: Value) -> (u16, Value) {
    let (status, _, body) = call(workspace, method, &format!("/_twin/{path}"), &body.to_string()).await;
    (status, serde_json::from_str(&body).unwrap_or_default())
}

#[tokio::test]
async fn hooks_are_added_listed_and_revoked() {
    let workspace = Workspace::new();
    let hooks = json!({"sales": "/services/T1/B1/X1"});
    let listed = json!([{"channel": "sales", "path": "/services/T1/B1/X1", "revoked": false}]);
    assert_eq!(control(&workspace, "PUT", "hooks", hooks).await, (200, listed));
    assert_eq!(control(&workspace, "DELETE", "hooks/sales", Value::Null).await.0, 204);
    assert_eq!(control(&workspace, "GET", "hooks", Value::Null).await.1[0]["revoked"], true);
    assert_eq!(control(&workspace, "DELETE", "hooks/ops", Value::Null).await.0, 404);
    assert_eq!(control(&workspace, "PUT", "hooks", json!({"sales": "/a"})).await.0, 400);
}

#[tokio::test]
async fn messages_and_calls_are_listed_and_forgotten() {
    let workspace = workspace();
    post(&workspace, &json!({"text": "a"})).await;
    let (_, messages) = control(&workspace, "GET", "messages", Value::Null).await;
    assert_eq!((&messages[0]["channel"], &messages[0]["reads"]), (&json!("sales"), &json!("a")));
    assert_eq!(control(&workspace, "GET", "calls", Value::Null).await.1, json!({"/services/T1/B1/X1": 1}));
    for path in ["messages", "calls"] {
        assert_eq!(control(&workspace, "DELETE", path, Value::Null).await.0, 204);
    }
    assert!(workspace.all_messages().is_empty() && workspace.calls().is_empty());
}

#[tokio::test]
async fn faults_settings_and_the_clock_are_set() {
    let workspace = workspace();
    let (status, faults) = control(&workspace, "PUT", "faults", json!([{"kind": "answer_lost"}])).await;
    assert_eq!((status, &faults[0]["times"]), (200, &json!(1)));
    assert_eq!(control(&workspace, "DELETE", "faults", Value::Null).await.0, 204);
    assert_eq!(control(&workspace, "GET", "faults", Value::Null).await.1, json!([]));
    let settings = json!({"interval_ms": 10, "burst": 1});
    assert_eq!(control(&workspace, "PUT", "settings", settings.clone()).await, (200, settings.clone()));
    assert_eq!(control(&workspace, "GET", "settings", Value::Null).await.1, settings);
    let before = workspace.clock().now_ms();
    assert_eq!(control(&workspace, "POST", "clock", json!({"advance_ms": 5})).await.1["now_ms"], before + 5);
}

#[tokio::test]
async fn what_the_twin_does_not_know_is_named() {
    let workspace = workspace();
    for (method, path, body, status) in [
        ("PUT", "faults", json!([{"kind": "surprise"}]), 400),
        ("PUT", "faults", json!([{"kind": "refused", "status": 500}]), 400),
        ("PUT", "settings", json!({"burst": 1}), 400),
        ("GET", "surprise", Value::Null, 404),
    ] {
        let (got, told) = control(&workspace, method, path, body).await;
        assert_eq!(got, status, "{method} {path}");
        assert!(told["error"].is_string(), "{method} {path}");
    }
}
