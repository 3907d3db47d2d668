//! `GET /bulk/{shop}/{id}.jsonl`: the file of an operation, whole or from a byte on. It needs no token.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::twin::Twin;

pub(super) async fn file(
    State(twin): State<Twin>,
    Path((shop, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = twin.within(&shop, |shop, now| {
        shop.bulks.move_on(now);
        shop.bulks.file(&name).map(<[u8]>::to_vec)
    });
    let Ok(Some(bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some(range) = range else { return bytes.into_response() };
    match part(range, bytes.len()) {
        Some((from, to)) => {
            let place = format!("bytes {from}-{}/{}", to - 1, bytes.len());
            (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, place)], bytes[from..to].to_vec())
                .into_response()
        }
        None => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
    }
}

/// `bytes=from-` or `bytes=from-last` of so many bytes: from, and the byte after the last.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let to = if last.is_empty() { length } else { last.parse::<usize>().ok()?.saturating_add(1).min(length) };
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_what_is_there() {
        assert_eq!(part("bytes=3-", 10), Some((3, 10)));
        assert_eq!(part("bytes=3-5", 10), Some((3, 6)));
        assert_eq!(part("bytes=3-99", 10), Some((3, 10)));
        for none in ["bytes=10-", "bytes=5-3", "bytes=-3", "lines=1-"] {
            assert_eq!(part(none, 10), None, "{none}");
        }
    }
}
