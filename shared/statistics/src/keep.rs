//! From what was kept to what is to be kept.

use rust_decimal::Decimal;

use crate::{OrderValues, Unreadable};

/// The bytes that are to be kept: those that were kept (none for a shop that is new), with these order values added. Bytes that
/// cannot be read are an error, and nothing is begun anew in their place.
pub fn keep(kept: Option<&[u8]>, values: &[Decimal]) -> Result<Vec<u8>, Unreadable> {
    let mut all = kept.map_or_else(|| Ok(OrderValues::default()), OrderValues::from_bytes)?;
    for value in values {
        all.add(value);
    }
    Ok(all.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_day_by_day_is_what_would_have_been_kept_at_once() {
        let values: Vec<_> = (1..=90).map(|cents| Decimal::new(cents * 777, 2)).collect();
        let once = keep(None, &values).unwrap();
        let daily = values
            .chunks(7)
            .fold(None, |kept: Option<Vec<u8>>, day| Some(keep(kept.as_deref(), day).unwrap()));
        assert_eq!(daily.unwrap(), once);
        assert_eq!(OrderValues::from_bytes(&once).unwrap().count(), 90);
    }

    #[test]
    fn a_day_without_orders_changes_nothing() {
        let kept = keep(None, &[Decimal::TEN]).unwrap();
        assert_eq!(keep(Some(&kept), &[]).unwrap(), kept);
        assert_eq!(OrderValues::from_bytes(&keep(None, &[]).unwrap()).unwrap().median(), None);
    }

    #[test]
    fn bytes_that_cannot_be_read_are_not_begun_anew() {
        assert_eq!(keep(Some(&[]), &[Decimal::TEN]), Err(Unreadable::Damaged));
    }
}
