//! From the shop's truth to what the contact should say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    Buyer, Consent, Customer, CustomerKey, Email, ExternalKey, Field, MatchKeys, Refunds, Rules, Seen,
    TagRules, Value,
};

/// What a contact should say, and from which version of the customer we know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The customer it comes from.
    pub customer: CustomerKey,
    /// The key by which the record can be found again.
    pub key: ExternalKey,
    /// The customer's version it was made from, UTC.
    pub version: Timestamp,
    /// The address, where it is verified and so may be matched with a record that is already there.
    pub match_email: Option<String>,
    /// By what else the customer may be told, as far as the rules let it count.
    pub match_keys: MatchKeys,
    /// What to write, of the fields that may be written. A field that is not here is left alone.
    pub fields: BTreeMap<Field, Value>,
}

/// Makes the wish from the truth. `key_prefix` is the shop's own where several shops share a CRM account; `rules` are
/// the shop's.
pub fn desired(customer: &Customer, key_prefix: &str, rules: &Rules) -> Desired {
    let key = ExternalKey::new(key_prefix, customer.key.customer);
    let mut fields = commerce(customer, &rules.tags);
    fields.insert(Field::CustomerKey, Value::Text(key.as_str().to_owned()));
    fields.insert(Field::LeadSource, Value::Text(rules.lead_source.clone()));
    fields.insert(Field::LifecycleStage, stage(customer, rules));
    fields.extend(customer.refunds.iter().flat_map(refunds));
    fields.extend(customer.companies.iter().map(|companies| (Field::Companies, names(companies))));
    fields.extend(person(customer));
    fields.extend(consent(customer));
    fields.extend(metafields(customer, rules));
    fields.retain(|field, _| rules.writes(*field));
    let wish = Desired {
        customer: customer.key.clone(),
        key,
        version: customer.updated_at,
        match_email: customer.email.value().filter(|email| email.verified).map(Email::normalised),
        match_keys: MatchKeys::default(),
        fields,
    };
    wish.told_by(customer, &rules.identity)
}

/// Commerce fields are the shop's alone, so nothing there means nothing here.
fn commerce(customer: &Customer, tag_rules: &TagRules) -> BTreeMap<Field, Value> {
    let spent = customer.amount_spent;
    let average =
        spent.per(customer.orders_count).map_or(Value::Empty, |each| Value::Number(each.normalize()));
    let last = customer.last_order.as_ref();
    BTreeMap::from([
        (Field::TotalSpent, Value::Number(spent.amount.normalize())),
        (Field::OrdersCount, Value::Number(Decimal::from(customer.orders_count))),
        (Field::AverageOrderValue, average),
        (Field::Currency, Value::Text(spent.currency.as_str().to_owned())),
        (Field::Tags, tags(&customer.tags, tag_rules)),
        (Field::CustomerSince, Value::Time(customer.created_at)),
        (Field::LastOrderId, last.map_or(Value::Empty, |order| Value::Text(order.id.to_string()))),
        (Field::LastOrderName, last.map_or(Value::Empty, |order| Value::Text(order.name.clone()))),
        (Field::LastOrderAt, last.map_or(Value::Empty, |order| Value::Time(order.processed_at))),
    ])
}

/// What was not asked for is left alone, and so is a sum that cannot be made.
fn refunds(refunds: &Refunds) -> impl Iterator<Item = (Field, Value)> + use<> {
    let amount = refunds.amount.map(|amount| Value::Number(amount.amount.normalize()));
    let count = Value::Number(Decimal::from(refunds.count));
    [(Field::RefundCount, Some(count)), (Field::RefundedAmount, amount)]
        .into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
}

fn names(companies: &[Buyer]) -> Value {
    let names = companies.iter().map(|company| company.name.trim().to_owned());
    list(names.filter(|name| !name.is_empty()).collect())
}

fn tags(tags: &[String], rules: &TagRules) -> Value {
    let trimmed = tags.iter().map(|tag| tag.trim().to_owned());
    list(trimmed.filter(|tag| !tag.is_empty() && rules.takes(tag)).collect())
}

