//! One line of the file: a customer, or an order of one. Only what is needed is read out.

use std::borrow::Cow;
use std::cell::Cell;

use domain::Currency;

use crate::amount::Amount;
use crate::broken::Fault;
use crate::moment;
use crate::scan::{Cursor, Slip, Step, Text};

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'l> {
    Customer(CustomerLine),
    Order(OrderLine<'l>),
}

/// A customer, as far as it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CustomerLine {
    pub(crate) id: u64,
    pub(crate) updated_at: i64,
    /// How many orders the shop says there are.
    pub(crate) orders: u64,
    /// What the shop says that they spent.
    pub(crate) spent: Price,
}

/// An order, as far as it is needed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OrderLine<'l> {
    pub(crate) id: u64,
    pub(crate) customer: u64,
    pub(crate) updated_at: i64,
    pub(crate) processed_at: i64,
    pub(crate) is_test: bool,
    pub(crate) name: Cow<'l, str>,
    pub(crate) net: Price,
    pub(crate) refunds: Returned,
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) amount: Amount,
    pub(crate) currency: Currency,
}

/// What went back of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Returned {
    /// How long the list is.
    pub(crate) length: u64,
    /// With how many of them money went back; what only put goods back into stock is no refund.
    pub(crate) count: u64,
    pub(crate) amount: i128,
    pub(crate) currency: Option<Currency>,
    pub(crate) is_mixed: bool,
}

/// What an id is the id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Customer,
    Order,
    Other,
}

#[derive(Clone, Copy)]
struct Gid {
    kind: Kind,
    number: u64,
}

/// What a key of a line means.
#[derive(Clone, Copy)]
enum Key {
    Id,
    ParentId,
    UpdatedAt,
    ProcessedAt,
    NumberOfOrders,
    AmountSpent,
    Test,
    Name,
    NetPaymentSet,
    Refunds,
}

impl Key {
    fn of(key: &[u8]) -> Option<Self> {
        // Most others are told by their first letter.
        let Some(b'_' | b'a' | b'i' | b'n' | b'p' | b'r' | b't' | b'u') = key.first() else { return None };
        Some(match key {
            b"id" => Self::Id,
            b"__parentId" => Self::ParentId,
            b"updatedAt" => Self::UpdatedAt,
            b"processedAt" => Self::ProcessedAt,
            b"numberOfOrders" => Self::NumberOfOrders,
            b"amountSpent" => Self::AmountSpent,
            b"test" => Self::Test,
            b"name" => Self::Name,
            b"netPaymentSet" => Self::NetPaymentSet,
            b"refunds" => Self::Refunds,
            _ => return None,
        })
    }

    /// The key that stands here where it is the one that comes after this one in what [`DOCUMENT`](crate::DOCUMENT) asks for:
    /// to see that costs less than to read it.
    #[inline]
    fn likely(at: &mut Cursor<'_, '_>, after: Option<Self>) -> Option<Self> {
        let Some(after) = after else { return at.passes(b"\"id\":").then_some(Self::Id) };
        match after {
            Self::Id if at.passes(b"\"name\":") => Some(Self::Name),
            Self::Id | Self::Name => at.passes(b"\"updatedAt\":").then_some(Self::UpdatedAt),
            Self::UpdatedAt if at.passes(b"\"processedAt\":") => Some(Self::ProcessedAt),
            Self::UpdatedAt => at.passes(b"\"numberOfOrders\":").then_some(Self::NumberOfOrders),
            Self::ProcessedAt => at.passes(b"\"test\":").then_some(Self::Test),
            Self::Test => at.passes(b"\"netPaymentSet\":").then_some(Self::NetPaymentSet),
            Self::NetPaymentSet => at.passes(b"\"refunds\":").then_some(Self::Refunds),
            Self::NumberOfOrders => at.passes(b"\"amountSpent\":").then_some(Self::AmountSpent),
            Self::Refunds => at.passes(b"\"__parentId\":").then_some(Self::ParentId),
            Self::AmountSpent | Self::ParentId => None,
        }
    }
}

