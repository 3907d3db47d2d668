//! An ordinary day: customers, orders, a refund, and deliveries as Shopify really makes them.

use anyhow::Result;
use serde_json::{Value, json};

use crate::demo::cast::{ORDINARY, Person, amount};
use crate::demo::scene::{Scene, contact, contacts, ended, is_of, property, quiet};
use crate::demo::verdict::Verdict;
use crate::stand::Stand;

/// Everybody comes; every webhook is delivered twice, in an order of its own.
pub(super) async fn plays(stand: &Stand, scene: &mut Scene) -> Result<Vec<Verdict>> {
    for person in ORDINARY {
        scene.enters(person).await?;
    }
    let sent = scene.delivers(&json!({"duplicate": 1, "reorder": 7})).await?;
    ended(stand, &sent).await?;
    let contacts = contacts(stand).await?;
    Ok(vec![one_contact_each(scene, &contacts), right_figures(scene, &contacts)])
}

fn one_contact_each(scene: &Scene, contacts: &[Value]) -> Verdict {
    let doubled = scene.people.iter().filter_map(|(person, id)| {
        let count = contacts.iter().filter(|contact| is_of(contact, *id)).count();
        (count != 1).then(|| format!("{} has {count} contacts", person.name()))
    });
    let mut wrong: Vec<String> = doubled.collect();
    if contacts.len() != scene.people.len() {
        wrong.push(format!("{} contacts for {} customers", contacts.len(), scene.people.len()));
    }
    Verdict::of("every customer is one contact", &wrong, format!("{} customers", scene.people.len()))
}

fn right_figures(scene: &Scene, contacts: &[Value]) -> Verdict {
    let differences = scene.people.iter().flat_map(|(person, id)| {
        let contact = contacts.iter().find(|contact| is_of(contact, *id));
        contact.map_or_else(
            || vec![format!("{} has no contact", person.name())],
            |contact| differences(person, contact),
        )
    });
    let wrong: Vec<String> = differences.collect();
    let spent: u64 = scene.people.iter().map(|(person, _)| person.spent_cents()).sum();
    Verdict::of(
        "name, spend and orders in the CRM are those of the shop",
        &wrong,
        format!("{} spent", amount(spent)),
    )
}

/// Where a contact does not say what the shop says.
pub(super) fn differences(person: &Person, contact: &Value) -> Vec<String> {
    let orders = person.orders_cents.len().to_string();
    let texts = [("firstname", person.first_name), ("lastname", person.last_name), ("email", person.email)];
    let texts = texts.into_iter().filter(|(name, expected)| property(contact, name) != *expected);
    let mut wrong: Vec<String> = texts
        .map(|(name, expected)| format!("{name} is {:?}, not {expected:?}", property(contact, name)))
        .collect();
    if cents(property(contact, "total_spent")) != Some(person.spent_cents()) {
        let seen = property(contact, "total_spent");
        wrong.push(format!("{} spent {}, not {seen:?}", person.name(), amount(person.spent_cents())));
    }
    if property(contact, "orders_count") != orders {
        wrong.push(format!(
            "{} ordered {orders} times, not {:?}",
            person.name(),
            property(contact, "orders_count")
        ));
    }
    wrong
}

/// A decimal of any length as cents; none where it is no number.
fn cents(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<2}");
    let (kept, rest) = fraction.split_at(2);
    if rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    Some(whole.parse::<u64>().ok()? * 100 + kept.parse::<u64>().ok()?)
}

/// One delivery of something already known, and the same again three times.
pub(super) async fn repeats(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let (person, id) = scene.people[0];
    let delivery = Scene::signs("customers/update", told_about(&person, id).to_string().as_bytes())?;
    scene.posts(&delivery).await?;
    ended(stand, std::slice::from_ref(&delivery.webhook_id)).await?;
    quiet(stand).await?;
    let before = contacts(stand).await?;
    for _ in 0..3 {
        scene.posts(&delivery).await?;
    }
    quiet(stand).await?;
    let wrong = changes(&before, &contacts(stand).await?);
    Ok(Verdict::of("a duplicate changes nothing", &wrong, "one delivery, sent four times".into()))
}

/// Where contacts differ from what they were.
fn changes(before: &[Value], after: &[Value]) -> Vec<String> {
    let mut wrong: Vec<String> = (before.len() != after.len())
        .then(|| format!("{} contacts became {}", before.len(), after.len()))
        .into_iter()
        .collect();
    for (was, is) in before.iter().zip(after) {
        let (was, is) = (&was["properties"], &is["properties"]);
        let of = |name: &String| is[name] != was[name];
        let names = is.as_object().into_iter().flat_map(|all| all.keys()).filter(|name| of(name));
        wrong.extend(names.map(|name| format!("{name} was {} and is {}", was[name], is[name])));
    }
    wrong
}

/// What Shopify would say of a customer, as far as anyone needs it.
pub(super) fn told_about(person: &Person, id: u64) -> Value {
    json!({
        "id": id, "admin_graphql_api_id": format!("gid://shopify/Customer/{id}"),
        "created_at": "2026-01-05T10:00:00Z", "updated_at": "2026-01-05T10:00:00Z",
        "first_name": person.first_name, "last_name": person.last_name, "email": person.email,
    })
}

/// A rep takes a lead; the next order of that customer must leave that alone.
pub(super) async fn rep_works(stand: &Stand, scene: &mut Scene) -> Result<Verdict> {
    let (_, id) = scene.people[1];
    let theirs = contact(stand, id, |_| true).await?;
    let (work, words) = stand.crm.rep_work();
    stand.crm.edits(theirs["id"].as_str().unwrap_or_default(), &work).await?;
    scene.changes(id, &json!({"tags": ["demo", "vip"]})).await?;
    let sent = scene.delivers(&json!({})).await?;
    ended(stand, &sent).await?;
    let after =
        contact(stand, id, |contact| property(contact, "shopify_customer_tags").contains("vip")).await?;
    let lost = work.into_iter().filter(|(name, value)| property(&after, name) != *value);
    let wrong: Vec<String> = lost.map(|(name, _)| format!("{name} was overwritten")).collect();
    Ok(Verdict::of("what a sales rep wrote stays", &wrong, format!("{words}, through an update")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_by_value_and_not_by_spelling() {
        assert_eq!(cents("12"), Some(1_200));
        assert_eq!(cents("12.5"), Some(1_250));
        assert_eq!(cents("12.500"), Some(1_250));
        assert_eq!(cents("12.505"), None);
        assert_eq!(cents(""), None);
        assert_eq!(cents("twelve"), None);
    }

    #[test]
    fn what_a_duplicate_changed_is_named() {
        let before = [json!({"properties": {"phone": "1", "email": "a"}})];
        assert!(changes(&before, &before).is_empty());
        let after = [json!({"properties": {"phone": "2", "email": "a"}}), json!({"properties": {}})];
        let expected = ["1 contacts became 2", "phone was \"1\" and is \"2\""];
        assert_eq!(changes(&before, &after), expected);
    }

    #[test]
    fn a_contact_that_differs_says_where() {
        let contact = json!({"properties": {
            "firstname": "Grace", "lastname": "Hopper", "email": "grace@example.com",
            "total_spent": "250", "orders_count": "2",
        }});
        let wrong = differences(&crate::demo::cast::REFUSED, &contact);
        assert_eq!(wrong, ["Grace Hopper ordered 1 times, not \"2\""]);
    }
}
