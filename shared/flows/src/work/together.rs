//! One call for many, in which a panic stays with the one it happened for.

use std::panic::AssertUnwindSafe;

use crm::{CrmError, CrmErrorKind};
use futures_util::FutureExt;

use crate::failure::Failure;

type Answers<T> = Vec<Result<T, Failure>>;

/// Calls once for all; where that panics, once for each, since every call here may be made again. One answer for each, in
/// their order; a call that answers for fewer was not answered.
pub(super) async fn together<A, T>(all: &[A], call: impl AsyncFn(&[A]) -> Answers<T>) -> Answers<T> {
    if all.is_empty() {
        return vec![];
    }
    if let Ok(answers) = AssertUnwindSafe(call(all)).catch_unwind().await {
        return complete(answers, all.len());
    }
    let mut answers = Vec::new();
    for one in all {
        let answer = AssertUnwindSafe(call(std::slice::from_ref(one))).catch_unwind().await;
        answers.extend(answer.map_or_else(|_| vec![Err(Failure::Panicked)], |answers| complete(answers, 1)));
    }
    answers
}

fn complete<T>(mut answers: Answers<T>, count: usize) -> Answers<T> {
    let unanswered = || Err(CrmError::new(CrmErrorKind::Unanswered, "no outcome").into());
    answers.resize_with(count, unanswered);
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_stays_with_the_one_it_happened_for() {
        let call = async |some: &[u8]| {
            assert!(!some.contains(&2), "fell over 2");
            some.iter().map(|one| Ok(*one)).collect()
        };
        let answers = together(&[1, 2, 3], call).await;
        assert!(matches!(&answers[..], [Ok(1), Err(Failure::Panicked), Ok(3)]), "{answers:?}");
    }

    #[tokio::test]
    async fn what_is_not_answered_was_not_done() {
        let answers = together(&[1, 2], async |_: &[u8]| vec![Ok(1)]).await;
        assert!(matches!(&answers[..], [Ok(1), Err(Failure::Crm(_))]), "{answers:?}");
    }
}