/// What was found in a line, before it is known what the line is.
#[derive(Default)]
struct Found<'l> {
    id: Option<Gid>,
    parent: Option<Gid>,
    updated_at: Option<i64>,
    processed_at: Option<i64>,
    orders: Option<u64>,
    spent: Option<Price>,
    is_test: Option<bool>,
    name: Option<Text<'l>>,
    net: Option<Price>,
    refunds: Option<Returned>,
}

/// Reads a line, without its end.
pub(crate) fn read(line: &[u8]) -> Step<Line<'_>> {
    let letters = Cell::default();
    let mut cursor = Cursor::of(line, &letters);
    let mut found = Found::default();
    cursor.object_of(Key::likely, Key::of, |at, key| found.take(at, key))?;
    cursor.end()?;
    found.line().map_err(|fault| Slip::at(0, fault))
}

impl<'l> Found<'l> {
    #[inline]
    fn take(&mut self, at: &mut Cursor<'l, '_>, key: Key) -> Step<()> {
        match key {
            Key::Id => self.id = global_id(at, "id")?,
            Key::ParentId => self.parent = global_id(at, "__parentId")?,
            Key::UpdatedAt => self.updated_at = moment(at, "updatedAt")?,
            Key::ProcessedAt => self.processed_at = moment(at, "processedAt")?,
            Key::NumberOfOrders => self.orders = count(at)?,
            Key::AmountSpent => self.spent = price(at, "amountSpent")?,
            Key::Test => self.is_test = if at.null()? { None } else { Some(at.boolean()?) },
            Key::Name => self.name = if at.null()? { None } else { Some(at.string()?) },
            Key::NetPaymentSet => self.net = shop_money(at, "netPaymentSet")?,
            Key::Refunds => self.refunds = returned(at)?,
        }
        Ok(())
    }

    fn line(self) -> Result<Line<'l>, Fault> {
        let id = self.id.ok_or(Fault::Missing("id"))?;
        match (id.kind, self.parent) {
            (Kind::Customer, None) => self.customer(id.number).map(Line::Customer),
            (Kind::Order, Some(Gid { kind: Kind::Customer, number })) => {
                self.order(id.number, number).map(Line::Order)
            }
            _ => Err(Fault::Kind),
        }
    }

    fn customer(self, id: u64) -> Result<CustomerLine, Fault> {
        Ok(CustomerLine {
            id,
            updated_at: self.updated_at.ok_or(Fault::Missing("updatedAt"))?,
            orders: self.orders.ok_or(Fault::Missing("numberOfOrders"))?,
            spent: self.spent.ok_or(Fault::Missing("amountSpent"))?,
        })
    }

    fn order(self, id: u64, customer: u64) -> Result<OrderLine<'l>, Fault> {
        Ok(OrderLine {
            id,
            customer,
            updated_at: self.updated_at.ok_or(Fault::Missing("updatedAt"))?,
            processed_at: self.processed_at.ok_or(Fault::Missing("processedAt"))?,
            is_test: self.is_test.ok_or(Fault::Missing("test"))?,
            name: self.name.ok_or(Fault::Missing("name"))?.read().ok_or(Fault::Value("name"))?,
            net: self.net.ok_or(Fault::Missing("netPaymentSet"))?,
            refunds: self.refunds.ok_or(Fault::Missing("refunds"))?,
        })
    }
}

impl<'l> Text<'l> {
    /// The text itself.
    fn read(self) -> Option<Cow<'l, str>> {
        if !self.escaped {
            return std::str::from_utf8(self.raw).ok().map(Cow::Borrowed);
        }
        let quoted = [b"\"", self.raw, b"\""].concat();
        serde_json::from_slice(&quoted).ok().map(Cow::Owned)
    }
}

