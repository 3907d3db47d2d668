//! Yes, no, or not known: what a condition answers.

use std::ops::{BitAnd, BitOr, Not};

/// The answer of a condition. What was not read makes it unknown, unless the rest decides it alone (Kleene's logic).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// No.
    False,
    /// It depends on what was not read.
    Unknown,
    /// Yes.
    True,
}

impl From<bool> for Truth {
    fn from(is_true: bool) -> Self {
        if is_true { Self::True } else { Self::False }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
            Self::False => Self::True,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    const ALL: [Truth; 3] = [False, Unknown, True];

    #[test]
    fn what_is_not_known_counts_only_where_the_rest_does_not_decide() {
        assert_eq!(
            [False & Unknown, True & Unknown, False | Unknown, True | Unknown],
            [False, Unknown, Unknown, True]
        );
        assert_eq!([!False, !Unknown, !True], [True, Unknown, False]);
    }

    #[test]
    fn kleenes_laws_hold() {
        for a in ALL {
            assert_eq!((!!a, a & a, a | a, a & True, a | False), (a, a, a, a, a));
            for b in ALL {
                assert_eq!((a & b, a | b), (b & a, b | a));
                assert_eq!((!(a & b), !(a | b)), (!a | !b, !a & !b));
                assert_eq!((a & (a | b), a | (a & b)), (a, a));
                for c in ALL {
                    assert_eq!(((a & b) & c, (a | b) | c), (a & (b & c), a | (b | c)));
                    assert_eq!((a & (b | c), a | (b & c)), ((a & b) | (a & c), (a | b) & (a | c)));
                }
            }
        }
    }
}
