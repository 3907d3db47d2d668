//! Both halves, each in a stream: the result of the bulk operation, and the CRM's listing.

use bulk::{Arrangement, Believed, Buckets, Keep, Limits, Reader, Settings, Told};
use crm::Cursor;
use drift::{CrmHalf, Scheme};
use shopify::BulkResult;
use store::{Budgets, Links, Outbox, Runs};

use super::begin::again;
use super::halt::Halt;
use super::state::{State, Step};
use super::{Next, Run};

/// So many customers may be looked at one by one.
const HELD: usize = 2_000_000;
/// A checkpoint after so many pages: what is listed again after a crash is no more, and each costs as much to keep as the
/// half is large.
const PAGES: usize = 500;

/// What became of reading a file.
pub(super) enum Reading {
    Whole(Believed),
    /// Time is short: a token to go on with.
    Token(Vec<u8>),
    /// The operation has no result any more.
    Gone,
}

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    pub(super) async fn read(&self, state: &mut State, bulk: String) -> Result<Next, Halt> {
        let scheme = self.scheme(state);
        let token = state.part(0).to_vec();
        match self.file(state, &bulk, &scheme, Keep::Nobody, &token).await? {
            Reading::Gone => again(state, "has no result any more"),
            Reading::Token(token) => {
                state.set_body(vec![token]);
                Ok(Next::Later)
            }
            Reading::Whole(believed) => {
                state.report.tally.shop_customers = believed.counted.roots;
                self.figures(state, &believed).await;
                state.set_body(vec![believed.buckets.to_bytes(), CrmHalf::new(&scheme).to_bytes()]);
                Ok(Next::Step(Step::List { bulk, after: None }))
            }
        }
    }

    /// The file of an operation, from its beginning or where the token ends.
    pub(super) async fn file(
        &self,
        state: &mut State,
        bulk: &str,
        scheme: &Scheme,
        keep: Keep,
        token: &[u8],
    ) -> Result<Reading, Halt> {
        let Some(result) = self.result(state, bulk).await? else { return Ok(Reading::Gone) };
        // The second reading is for the customers alone.
        let values = keep == Keep::Nobody;
        let settings = Settings {
            source: bulk.to_owned(),
            key: scheme.key,
            buckets: scheme.buckets,
            arrangement: Arrangement::Grouped,
            keep,
            compared: scheme.compared.clone(),
            values,
            limits: Limits { held: HELD, ..Limits::default() },
        };
        // A token that does not fit (other rules, another version) costs no more than reading from the beginning.
        let resumed = Reader::resume(settings.clone(), token).ok();
        let mut reader = resumed.unwrap_or_else(|| Reader::new(settings));
        if self.pieces(state, &result, &mut reader).await? {
            let told = Told { objects: result.objects, roots: result.roots, bytes: result.bytes };
            return Ok(Reading::Whole(reader.finish(told)?));
        }
        Ok(Reading::Token(reader.token()?))
    }

    /// Reads on, piece by piece. Whether that was all. A piece that does not come stops it where it is: what was read before is
    /// not read again.
    async fn pieces(
        &self,
        state: &mut State,
        result: &BulkResult,
        reader: &mut Reader,
    ) -> Result<bool, Halt> {
        let Some(url) = &result.url else { return Ok(true) };
        let begun_at = reader.offset();
        let mut from = begun_at;
        loop {
            if self.means.is_late(self.now()) {
                return Ok(false);
            }
            let piece = match self.engine.admin.bulk_piece(self.shop, url, from).await {
                Ok(piece) => piece,
                Err(_) if reader.offset() > begun_at => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            reader.push(&piece.bytes)?;
            let read = piece.bytes.len() as u64;
            from += read;
            state.report.tally.file_bytes += read;
            if read == 0 || from >= piece.of {
                return Ok(true);
            }
        }
    }

    pub(super) async fn list(
        &self,
        state: &mut State,
        bulk: String,
        after: Option<String>,
    ) -> Result<Next, Halt> {
        let scheme = self.scheme(state);
        let shop = Buckets::from_bytes(state.part(0)).ok_or_else(unreadable)?;
        let mut half = CrmHalf::from_bytes(state.part(1)).ok_or_else(unreadable)?;
        let mut after = after.map(Cursor::new);
        for _ in 0..PAGES {
            if self.means.is_late(self.now()) {
                break;
            }
            state.report.tally.crm_calls += 1;
            let page = self.engine.crm.page(after.as_ref()).await?;
            page.records.iter().for_each(|record| half.take(record, &scheme));
            match page.next {
                None => return self.listed(state, bulk, &shop, &half).await,
                // It is still preparing.
                next if page.records.is_empty() => {
                    after = next;
                    self.rest().await;
                }
                next => after = next,
            }
        }
        state.set_body(vec![shop.to_bytes(), half.to_bytes()]);
        Ok(Next::Step(Step::List { bulk, after: after.map(|after| after.as_str().to_owned()) }))
    }
}

/// What we kept ourselves, sealed by the one who kept it, cannot be read.
pub(super) fn unreadable() -> Halt {
    Halt::ended("checkpoint_unreadable", "a part of the run's checkpoint cannot be read")
}