/// A string that is `read`, or null.
#[inline]
fn value<'l, T>(
    at: &mut Cursor<'l, '_>,
    field: &'static str,
    read: impl FnOnce(&'l [u8]) -> Option<T>,
) -> Step<Option<T>> {
    if at.null()? {
        return Ok(None);
    }
    let from = at.at();
    let text = at.string()?;
    read(text.raw).map(Some).ok_or_else(|| wrong(from, field))
}

fn wrong(at: usize, field: &'static str) -> Slip {
    Slip::at(at, Fault::Value(field))
}

/// A global id or null.
#[inline]
fn global_id(at: &mut Cursor<'_, '_>, field: &'static str) -> Step<Option<Gid>> {
    let from = at.at();
    let kind = if at.passes(br#""gid:\/\/shopify\/Order\/"#) || at.passes(br#""gid://shopify/Order/"#) {
        Kind::Order
    } else if at.passes(br#""gid:\/\/shopify\/Customer\/"#) || at.passes(br#""gid://shopify/Customer/"#) {
        Kind::Customer
    } else {
        return value(at, field, gid);
    };
    if let Some(number) = at.digits_to_quote() {
        return Ok(Some(Gid { kind, number }));
    }
    at.back_to(from);
    value(at, field, gid)
}

/// A moment or null.
#[inline]
fn moment(at: &mut Cursor<'_, '_>, field: &'static str) -> Step<Option<i64>> {
    match at.fixed::<20, _>(|text| moment::plain(text)) {
        Some(seconds) => Ok(Some(seconds)),
        None => value(at, field, moment::read),
    }
}

/// `gid://shopify/Order/123`, with or without a backslash before each slash, and whatever stands after a question mark.
#[inline]
fn gid(raw: &[u8]) -> Option<Gid> {
    let rest = raw.strip_prefix(b"gid://shopify/").or_else(|| raw.strip_prefix(b"gid:\\/\\/shopify\\/"))?;
    let (kind, rest) = match rest {
        [b'C', b'u', b's', b't', b'o', b'm', b'e', b'r', b'/', rest @ ..]
        | [b'C', b'u', b's', b't', b'o', b'm', b'e', b'r', b'\\', b'/', rest @ ..] => (Kind::Customer, rest),
        [b'O', b'r', b'd', b'e', b'r', b'/', rest @ ..]
        | [b'O', b'r', b'd', b'e', b'r', b'\\', b'/', rest @ ..] => (Kind::Order, rest),
        _ => return Some(Gid { kind: Kind::Other, number: 0 }),
    };
    whole(rest.split(|byte| *byte == b'?').next()?).map(|number| Gid { kind, number })
}

