//! A link as a row of the table of records, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    CustomerId, CustomerKey, Field, Fingerprint, Fingerprints, Mention, OrderId, OrderVersion, RecordId,
    ShopDomain, SignalName, SignalState, Standing,
};
use jiff::Timestamp;
use store::{Link, StoreError, StoreErrorKind};

use crate::due_row::due_at;
use crate::row::{Row, maybe_text, number, s, text, unreadable};

/// The key of a customer's row.
pub(crate) fn customer_row(customer: &CustomerKey) -> Row {
    key(format!("customer#{customer}"), "link")
}

/// The key of the row that leads from a record back to its customer.
pub(crate) fn way_back_row(record: &RecordId) -> Row {
    key(format!("record#{record}"), "customer")
}

fn key(pk: String, sk: &str) -> Row {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

/// The link in a customer's row; a row that was only ever leased has none.
pub(crate) fn link(row: &Row) -> Result<Option<Link>, StoreError> {
    let Some(record) = maybe_text(row, "record")? else { return Ok(None) };
    let version = text(row, "version")?.parse().map_err(|_| unreadable("version", "a time (RFC 3339)"))?;
    let record = RecordId::new(record);
    let (written, newest_order) = (written(row)?, newest_order(row)?);
    let signals = SignalState { due_at: due_at(row)?, ..signals(row)? };
    Ok(Some(Link { record, version, written, newest_order, signals }))
}

/// The newest order that was seen, as `id@version`; nothing, or an empty text, where none was.
fn newest_order(row: &Row) -> Result<Option<OrderVersion>, StoreError> {
    let text = maybe_text(row, "newest_order")?.filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(None) };
    let read = || {
        let (order, updated_at) = text.split_once('@')?;
        Some(OrderVersion { order: OrderId::parse(order).ok()?, updated_at: updated_at.parse().ok()? })
    };
    read().map(Some).ok_or_else(|| unreadable("newest_order", "an order's id, `@` and a time (RFC 3339)"))
}

/// The other way.
pub(crate) fn newest_order_text(link: &Link) -> AttributeValue {
    s(link.newest_order.map(|seen| format!("{}@{}", seen.order, seen.updated_at)).unwrap_or_default())
}

/// What the signals are looked at with the next time, in words with a space between two: `looked@` and `abandoned@` with
/// the seconds since 1970, and each flag with how often it went on, `vip_buyer+2` where it is on and `vip_buyer-2` where it
/// is not. What cannot be one of these is left out.
fn signals(row: &Row) -> Result<SignalState, StoreError> {
    let text = maybe_text(row, "signals")?.unwrap_or_default();
    let mut state = SignalState::default();
    for word in text.split(' ') {
        match word.split_once('@') {
            Some(("looked", at)) => state.looked_at = second(at),
            Some(("abandoned", at)) => state.abandoned_at = second(at),
            _ => state.flags.extend(flag(word)),
        }
    }
    Ok(state)
}

fn second(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.parse().ok()?).ok()
}

fn flag(word: &str) -> Option<(SignalName, Standing)> {
    let (name, times) = word.split_at_checked(word.find(['+', '-'])?)?;
    let (is_on, times) = (times.starts_with('+'), times.get(1..)?.parse().ok()?);
    Some((SignalName::parse(name).ok()?, Standing { is_on, times }))
}

/// The other way.
pub(crate) fn signals_text(link: &Link) -> AttributeValue {
    let SignalState { flags, looked_at, abandoned_at, .. } = &link.signals;
    let moment = |name: &str, at: &Option<Timestamp>| at.map(|at| format!("{name}@{}", at.as_second()));
    let flag = |(name, Standing { is_on, times }): (&SignalName, &Standing)| {
        format!("{}{}{times}", name.as_str(), if *is_on { '+' } else { '-' })
    };
    let moments = [moment("looked", looked_at), moment("abandoned", abandoned_at)];
    let words: Vec<_> = moments.into_iter().flatten().chain(flags.iter().map(flag)).collect();
    s(words.join(" "))
}

/// What was written, by the names of the fields. A name that no field can have is left out.
fn written(row: &Row) -> Result<Fingerprints, StoreError> {
    let wrong = || unreadable("written", "a map of texts");
    let map = row.get("written").and_then(|value| value.as_m().ok()).ok_or_else(wrong)?;
    let known = map.iter().filter_map(|(name, value)| Some((Field::from_name(name)?, value)));
    known.map(|(field, value)| Ok((field, Fingerprint::stored(value.as_s().map_err(|_| wrong())?)))).collect()
}

