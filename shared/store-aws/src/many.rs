//! Many customers' rows in few calls: whatever is not as plain as it nearly always is goes the way of one.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{CustomerKey, RecordId};
use store::{Asking, Holding, Keeping, Kept, Lease, Link, StoreError};

use crate::due_row::index_attributes;
use crate::partiql::{Stated, Statement, execute, quoted};
use crate::record_row::{customer_row, newest_order_text, signals_text, way_back_row, written_map};
use crate::records::{GIVEN_BACK, Records, granted_over, held_by};
use crate::row::{Row, n, s};

const LEASING: &str = "could not lease customers in the table of records";
const KEEPING: &str = "could not keep links in the table of records";

/// The answers so far, by place; `None` where there is none yet.
pub(crate) type Answers<T> = Vec<Option<Result<T, StoreError>>>;

impl Records {
    /// Carries out a statement for each that has no answer yet and gets one from `statement`. A row that stands against
    /// its statement is asked for one, and may leave its place without.
    async fn state<T>(
        &self,
        answers: &mut Answers<T>,
        doing: &str,
        statement: impl Fn(usize) -> Option<Statement>,
        done: impl Fn(Row) -> Result<T, StoreError>,
        stood: impl Fn(usize, Row) -> Option<Result<T, StoreError>>,
    ) {
        let open = (0..answers.len()).filter(|place| answers.get(*place).is_some_and(Option::is_none));
        let (places, statements): (Vec<_>, Vec<_>) =
            open.filter_map(|place| Some((place, statement(place)?))).unzip();
        for (place, stated) in places.into_iter().zip(execute(self.client(), statements, doing).await) {
            let Some(answer) = answers.get_mut(place) else { continue };
            *answer = match stated {
                Ok(Stated::Done(row)) => Some(done(row)),
                Ok(Stated::Stood(row)) => stood(place, row),
                Err(error) => Some(Err(error)),
            };
        }
    }