/// Digits, as many as fit.
#[inline]
fn whole(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

/// An `UnsignedInt64`, which Shopify writes as a string.
fn count(at: &mut Cursor<'_, '_>) -> Step<Option<u64>> {
    if at.peek() == b'"' || at.peek() == b'n' {
        return value(at, "numberOfOrders", whole);
    }
    let from = at.at();
    whole(at.number()?).map(Some).ok_or_else(|| wrong(from, "numberOfOrders"))
}

/// `{"shopMoney":{…}}`
#[inline]
fn shop_money(at: &mut Cursor<'_, '_>, field: &'static str) -> Step<Option<Price>> {
    if at.null()? {
        return Ok(None);
    }
    let from = at.at();
    if at.passes(b"{\"shopMoney\":")
        && let Some(price) = plain_price(at)
        && at.passes(b"}")
    {
        return Ok(Some(price));
    }
    at.back_to(from);
    let mut found = None;
    at.object(|at, key| {
        if key == b"shopMoney" {
            found = price(at, field)?;
            return Ok(());
        }
        at.pass()
    })?;
    Ok(found)
}

/// The form in which the shop writes a price. None is no verdict: it is read by the whole grammar then.
#[inline]
fn plain_price(at: &mut Cursor<'_, '_>) -> Option<Price> {
    if !at.passes(b"{\"amount\":") {
        return None;
    }
    let amount = at.string().ok().and_then(|text| Amount::read(text.raw))?;
    if !at.passes(b",\"currencyCode\":") {
        return None;
    }
    let currency = at.fixed::<3, _>(|text| code(text))?;
    at.passes(b"}").then_some(Price { amount, currency })
}

/// `{"amount":"12.50","currencyCode":"EUR"}`
#[inline]
fn price(at: &mut Cursor<'_, '_>, field: &'static str) -> Step<Option<Price>> {
    if at.null()? {
        return Ok(None);
    }
    let from = at.at();
    if let Some(price) = plain_price(at) {
        return Ok(Some(price));
    }
    at.back_to(from);
    let (mut amount, mut currency) = (None, None);
    at.object(|at, key| {
        match key {
            b"amount" => amount = value(at, field, Amount::read)?,
            b"currencyCode" => currency = value(at, field, code)?,
            _ => at.pass()?,
        }
        Ok(())
    })?;
    Ok(amount.zip(currency).map(|(amount, currency)| Price { amount, currency }))
}

fn code(raw: &[u8]) -> Option<Currency> {
    Currency::parse(std::str::from_utf8(raw).ok()?).ok()
}

/// The list of refunds of an order.
fn returned(at: &mut Cursor<'_, '_>) -> Step<Option<Returned>> {
    if at.null()? {
        return Ok(None);
    }
    let mut returned = Returned::default();
    at.list(|at| {
        let from = at.at();
        returned.add(refund(at)?.ok_or_else(|| wrong(from, "refunds"))?);
        Ok(())
    })?;
    Ok(Some(returned))
}

fn refund(at: &mut Cursor<'_, '_>) -> Step<Option<Price>> {
    let mut found = None;
    at.object(|at, key| {
        if key == b"totalRefundedSet" {
            found = shop_money(at, "refunds")?;
            return Ok(());
        }
        at.pass()
    })?;
    Ok(found)
}

impl Returned {
    fn add(&mut self, price: Price) {
        self.length += 1;
        if price.amount.is_zero() {
            return;
        }
        self.count += 1;
        self.amount += price.amount.0;
        self.is_mixed |= self.currency.is_some_and(|currency| currency != price.currency);
        self.currency = Some(price.currency);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// What nobody asked for, some of it with names much like those that are.
    const OTHERS: [&str; 9] = [
        r#""firstName":"Zoë""#,
        r#""names":null"#,
        r#""idx":["id",{"id":7,"refunds":[]}]"#,
        r#""i\u0064":"\"id\":""#,
        r#""totalPriceSet":{"shopMoney":{"amount":"216.49","currencyCode":"EUR"}}"#,
        r#""statusPageUrl":"https:\/\/shop.example.com\/690933842\/orders\/48bbd4e33137b29c\/authenticate?key=f610ab04c00bc64e""#,
        r#""address":{"address1":"179 Rue de l’Église","address2":null,"lines":[["a","b"],[]]}"#,
        r#""":-0.5e3"#,
        r#""tests":true"#,
    ];
    const CUSTOMER: &str = r#"{"note":"a \"b\" é","id":"gid:\/\/shopify\/Customer\/7","updatedAt":"1970-01-01T00:00:09Z","tags":["x",{}],"numberOfOrders":"2","amountSpent":{"amount":"1.0","currencyCode":"EUR"}}"#;
    const ORDER: &str = r##"{"id":"gid://shopify/Order/9","name":"#\u0031\/2","updatedAt":"1970-01-01T00:00:02Z","processedAt":"1970-01-01T00:00:01Z","test":false,"netPaymentSet":{"shopMoney":{"amount":"12.5","currencyCode":"EUR"}},"refunds":[{"id":"r","totalRefundedSet":{"shopMoney":{"amount":"0.0","currencyCode":"EUR"}}},{"totalRefundedSet":{"shopMoney":{"amount":"2","currencyCode":"EUR"}}}],"__parentId":"gid://shopify/Customer/7"}"##;

    fn eur() -> Currency {
        Currency::parse("EUR").unwrap()
    }

    #[test]
    fn a_customer_is_read_with_or_without_escaped_slashes() {
        let expected = CustomerLine {
            id: 7,
            updated_at: 9,
            orders: 2,
            spent: Price { amount: Amount::parse("1.0").unwrap(), currency: eur() },
        };
        for line in [CUSTOMER.to_owned(), CUSTOMER.replace("\\/", "/")] {
            assert_eq!(read(line.as_bytes()), Ok(Line::Customer(expected)));
        }
    }

    #[test]
    fn an_order_is_read_with_what_went_back() {
        let Ok(Line::Order(order)) = read(ORDER.as_bytes()) else { panic!("{:?}", read(ORDER.as_bytes())) };
        assert_eq!((order.id, order.customer, &*order.name), (9, 7, "#1/2"));
        assert_eq!((order.updated_at, order.processed_at, order.is_test), (2, 1, false));
        assert_eq!(Some(order.net.amount), Amount::parse("12.50"));
        let refunds = order.refunds;
        assert_eq!((refunds.length, refunds.count, Some(Amount(refunds.amount))), (2, 1, Amount::parse("2")));
    }

    #[test]
    fn what_is_missing_or_null_is_named_and_never_guessed() {
        for field in ["updatedAt", "processedAt", "test", "name", "netPaymentSet", "refunds"] {
            let renamed = ORDER.replace(&format!("\"{field}\":"), "\"other\":");
            assert_eq!(read(renamed.as_bytes()).unwrap_err().0.1, Fault::Missing(field));
        }
        let withheld = CUSTOMER.replace(r#"{"amount":"1.0","currencyCode":"EUR"}"#, "null");
        assert_eq!(read(withheld.as_bytes()).unwrap_err().0.1, Fault::Missing("amountSpent"));
        let redacted = ORDER.replace(r#"{"shopMoney":{"amount":"2","currencyCode":"EUR"}}"#, "null");
        assert_eq!(read(redacted.as_bytes()).unwrap_err().0.1, Fault::Value("refunds"));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field_and_byte() {
        for (good, bad, field) in [
            ("12.5", "12,5", "netPaymentSet"),
            ("1970-01-01T00:00:01Z", "yesterday", "processedAt"),
            ("Order/9", "Order/9x", "id"),
        ] {
            let line = ORDER.replace(good, bad);
            let slip = read(line.as_bytes()).unwrap_err();
            assert_eq!(slip.0.1, Fault::Value(field));
            assert_eq!(slip.0.0, line.find(bad).unwrap() - if field == "id" { 15 } else { 1 });
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        let metafield = r#"{"id":"gid://shopify/Metafield/1","__parentId":"gid://shopify/Customer/7"}"#;
        let root = ORDER.replace("__parentId", "parent");
        let of_an_order = ORDER.replace("shopify/Customer/", "shopify/Order/");
        for line in [metafield, &root, &of_an_order] {
            assert_eq!(read(line.as_bytes()).unwrap_err().0.1, Fault::Kind);
        }
        assert_eq!(read(b"{}").unwrap_err().0.1, Fault::Missing("id"));
    }

    /// The members of a line, each with its comma but the last.
    fn members(line: &str) -> Vec<String> {
        let value: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
            serde_json::from_str(line).unwrap();
        value.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect()
    }

    proptest! {
        #[test]
        fn whatever_stands_between_them_and_in_any_order_the_same_values_are_read(
            is_order in any::<bool>(),
            order in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
            others in proptest::collection::vec((0..11_usize, select(OTHERS.to_vec())), 0..12),
            space in select(vec!["", " ", "\t"]),
        ) {
            let line = if is_order { ORDER } else { CUSTOMER };
            let wanted = members(line);
            let mut all: Vec<_> = order.iter().filter_map(|n| wanted.get(*n).cloned()).collect();
            for (place, other) in others {
                all.insert(place.min(all.len()), other.to_owned());
            }
            let wide = format!("{{{space}{}{space}}}", all.join(&format!("{space},{space}")));
            prop_assert_eq!(read(wide.as_bytes()), read(line.as_bytes()), "{}", wide);
        }
    }
}