/// The other way.
pub(crate) fn written_map(link: &Link) -> AttributeValue {
    let texts = link.written.iter().map(|(field, print)| (field.name().to_owned(), s(print.as_str())));
    AttributeValue::M(texts.collect())
}

/// What was left in a customer's row. One that a later version left and that cannot be read here fails the row: it must
/// not be taken for dealt with.
pub(crate) fn mentions(row: &Row) -> Result<Vec<Mention>, StoreError> {
    let wrong = || unreadable("mentions", "a list of mentions in JSON");
    let Some(list) = row.get("mentions") else { return Ok(vec![]) };
    let list = list.as_l().map_err(|_| wrong())?;
    let read = |value: &AttributeValue| serde_json::from_str(value.as_s().ok()?).ok();
    list.iter().map(|value| read(value).ok_or_else(wrong)).collect()
}

/// The other way.
pub(crate) fn mention_list(mentions: &[Mention]) -> Result<AttributeValue, StoreError> {
    let unwritable = |cause| {
        StoreError::new(StoreErrorKind::Refused, "a mention could not be written as JSON").because(cause)
    };
    let texts = mentions.iter().map(|mention| serde_json::to_string(mention).map(s).map_err(unwritable));
    texts.collect::<Result<_, _>>().map(AttributeValue::L)
}

/// The customer that a way back leads to.
pub(crate) fn customer(row: &Row) -> Result<CustomerKey, StoreError> {
    let shop = ShopDomain::parse(text(row, "shop")?);
    let shop = shop.map_err(|cause| unreadable("shop", "a shop's permanent domain").because(cause))?;
    Ok(CustomerKey { shop, customer: CustomerId::new(number(row, "customer_id")?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::n;

    fn row(attributes: &[(&str, AttributeValue)]) -> Row {
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn prints(names: &[&str]) -> AttributeValue {
        AttributeValue::M(names.iter().map(|name| ((*name).to_owned(), s("h"))).collect())
    }

    #[test]
    fn s_214_a_field_is_found_by_its_name_whether_the_manifest_still_has_it_or_not() {
        let known = ("record", s("55"));
        let row = row(&[
            known,
            ("version", s("2026-11-20T10:00:00Z")),
            ("written", prints(&["email", "loyalty_tier", "Later"])),
        ]);
        let link = link(&row).unwrap().unwrap();
        let fields = ["email", "loyalty_tier"].map(|name| Field::from_name(name).unwrap());
        assert_eq!(link.written, Fingerprints::from(fields.map(|field| (field, Fingerprint::stored("h")))));
        let AttributeValue::M(kept) = written_map(&link) else { panic!("a map") };
        assert_eq!(kept.len(), 2, "what is read is what is kept");
    }

    #[test]
    fn the_signals_of_a_row_are_read_back_and_a_row_from_before_there_were_any_has_none() {
        let of = |text: Option<&str>| {
            let mut row =
                row(&[("record", s("55")), ("version", s("2026-11-20T10:00:00Z")), ("written", prints(&[]))]);
            row.extend(text.map(|text| ("signals".to_owned(), s(text))));
            link(&row).unwrap().unwrap()
        };
        assert_eq!(of(None).signals, SignalState::default());
        assert_eq!(of(Some("")).signals, SignalState::default());
        let text = "looked@1764000000 abandoned@1763990000 refund_risk-1 vip_buyer+2";
        let kept = of(Some(&format!("{text} Later+1 later@x winback")));
        assert_eq!((kept.signals.flags.len(), kept.signals.on().len()), (2, 1));
        assert_eq!(signals_text(&kept), s(text));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_said_to_be_so_by_its_attribute_and_never_by_its_value() {
        let (record, version) = (("record", s("55")), ("version", s("2026-11-20T10:00:00Z")));
        let table = [
            ("record", row(&[("record", n(55))])),
            ("version", row(std::slice::from_ref(&record))),
            ("version", row(&[record.clone(), ("version", s("secret"))])),
            ("written", row(&[record.clone(), version.clone()])),
            ("written", row(&[record, version, ("written", AttributeValue::M(row(&[("email", n(1))])))])),
        ];
        for (attribute, row) in table {
            let error = link(&row).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unreadable);
            assert!(error.to_string().contains(&format!("`{attribute}`")), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert!(customer(&row(&[("shop", s("x")), ("customer_id", n(1))])).is_err());
    }
}