/// Each once, in order, so that the same list is the same value.
fn list(mut sorted: Vec<String>) -> Value {
    sorted.sort();
    sorted.dedup();
    if sorted.is_empty() { Value::Empty } else { Value::List(sorted) }
}

fn stage(customer: &Customer, rules: &Rules) -> Value {
    let stage = rules.lifecycle.stage(customer.orders_count);
    stage.map_or(Value::Empty, |stage| Value::Text(stage.to_owned()))
}

/// The shop's word counts, as for commerce: where there is nothing to write to, nobody agreed to anything.
fn consent(customer: &Customer) -> impl Iterator<Item = (Field, Value)> {
    let said = |seen: &Seen<Consent>| match seen {
        Seen::Known(consent) => {
            Some(consent.map_or(Value::Empty, |consent| Value::Text(consent.name().to_owned())))
        }
        Seen::Withheld => None,
    };
    [(Field::EmailConsent, said(&customer.email_consent)), (Field::SmsConsent, said(&customer.sms_consent))]
        .into_iter()
        .filter_map(|(field, said)| Some((field, said?)))
}

/// The shop's word counts here too. One that was withheld, or not asked for, is left alone.
fn metafields(customer: &Customer, rules: &Rules) -> impl Iterator<Item = (Field, Value)> {
    rules.written_metafields().filter_map(|(key, name)| match customer.metafields.get(key)? {
        Seen::Known(value) => Some((Field::Metafield(name), value.clone().unwrap_or(Value::Empty))),
        Seen::Withheld => None,
    })
}