    /// Rows that are there and free, then rows that are not there yet.
    pub(crate) async fn lease_plain(&self, asked: &[Asking<'_>]) -> Answers<Lease> {
        let mut answers: Answers<Lease> = asked.iter().map(|_| None).collect();
        let known = |place: usize| asked.get(place).map(|asked| self.lease_known(*asked));
        let held = |place: usize, row: Row| anothers(asked.get(place)?, &row);
        self.state(&mut answers, LEASING, known, |before| granted_over(&before), held).await;
        let new = |place: usize| asked.get(place).map(|asked| self.lease_new(*asked));
        self.state(&mut answers, LEASING, new, |_| Ok(Lease::Granted(Holding::default())), |_, _| None).await;
        answers
    }

    /// In this language an update makes no row where there is none.
    fn lease_known(&self, Asking { customer, claimant }: Asking<'_>) -> Statement {
        let text = format!(
            "UPDATE {} SET lease_owner = ? SET lease_until_ms = ? WHERE pk = ? AND sk = ? \
             AND lease_until_ms <= ? RETURNING ALL OLD *",
            quoted(self.table())
        );
        let [pk, sk] = key(customer_row(customer));
        let (now, until) = (claimant.now.as_millisecond(), claimant.until.as_millisecond());
        Statement { text, parameters: vec![s(&claimant.owner), n(until), pk, sk, n(now)] }
    }

    fn lease_new(&self, Asking { customer, claimant }: Asking<'_>) -> Statement {
        let text = format!(
            "INSERT INTO {} VALUE {{'pk': ?, 'sk': ?, 'lease_owner': ?, 'lease_until_ms': ?}}",
            quoted(self.table())
        );
        let [pk, sk] = key(customer_row(customer));
        let until = n(claimant.until.as_millisecond());
        Statement { text, parameters: vec![pk, sk, s(&claimant.owner), until] }
    }

    /// Rows in which nothing was left, linked with the same record as before or with their first one.
    ///
    /// The way back of a first one is made before the row, and stays where the row is refused then: it leads from a record
    /// to the customer that it was made for, until somebody else links it.
    pub(crate) async fn keep_plain(&self, keepings: &[Keeping<'_>]) -> Answers<Kept> {
        let mut ways_back: Answers<()> = keepings.iter().map(|_| None).collect();
        let first = |place: usize| keepings.get(place).and_then(|keeping| self.first_way_back(keeping));
        self.state(&mut ways_back, KEEPING, first, |_| Ok(()), |_, _| None).await;
        let mut answers: Answers<Kept> = keepings.iter().map(|_| None).collect();
        let row = |place: usize| {
            let keeping = keepings.get(place)?;
            let has_way_back = matches!(ways_back.get(place), Some(Some(Ok(()))));
            self.keep_row(keeping, has_way_back)
        };
        self.state(&mut answers, KEEPING, row, |_| Ok(Kept::Kept), |_, _| None).await;
        answers
    }

    fn first_way_back(&self, keeping: &Keeping<'_>) -> Option<Statement> {
        let link = keeping.link.filter(|_| is_plain(keeping) && keeping.linked.is_none())?;
        let text = format!(
            "INSERT INTO {} VALUE {{'pk': ?, 'sk': ?, 'shop': ?, 'customer_id': ?}}",
            quoted(self.table())
        );
        let [pk, sk] = key(way_back_row(&link.record));
        let CustomerKey { shop, customer } = keeping.customer;
        Some(Statement { text, parameters: vec![pk, sk, s(shop.as_str()), n(customer.get())] })
    }

    fn keep_row(&self, keeping: &Keeping<'_>, has_way_back: bool) -> Option<Statement> {
        if !is_plain(keeping) {
            return None;
        }
        match (keeping.link, keeping.linked) {
            (None, _) => Some(self.let_go_row(keeping)),
            (Some(link), None) if has_way_back => Some(self.link_row(keeping, link, None)),
            (Some(link), Some(linked)) if *linked == link.record => {
                Some(self.link_row(keeping, link, Some(linked)))
            }
            _ => None,
        }
    }

    fn let_go_row(&self, keeping: &Keeping<'_>) -> Statement {
        let text =
            format!("UPDATE {} SET lease_until_ms = ? WHERE {MINE_AND_NOTHING_LEFT}", quoted(self.table()));
        let mut parameters = vec![n(GIVEN_BACK)];
        parameters.extend(mine(keeping));
        Statement { text, parameters }
    }

    fn link_row(&self, keeping: &Keeping<'_>, link: &Link, linked: Option<&RecordId>) -> Statement {
        let due_at = link.signals.due_at;
        let due = if due_at.is_some() { IN_THE_INDEX } else { NOT_IN_THE_INDEX };
        let index = due_at.map(|at| index_attributes(&keeping.customer.shop, at)).into_iter().flatten();
        let same = if linked.is_some() { "\"record\" = ?" } else { "\"record\" IS MISSING" };
        let text = format!(
            "UPDATE {} SET \"record\" = ? SET \"version\" = ? SET \"written\" = ? SET newest_order = ? \
             SET signals = ? SET lease_until_ms = ? {due} WHERE {MINE_AND_NOTHING_LEFT} AND {same}",
            quoted(self.table())
        );
        let (record, version) = (s(link.record.as_str()), s(link.version.to_string()));
        let (written, newest, signals) = (written_map(link), newest_order_text(link), signals_text(link));
        let mut parameters = vec![record, version, written, newest, signals, n(GIVEN_BACK)];
        parameters.extend(index);
        parameters.extend(mine(keeping));
        parameters.extend(linked.map(|record| s(record.as_str())));
        Statement { text, parameters }
    }
}

/// The answer where somebody else holds the row. Where nobody does, there is no row; where it is one's own, an answer got
/// lost: both go another way.
fn anothers(asked: &Asking<'_>, row: &Row) -> Option<Result<Lease, StoreError>> {
    let owner = row.get("lease_owner")?.as_s().ok()?;
    (*owner != asked.claimant.owner).then(|| held_by(row))
}

/// What a statement can do: nothing was left that was seen and would have to be removed.
fn is_plain(keeping: &Keeping<'_>) -> bool {
    keeping.seen == 0
}

/// What puts a row into the index of what comes due, and what takes it out. To remove what is not there changes nothing.
const IN_THE_INDEX: &str = "SET due_in = ? SET due_at_ms = ?";
const NOT_IN_THE_INDEX: &str = "REMOVE due_in REMOVE due_at_ms";

const MINE_AND_NOTHING_LEFT: &str = "pk = ? AND sk = ? AND lease_owner = ? AND mentions IS MISSING";

fn mine(keeping: &Keeping<'_>) -> impl Iterator<Item = AttributeValue> {
    key(customer_row(keeping.customer)).into_iter().chain([s(&keeping.claimant.owner)])
}

fn key(mut row: Row) -> [AttributeValue; 2] {
    ["pk", "sk"].map(|name| row.remove(name).unwrap_or_else(|| s("")))
}
