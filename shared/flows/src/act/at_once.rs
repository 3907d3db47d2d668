//! One call for many, in which a panic stays with the one it happened for.

use std::panic::AssertUnwindSafe;

use crm::{CrmError, CrmErrorKind};
use futures_util::FutureExt;

use crate::failure::Failure;

type Answers<T> = Vec<Result<T, Failure>>;

/// Calls once for all; where that panics, once for each, since what is written is keyed. One answer for each, in their
/// order; a call that answers for fewer was not answered.
pub(super) async fn at_once<W, T>(
    writes: &[W],
    call: impl AsyncFn(&[W]) -> Vec<Result<T, CrmError>>,
) -> Answers<T> {
    if writes.is_empty() {
        return vec![];
    }
    if let Ok(answers) = AssertUnwindSafe(call(writes)).catch_unwind().await {
        return complete(answers, writes.len());
    }
    let mut answers = Vec::with_capacity(writes.len());
    for write in writes {
        let answer = AssertUnwindSafe(call(std::slice::from_ref(write))).catch_unwind().await;
        answers.extend(answer.map_or_else(|_| vec![Err(Failure::Panicked)], |answers| complete(answers, 1)));
    }
    answers
}

fn complete<T>(answers: Vec<Result<T, CrmError>>, count: usize) -> Answers<T> {
    let mut answers: Answers<T> =
        answers.into_iter().map(|answer| answer.map_err(Failure::from)).take(count).collect();
    let unanswered = || Err(CrmError::new(CrmErrorKind::Unanswered, "no outcome").into());
    answers.resize_with(count, unanswered);
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_stays_with_the_write_it_happened_for() {
        let call = async |some: &[u8]| {
            assert!(!some.contains(&2), "fell over 2");
            some.iter().map(|one| Ok(*one)).collect()
        };
        let answers = at_once(&[1, 2, 3], call).await;
        assert!(matches!(&answers[..], [Ok(1), Err(Failure::Panicked), Ok(3)]), "{answers:?}");
    }

    #[tokio::test]
    async fn a_write_without_an_outcome_was_not_answered() {
        let answers = at_once(&[1, 2], async |_: &[u8]| vec![Ok(1)]).await;
        assert!(matches!(&answers[..], [Ok(1), Err(Failure::Crm(_))]), "{answers:?}");
    }
}
