//! The index of what comes due, over the table of records.

use aws_sdk_dynamodb::operation::query::QueryOutput;
use domain::ShopDomain;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Checkout, DueCursor, DueIndex, DuePage, StoreError, StoreErrorKind};

use crate::due_row::{self, day_of, part};
use crate::error::store_error;
use crate::records::Records;
use crate::row::{Row, n, number, s, text};

const READING: &str = "could not read what is due in the table of records";
/// The name of the index in the template.
const INDEX: &str = "due";

/// How many rows one look returns: a row is keys only, so they are far from the megabyte that a look may return.
const ROWS_AT_ONCE: i32 = 500;
/// How many days without anything due are looked at before the asker is told where to go on.
const DAYS_AT_ONCE: usize = 31;

/// Where a look begins: at a day, after one of its rows or at its first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    day: Date,
    after: Option<After>,
}

/// A row of the index, by its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
struct After {
    due_at_ms: i64,
    sk: String,
    pk: String,
}

impl Place {
    fn beginning_of(day: Date) -> Self {
        Self { day, after: None }
    }

    /// The day, and the keys of a row with a space between two; the first part of a key comes last, since it may have
    /// spaces in it.
    fn read(DueCursor(text): &DueCursor) -> Option<Self> {
        let Some((day, row)) = text.split_once(' ') else {
            return Some(Self::beginning_of(text.parse().ok()?));
        };
        let mut keys = row.splitn(3, ' ');
        let due_at_ms = keys.next()?.parse().ok()?;
        let (sk, pk) = (keys.next()?.to_owned(), keys.next()?.to_owned());
        Some(Self { day: day.parse().ok()?, after: Some(After { due_at_ms, sk, pk }) })
    }

    fn cursor(&self) -> DueCursor {
        DueCursor(match &self.after {
            None => self.day.to_string(),
            Some(After { due_at_ms, sk, pk }) => format!("{} {due_at_ms} {sk} {pk}", self.day),
        })
    }

    /// The key of the row that a look begins after.
    fn start(&self, shop: &ShopDomain) -> Option<Row> {
        let After { due_at_ms, sk, pk } = self.after.as_ref()?;
        let keys =
            [("pk", s(pk)), ("sk", s(sk)), ("due_in", part(shop, self.day)), ("due_at_ms", n(*due_at_ms))];
        Some(keys.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Where the next look begins: after the last row that was evaluated, or else on the next day, up to the last one.
    fn next(&self, last_evaluated: Option<Row>, last: Date) -> Result<Option<Self>, StoreError> {
        if let Some(row) = last_evaluated.filter(|row| !row.is_empty()) {
            let (sk, pk) = (text(&row, "sk")?.to_owned(), text(&row, "pk")?.to_owned());
            let after = After { due_at_ms: number(&row, "due_at_ms")?, sk, pk };
            return Ok(Some(Self { day: self.day, after: Some(after) }));
        }
        let tomorrow = self.day.tomorrow().ok();
        Ok(tomorrow.filter(|day| *day <= last).map(Self::beginning_of))
    }
}

impl Records {
    /// One look into one day of a shop.
    async fn look(
        &self,
        shop: &ShopDomain,
        place: &Place,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<QueryOutput, StoreError> {
        let query = self.client().query().table_name(self.table()).index_name(INDEX).limit(ROWS_AT_ONCE);
        let query = query
            .key_condition_expression("due_in = :part AND due_at_ms BETWEEN :since AND :now")
            .expression_attribute_values(":part", part(shop, place.day))
            .expression_attribute_values(":since", n(since.as_millisecond()))
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .set_exclusive_start_key(place.start(shop));
        query.send().await.map_err(|error| store_error(READING, error))
    }

    /// Looks from there on until something is due, or all days were looked at, or enough for one answer.
    async fn page(
        &self,
        shop: &ShopDomain,
        since: Timestamp,
        now: Timestamp,
        mut place: Place,
    ) -> Result<DuePage, StoreError> {
        let mut page = DuePage::default();
        for _ in 0..DAYS_AT_ONCE {
            let said = self.look(shop, &place, since, now).await?;
            page.rows_read += u64::try_from(said.scanned_count).unwrap_or_default();
            page.due = said.items.unwrap_or_default().iter().map(due_row::due).collect::<Result<_, _>>()?;
            let next = place.next(said.last_evaluated_key, day_of(now))?;
            page.next = next.as_ref().map(Place::cursor);
            match next {
                Some(next) if page.due.is_empty() => place = next,
                _ => break,
            }
        }
        Ok(page)
    }
}

impl DueIndex for Records {
    async fn due(
        &self,
        shop: &ShopDomain,
        since: Timestamp,
        now: Timestamp,
        after: Option<&DueCursor>,
    ) -> Result<DuePage, StoreError> {
        // An empty time is refused by the service.
        if since > now {
            return Ok(DuePage::default());
        }
        let unknown = || StoreError::new(StoreErrorKind::Refused, "that is no place in the index");
        let place = match after {
            Some(cursor) => Place::read(cursor).ok_or_else(unknown)?,
            None => Place::beginning_of(day_of(since)),
        };
        self.page(shop, since, now, place).await
    }

    async fn touched(&self, checkout: &Checkout, due_at: Timestamp) -> Result<(), StoreError> {
        self.touch_checkout(checkout, due_at).await
    }

    async fn over(&self, shop: &ShopDomain, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.end_checkout(shop, token, now).await
    }

    async fn open(&self, checkouts: &[(&ShopDomain, &str)]) -> Result<Vec<bool>, StoreError> {
        self.which_are_open(checkouts).await
    }

    async fn checkout(&self, shop: &ShopDomain, token: &str) -> Result<Option<Checkout>, StoreError> {
        self.read_checkout(shop, token).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_told() {
        let day = Date::constant(2026, 11, 24);
        let of = |pk: &str| Place {
            day,
            after: Some(After { due_at_ms: -7, sk: "checkout".into(), pk: pk.into() }),
        };
        let places = [
            Place::beginning_of(day),
            of("customer#a.myshopify.com#1"),
            of("checkout#a.myshopify.com# b  c\n"),
        ];
        for place in places {
            assert_eq!(Place::read(&place.cursor()), Some(place));
        }
        for text in ["", "yesterday", "2026-11-24 ", "2026-11-24 x link y", "2026-11-24 1 link"] {
            assert_eq!(Place::read(&DueCursor(text.into())), None, "{text}");
        }
    }
}
