//! Merging: a new id, two old ones that still lead somewhere, and what is lost on the way.

use serde_json::json;
use twin_hubspot::Settings;

use crate::desk::{CONTACTS, Desk, START_MS};

fn merged() -> (Desk, String, String, String) {
    let desk = Desk::new();
    let ada = desk.contact(&[("email", "ada@x.com"), ("shopify_customer_id", "1"), ("firstname", "Ada")]);
    let old = desk.contact(&[("email", "old@x.com"), ("shopify_customer_id", "2"), ("phone", "5")]);
    let body = json!({"primaryObjectId": ada, "objectIdToMerge": old});
    let reply = desk.send("POST", &format!("{CONTACTS}/merge"), body);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let survivor = reply.json()["id"].as_str().unwrap().to_owned();
    (desk, ada, old, survivor)
}

#[test]
fn a_merge_makes_a_new_record_with_the_primarys_values_and_all_addresses() {
    let (desk, ada, old, survivor) = merged();
    assert!(survivor != ada && survivor != old);
    let all = desk.portal.contacts();
    assert_eq!(all.len(), 1, "the merged ones disappear without being archived");
    let held = &all[0].properties;
    assert_eq!((held["email"].as_str(), held["hs_additional_emails"].as_str()), ("ada@x.com", "old@x.com"));
    assert_eq!((held["shopify_customer_id"].as_str(), held["phone"].as_str()), ("1", "5"));
    assert_eq!(held["hs_merged_object_ids"], format!("{ada};{old}"));
    assert_eq!(held["hs_calculated_merged_vids"], format!("{ada}:{START_MS};{old}:{START_MS}"));
}

#[test]
fn old_ids_work_in_single_calls_and_not_in_batches() {
    let (desk, ada, old, survivor) = merged();
    for id in [&ada, &old] {
        assert_eq!(desk.get(&format!("{CONTACTS}/{id}")).json()["id"], survivor.as_str());
        let patched = desk.send("PATCH", &format!("{CONTACTS}/{id}"), json!({"properties": {"city": "X"}}));
        assert_eq!(patched.json()["id"], survivor.as_str());
        let updated =
            desk.batch("update", json!([{"id": id, "objectWriteTraceId": "a", "properties": {"city": "Y"}}]));
        assert_eq!((updated.status, updated.results().len()), (207, 0));
        let read = desk.batch("read", json!([{"id": id}]));
        assert_eq!((read.status, read.results().len()), (207, 0));
    }
    assert_eq!(desk.portal.contact(&ada).unwrap().properties["city"], "X");
}

#[test]
fn the_losers_key_is_lost_and_its_address_still_taken() {
    let (desk, _, _, survivor) = merged();
    let known = desk.batch("upsert", json!([Desk::row("2", json!({"email": "old@x.com"}))]));
    assert_eq!(known.status, 207);
    assert!(known.text.contains(&format!("Existing ID: {survivor}")), "{}", known.text);
    let reappears = desk.batch("upsert", json!([Desk::row("2", json!({"firstname": "Old"}))]));
    assert_eq!(reappears.results()[0]["new"], true);
    assert_eq!(desk.get(&format!("{CONTACTS}/old@x.com?idProperty=email")).json()["id"], survivor.as_str());
}

#[test]
fn merges_can_be_merged_again_and_the_trail_stays() {
    let (desk, ada, old, first) = merged();
    let third = desk.contact(&[("email", "third@x.com")]);
    let last = desk.portal.merge(&third, &old).unwrap();
    for id in [&ada, &old, &first, &third, &last] {
        assert_eq!(desk.portal.contact(id).unwrap().id, last);
    }
    let held = desk.portal.contact(&last).unwrap().properties;
    assert_eq!(held["hs_merged_object_ids"], format!("{ada};{old};{third};{first}"));
    assert_eq!(held["hs_additional_emails"], "ada@x.com;old@x.com");
    assert_eq!(desk.portal.merge(&ada, &third).unwrap_err().status, 400, "they are one already");
    assert_eq!(desk.portal.merge(&ada, "5").unwrap_err().status, 404);
}

#[test]
fn one_that_comes_out_of_the_recycle_bin_keeps_its_key_also_where_another_has_it_and_both_can_be_merged() {
    let desk = Desk::new();
    let old = desk.contact(&[("email", "old@x.com"), ("shopify_customer_id", "1")]);
    assert_eq!(desk.portal.restore(&old).unwrap_err().status, 404, "it is not in the bin");
    desk.portal.archive(&old).unwrap();
    let new = desk.contact(&[("email", "old@x.com"), ("shopify_customer_id", "1")]);
    assert_eq!(desk.portal.restore(&old).unwrap_err().status, 409, "its address is taken");
    desk.portal.rep_edits(&new, &[("email", "new@x.com")]).unwrap();
    desk.portal.restore(&old).unwrap();
    assert_eq!(desk.portal.contacts_where("shopify_customer_id", "1").len(), 2);
    let survivor = desk.portal.merge(&new, &old).unwrap();
    let read = desk.batch("read", json!([{"id": survivor}]));
    assert_eq!(read.results()[0]["id"], survivor.as_str());
    assert_eq!(desk.portal.contacts_where("shopify_customer_id", "1").len(), 1);
}

#[test]
fn in_the_beta_the_primary_keeps_its_id() {
    let desk = Desk::new();
    desk.portal.set_settings(Settings { merge_keeps_primary_id: true, ..Settings::default() });
    let one = desk.contact(&[("email", "a@x.com")]);
    let two = desk.contact(&[("email", "b@x.com")]);
    assert_eq!(desk.portal.merge(&one, &two).unwrap(), one);
    assert_eq!(desk.portal.contact(&two).unwrap().id, one);
}

#[test]
fn a_profile_has_at_most_250_addresses() {
    let desk = Desk::new();
    let many: Vec<String> = (0..249).map(|n| format!("a{n}@x.com")).collect();
    let one = desk.contact(&[("email", "a@x.com"), ("hs_additional_emails", &many.join(";"))]);
    let two = desk.contact(&[("email", "b@x.com")]);
    let reply = desk.send(
        "POST",
        &format!("{CONTACTS}/merge"),
        json!({"primaryObjectId": one, "objectIdToMerge": two}),
    );
    assert_eq!(reply.status, 414);
    assert_eq!(desk.portal.contacts().len(), 2);
}
