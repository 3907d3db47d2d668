//! Pipelines of deals, their stages, and which stage a deal may be in.

use serde_json::{Value, json};
use twin_hubspot::Settings;

use crate::desk::Desk;

const PIPELINES: &str = "/crm/pipelines/2026-03/deals";
const DEALS: &str = "/crm/objects/2026-03/deals";

fn stage(name: &str, probability: &str) -> Value {
    json!({"stageId": name, "label": name, "displayOrder": 0, "metadata": {"probability": probability}})
}

fn pipeline(name: &str, stages: &[Value]) -> Value {
    json!({"pipelineId": name, "label": name, "displayOrder": 1, "stages": stages})
}

fn deal(desk: &Desk, properties: &Value) -> u16 {
    let mut all = json!({"dealname": "D"});
    for (name, value) in properties.as_object().unwrap() {
        all[name] = value.clone();
    }
    desk.send("POST", DEALS, json!({ "properties": all })).status
}

#[test]
fn every_account_has_a_pipeline_and_its_stages() {
    let desk = Desk::new();
    let all = desk.get(PIPELINES).results();
    assert_eq!((all.len(), &all[0]["id"]), (1, &json!("default")));
    let won = all[0]["stages"].as_array().unwrap().iter().find(|stage| stage["id"] == "closedwon").unwrap();
    assert_eq!(won["metadata"], json!({"probability": "1.0", "isClosed": "true"}));
    assert_eq!(desk.get(&format!("{PIPELINES}/default")).json()["label"], "Sales Pipeline");
    assert_eq!(desk.get(&format!("{PIPELINES}/nope")).status, 404);
    assert_eq!(desk.get("/crm/pipelines/2026-03/contacts").status, 404, "people have none");
}

#[test]
fn a_pipeline_is_made_once_and_stages_are_added() {
    let desk = Desk::new();
    let shop = || desk.send("POST", PIPELINES, pipeline("shop", &[stage("paid", "1.0")]));
    assert_eq!((shop().status, shop().status), (201, 409));
    let stages = format!("{PIPELINES}/shop/stages");
    let add = |stage: Value| desk.send("POST", &stages, stage).status;
    assert_eq!([add(stage("late", "0.1")), add(stage("late", "0.1"))], [201, 409]);
    assert_eq!(add(stage("closedwon", "1.0")), 409, "a stage's name is one in the account");
    let made = desk.get(&format!("{PIPELINES}/shop")).json();
    assert_eq!(made["stages"].as_array().unwrap().len(), 2);
    assert_eq!(desk.send("POST", &format!("{PIPELINES}/nope/stages"), stage("x", "0.1")).status, 404);
}

#[test]
fn each_bad_pipeline_is_refused() {
    let desk = Desk::new();
    let nameless = json!({"label": "x", "displayOrder": 0, "metadata": {}});
    let unknown =
        json!({"label": "x", "displayOrder": 0, "metadata": {"probability": "1.0"}, "colour": "red"});
    let table = [
        pipeline("shop", &[]),
        pipeline("shop", &[stage("paid", "1.5")]),
        pipeline("shop", &[stage("paid", "often")]),
        pipeline("shop", &[nameless]),
        pipeline("shop", &[unknown]),
        json!({"label": "shop", "displayOrder": 0}),
    ];
    for body in table {
        assert_eq!(desk.send("POST", PIPELINES, body.clone()).status, 400, "{body}");
    }
    let twice = pipeline("shop", &[stage("paid", "1.0"), stage("paid", "1.0")]);
    assert_eq!(desk.send("POST", PIPELINES, twice).status, 409);
    assert_eq!(desk.get(PIPELINES).results().len(), 1, "a refused pipeline is not made");
}

#[test]
fn a_deal_is_in_a_stage_of_its_pipeline() {
    let desk = Desk::new();
    desk.send("POST", PIPELINES, pipeline("shop", &[stage("paid", "1.0")]));
    assert_eq!(deal(&desk, &json!({"dealstage": "closedwon"})), 201);
    assert_eq!(desk.portal.deals()[0].properties["pipeline"], "default", "none is the usual one");
    assert_eq!(deal(&desk, &json!({"dealstage": "paid"})), 400, "it is of another pipeline");
    assert_eq!(deal(&desk, &json!({"dealstage": "paid", "pipeline": "shop"})), 201);
    assert_eq!(deal(&desk, &json!({"dealstage": "nowhere"})), 400);
    assert_eq!(deal(&desk, &json!({"dealstage": "closedwon", "pipeline": "nowhere"})), 400);
    let deals = desk.portal.deals();
    let in_shop = deals.iter().find(|deal| deal.properties["pipeline"] == "shop").unwrap();
    let change = |stage: &str| {
        let path = format!("{DEALS}/{}", in_shop.id);
        desk.send("PATCH", &path, json!({"properties": {"dealstage": stage}})).status
    };
    assert_eq!([change("closedlost"), change("paid")], [400, 200], "a change stays in its pipeline");
}

#[test]
fn a_portal_that_numbers_its_stages_takes_no_names_for_them() {
    let desk = Desk::new();
    desk.portal.set_settings(Settings { stages_are_numbered: true, ..Settings::default() });
    let made = desk.send("POST", PIPELINES, pipeline("shop", &[stage("paid", "1.0")])).json();
    assert!(made["stages"][0]["id"].as_str().unwrap().parse::<u64>().is_ok(), "{made}");
}
