//! The file of a bulk operation, piece by piece: a cut connection costs one piece, whatever the size of the file.

use domain::ShopDomain;
use outbound::{Answer, Method};
use secrecy::{ExposeSecret, SecretString};

use super::Admin;
use super::error::{ShopError, ShopErrorKind};

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPiece {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How long the file is as a whole, as the one who keeps it says.
    pub of: u64,
}

/// How much is asked for at once.
const PIECE_BYTES: u64 = 4 << 20;

impl Admin {
    /// Reads the file of a completed operation from this byte on, one piece of it. The address is signed: no token goes
    /// along. Where it has run out, ask for the operation again.
    pub async fn bulk_piece(
        &self,
        shop: &ShopDomain,
        url: &SecretString,
        from: u64,
    ) -> Result<BulkPiece, ShopError> {
        if self.credentials().of(shop).is_none() {
            return Err(ShopError::new(ShopErrorKind::NotConfigured, "not configured"));
        }
        let range = format!("bytes={from}-{}", from + PIECE_BYTES - 1);
        let headers = [("range", range.as_str()), ("accept-encoding", "identity")];
        let answer = self.outbound.json_with::<()>(Method::GET, url.expose_secret(), None, &headers, None);
        piece(&answer.await.map_err(ShopError::no_answer)?, from)
    }
}

fn piece(answer: &Answer, from: u64) -> Result<BulkPiece, ShopError> {
    of_status(answer.status(), answer.header("content-range"), answer.body(), from)
}

/// 206 is the piece, 200 the whole from one who knows no ranges, 416 that there is nothing behind.
fn of_status(status: u16, range: Option<&str>, body: &[u8], from: u64) -> Result<BulkPiece, ShopError> {
    match status {
        206 => {
            let range = range.and_then(placed).filter(|(first, _)| *first == from);
            let (_, of) = range.ok_or_else(|| trouble("BULK_FILE_RANGE"))?;
            Ok(BulkPiece { bytes: body.to_vec(), of })
        }
        200 => {
            let skipped = usize::try_from(from).unwrap_or(usize::MAX);
            let rest = body.get(skipped..).ok_or_else(|| trouble("BULK_FILE_RANGE"))?;
            Ok(BulkPiece { bytes: rest.to_vec(), of: body.len() as u64 })
        }
        416 => Ok(BulkPiece { bytes: vec![], of: from }),
        403 | 404 | 410 => Err(trouble("BULK_FILE_GONE")),
        _ => Err(trouble("BULK_FILE")),
    }
}

fn trouble(code: &str) -> ShopError {
    ShopError::new(ShopErrorKind::Unavailable, code)
}

/// `bytes 3-9/10`: the first byte, and how many there are.
fn placed(range: &str) -> Option<(u64, u64)> {
    let (place, of) = range.strip_prefix("bytes ")?.split_once('/')?;
    Some((place.split_once('-')?.0.parse().ok()?, of.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_says_how_long_the_file_is_and_begins_where_it_was_asked_for() {
        let piece = |bytes: &[u8], of| Ok(BulkPiece { bytes: bytes.to_vec(), of });
        let read = |status, range, body: &[u8]| {
            of_status(status, range, body, 3).map_err(|error| error.code().to_owned())
        };
        assert_eq!(read(206, Some("bytes 3-5/10"), b"abc"), piece(b"abc", 10));
        assert_eq!(read(200, None, b"012345"), piece(b"345", 6));
        assert_eq!(read(416, None, b""), piece(b"", 3));
        let wrong = Err("BULK_FILE_RANGE".to_owned());
        assert_eq!(read(206, Some("bytes 0-5/10"), b"abc"), wrong, "another piece than was asked for");
        assert_eq!(read(206, None, b"abc"), wrong);
        assert_eq!(read(200, None, b"ab"), wrong);
    }

    #[test]
    fn an_address_that_ran_out_is_told_from_trouble() {
        let code = |status| of_status(status, None, b"", 0).unwrap_err().code().to_owned();
        assert_eq!(
            (code(403), code(404), code(503)),
            ("BULK_FILE_GONE".into(), "BULK_FILE_GONE".into(), "BULK_FILE".into())
        );
    }
}
