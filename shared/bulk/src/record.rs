//! How what is remembered is written into a token: whole numbers of seven bits a byte, and bytes by their length.

/// Appends a number.
pub(crate) fn number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(0x80 | low_bits(number));
        number >>= 7;
    }
    to.push(low_bits(number));
}

#[allow(clippy::cast_possible_truncation, reason = "the lowest seven bits are what is asked for")]
fn low_bits(number: u64) -> u8 {
    (number & 0x7f) as u8
}

/// Appends a number that may be below zero.
pub(crate) fn signed(to: &mut Vec<u8>, number: i64) {
    to.extend(number.to_le_bytes());
}

/// Appends bytes.
pub(crate) fn bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    number(to, bytes.len() as u64);
    to.extend(bytes);
}

/// Appends numbers.
pub(crate) fn numbers(to: &mut Vec<u8>, numbers: &[u64]) {
    number(to, numbers.len() as u64);
    for one in numbers {
        number(to, *one);
    }
}

/// What is left to read. Every answer is none where it is not there.
pub(crate) struct Taking<'t>(&'t [u8]);

impl<'t> Taking<'t> {
    pub(crate) fn of(bytes: &'t [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn bytes(&mut self) -> Option<&'t [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.number()?;
        (0..length).map(|_| each(self)).collect()
    }

    /// Something that may not be there, after a number that says whether it is.
    #[allow(clippy::option_option, reason = "the outer one says that the bytes are not what they should be")]
    pub(crate) fn maybe<T>(&mut self, each: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.number()? {
            0 => Some(None),
            _ => each(self).map(Some),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let mut written = Vec::new();
        for one in [0, 127, 128, u64::MAX] {
            number(&mut written, one);
        }
        signed(&mut written, -5);
        bytes(&mut written, b"name");
        numbers(&mut written, &[3, 300]);
        let mut from = Taking::of(&written);
        let read: Vec<_> = (0..4).filter_map(|_| from.number()).collect();
        assert_eq!(read, [0, 127, 128, u64::MAX]);
        assert_eq!(from.signed(), Some(-5));
        assert_eq!(from.bytes(), Some(&b"name"[..]));
        assert_eq!(from.list(Taking::number), Some(vec![3, 300]));
        assert!(from.is_empty() && from.number().is_none());
    }
}