/// What a rep may also know about the person is written where the shop knows it and never cleared: a shop without a
/// phone number says nothing about the phone number.
fn person(customer: &Customer) -> impl Iterator<Item = (Field, Value)> {
    let email = match &customer.email {
        Seen::Known(Some(email)) => Some(email.normalised()),
        _ => None,
    };
    let known = |seen: &Seen<String>| seen.value().map(|text| text.trim().to_owned());
    [
        (Field::FirstName, known(&customer.first_name)),
        (Field::LastName, known(&customer.last_name)),
        (Field::Email, email),
        (Field::Phone, known(&customer.phone)),
    ]
    .into_iter()
    .filter_map(|(field, text)| Some((field, Value::Text(text.filter(|text| !text.is_empty())?))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        CustomerId, FieldRule, MetafieldKey, MetafieldName, Money, OrderId, OrderSummary, Owner, ShopDomain,
    };

    pub(crate) fn ada() -> Customer {
        Customer {
            key: CustomerKey {
                shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
                customer: CustomerId::new(7),
            },
            created_at: "2025-01-01T00:00:00Z".parse().unwrap(),
            updated_at: "2026-11-20T10:00:00Z".parse().unwrap(),
            first_name: Seen::Known(Some("Ada".into())),
            last_name: Seen::Known(Some("Lovelace".into())),
            email: Seen::Known(Some(Email { address: "Ada@Example.com ".into(), verified: true })),
            phone: Seen::Known(None),
            place: crate::Place::default(),
            tags: vec!["vip".into(), "b2b".into(), "vip".into()],
            orders_count: 3,
            amount_spent: Money::parse("100.00", "USD").unwrap(),
            last_order: Some(OrderSummary {
                id: OrderId::new(11),
                name: "#1003".into(),
                processed_at: "2026-11-20T09:59:00Z".parse().unwrap(),
            }),
            refunds: None,
            companies: None,
            email_consent: Seen::Known(Some(Consent::Subscribed)),
            sms_consent: Seen::Known(None),
            metafields: BTreeMap::new(),
        }
    }

    /// Rules by which `custom.<name>` is written under that name.
    pub(crate) fn with_metafields(names: &[&str]) -> Rules {
        let mut rules = Rules::default();
        for name in names {
            let field = Field::from_name(name).unwrap();
            rules.fields.insert(field, FieldRule::usual(field));
            rules.metafields.insert(custom(name), MetafieldName::parse(name).unwrap());
        }
        rules
    }

    pub(crate) fn custom(name: &str) -> MetafieldKey {
        MetafieldKey::parse(&format!("custom.{name}")).unwrap()
    }

    #[test]
    fn s_034_to_s_044_the_contact_says_what_the_shop_says() {
        let wish = desired(&ada(), "", &Rules::default());
        let text = |field| match &wish.fields[&field] {
            Value::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(text(Field::CustomerKey), "7");
        assert_eq!(text(Field::Email), "ada@example.com");
        assert_eq!(text(Field::LeadSource), "Shopify");
        assert_eq!(text(Field::Currency), "USD");
        assert_eq!(text(Field::LastOrderName), "#1003");
        assert_eq!(wish.fields[&Field::AverageOrderValue], Value::Number("33.33".parse().unwrap()));
        assert_eq!(wish.fields[&Field::Tags], Value::List(vec!["b2b".into(), "vip".into()]));
        assert_eq!(wish.match_email.as_deref(), Some("ada@example.com"));
    }

    #[test]
    fn s_036_no_orders_leave_the_average_empty() {
        let mut customer = ada();
        (customer.orders_count, customer.last_order) = (0, None);
        let wish = desired(&customer, "", &Rules::default());
        assert_eq!(wish.fields[&Field::AverageOrderValue], Value::Empty);
        assert_eq!(wish.fields[&Field::LastOrderAt], Value::Empty);
    }

    #[test]
    fn what_the_shop_withholds_or_does_not_know_about_a_person_is_left_alone() {
        let mut customer = ada();
        (customer.email, customer.first_name) = (Seen::Withheld, Seen::Known(Some("  ".into())));
        let wish = desired(&customer, "", &Rules::default());
        for field in [Field::Email, Field::FirstName, Field::Phone] {
            assert!(!wish.fields.contains_key(&field), "{field:?}");
        }
        assert_eq!(wish.match_email, None);
    }

    #[test]
    fn s_210_an_unverified_address_is_written_but_never_matched() {
        let mut customer = ada();
        customer.email = Seen::Known(Some(Email { address: "ada@example.com".into(), verified: false }));
        let wish = desired(&customer, "", &Rules::default());
        assert_eq!(wish.match_email, None);
        assert!(wish.fields.contains_key(&Field::Email));
    }

    #[test]
    fn two_shops_with_the_same_customer_id_have_two_keys() {
        let of = |prefix| desired(&ada(), prefix, &Rules::default()).key;
        assert_ne!(of("eu-"), of("us-"));
    }

    #[test]
    fn s_001_s_005_a_field_that_is_switched_off_or_not_listed_or_the_crms_is_no_wish() {
        let mut rules = Rules::default();
        let usual = FieldRule::usual(Field::Tags);
        rules.fields.insert(Field::Tags, FieldRule { is_synced: false, ..usual });
        rules.fields.insert(Field::TotalSpent, FieldRule { owner: Owner::Crm, ..usual });
        rules.fields.remove(&Field::FirstName);
        let wish = desired(&ada(), "", &rules);
        for field in [Field::Tags, Field::TotalSpent, Field::FirstName] {
            assert!(!wish.fields.contains_key(&field), "{field:?}");
        }
        assert!(wish.fields.contains_key(&Field::LastName));
    }

    #[test]
    fn the_stage_the_lead_source_and_the_tags_are_as_the_rules_have_them() {
        let mut rules = Rules { lead_source: "Web shop".into(), ..Rules::default() };
        let usual = FieldRule::usual(Field::LifecycleStage);
        rules.fields.insert(Field::LifecycleStage, FieldRule { is_synced: true, ..usual });
        rules.tags = TagRules::new(["VIP"], []);
        let wish = desired(&ada(), "", &rules);
        assert_eq!(wish.fields[&Field::LifecycleStage], Value::Text("customer".into()));
        assert_eq!(wish.fields[&Field::LeadSource], Value::Text("Web shop".into()));
        assert_eq!(wish.fields[&Field::Tags], Value::List(vec!["vip".into()]));
    }

    #[test]
    fn what_went_back_is_written_where_it_was_asked_for_and_left_alone_otherwise() {
        let fields = [Field::RefundCount, Field::RefundedAmount];
        let said = |refunds: Option<Refunds>| {
            let wish = desired(&Customer { refunds, ..ada() }, "", &Rules::default());
            fields.map(|field| wish.fields.get(&field).cloned())
        };
        let (usd, back) = (Money::parse("0", "USD").unwrap().currency, Money::parse("9.90", "USD").unwrap());
        let number = |text: &str| Some(Value::Number(text.parse().unwrap()));
        assert_eq!(said(None), [None, None]);
        assert_eq!(said(Some(Refunds::of(&[], usd))), [number("0"), number("0")]);
        assert_eq!(said(Some(Refunds::of(&[back, back], usd))), [number("2"), number("19.8")]);
        assert_eq!(said(Some(Refunds { count: 2, amount: None })), [number("2"), None]);
    }

    #[test]
    fn s_030_the_companies_somebody_buys_for_are_told_by_name_where_they_were_asked_for() {
        let mut rules = Rules::default();
        let usual = FieldRule::usual(Field::Companies);
        rules.fields.insert(Field::Companies, FieldRule { is_synced: true, ..usual });
        let said = |names: Option<&[&str]>| {
            let buyer = |name: &&str| Buyer { company: crate::CompanyId::new(1), name: (*name).to_owned() };
            let companies = names.map(|names| names.iter().map(buyer).collect());
            let wish = desired(&Customer { companies, ..ada() }, "", &rules);
            wish.fields.get(&Field::Companies).cloned()
        };
        assert_eq!(said(None), None);
        assert_eq!(said(Some(&[])), Some(Value::Empty));
        assert_eq!(
            said(Some(&["Zed", " Acme ", "Zed"])),
            Some(Value::List(vec!["Acme".into(), "Zed".into()]))
        );
    }

    #[test]
    fn consent_is_the_shops_word_unless_it_is_withheld() {
        let wish = desired(&ada(), "", &Rules::default());
        assert_eq!(wish.fields[&Field::EmailConsent], Value::Text("subscribed".into()));
        assert_eq!(wish.fields[&Field::SmsConsent], Value::Empty, "no number, no consent");
        let mut customer = ada();
        customer.email_consent = Seen::Withheld;
        let wish = desired(&customer, "", &Rules::default());
        assert!(!wish.fields.contains_key(&Field::EmailConsent));
    }

    #[test]
    fn s_214_a_metafield_is_the_shops_word_unless_it_is_withheld_or_was_not_asked_for() {
        let gold = Value::Text("gold".into());
        let table = [
            (Some(Seen::Known(Some(gold.clone()))), Some(gold)),
            (Some(Seen::Known(None)), Some(Value::Empty)),
            (Some(Seen::Withheld), None),
            (None, None),
        ];
        let tier = Field::from_name("loyalty_tier").unwrap();
        for (seen, wished) in table {
            let mut customer = ada();
            customer.metafields.extend(seen.clone().map(|seen| (custom("loyalty_tier"), seen)));
            let wish = desired(&customer, "", &with_metafields(&["loyalty_tier"]));
            assert_eq!(wish.fields.get(&tier), wished.as_ref(), "{seen:?}");
            let unruled = desired(&customer, "", &Rules::default());
            assert!(!unruled.fields.contains_key(&tier), "what the rules do not name is not written");
        }
    }

    #[test]
    fn s_214_a_metafield_that_is_the_crms_is_neither_wished_for_nor_asked_for() {
        let mut rules = with_metafields(&["loyalty_tier"]);
        let tier = Field::from_name("loyalty_tier").unwrap();
        assert_eq!(rules.written_metafields().count(), 1);
        rules.fields.insert(tier, FieldRule { owner: Owner::Crm, ..FieldRule::usual(tier) });
        let mut customer = ada();
        customer.metafields.insert(custom("loyalty_tier"), Seen::Known(Some(Value::Text("gold".into()))));
        assert!(!desired(&customer, "", &rules).fields.contains_key(&tier));
        assert_eq!(rules.written_metafields().count(), 0);
        assert_eq!(rules.owned_by_crm().collect::<Vec<_>>(), [tier]);
    }
}
