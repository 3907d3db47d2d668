//! Chunks become lines, wherever the chunks end.

use memchr::memchr;

/// What is left of the last chunk: the beginning of a line.
#[derive(Debug)]
pub(crate) struct Lines {
    rest: Vec<u8>,
    longest: usize,
}

impl Lines {
    pub(crate) fn new(longest: usize) -> Self {
        Self { rest: Vec::new(), longest }
    }

    /// Gives every line that ends in this chunk to `each`, without its end. The outer error is a line that is too long.
    pub(crate) fn push<E>(
        &mut self,
        mut chunk: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Result<(), E>, usize> {
        while let Some(end) = memchr(b'\n', chunk) {
            let (line, after) = chunk.split_at(end);
            chunk = after.get(1..).unwrap_or_default();
            let result = if self.rest.is_empty() {
                self.fits(line.len())?;
                each(line)
            } else {
                self.keep(line)?;
                let result = each(&self.rest);
                self.rest.clear();
                result
            };
            if result.is_err() {
                return Ok(result);
            }
        }
        self.keep(chunk)?;
        Ok(Ok(()))
    }

    /// The line that has not ended yet.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.rest
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), usize> {
        self.fits(self.rest.len() + part.len())?;
        self.rest.extend_from_slice(part);
        Ok(())
    }

    fn fits(&self, length: usize) -> Result<(), usize> {
        if length > self.longest { Err(self.longest) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&str]) -> (Vec<String>, String) {
        let (mut lines, mut found) = (Lines::new(5), Vec::new());
        for chunk in chunks {
            let each = |line: &[u8]| {
                found.push(String::from_utf8(line.to_vec()).unwrap());
                Ok::<_, ()>(())
            };
            lines.push(chunk.as_bytes(), each).unwrap().unwrap();
        }
        (found, String::from_utf8(lines.rest().to_vec()).unwrap())
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        let expected = (vec!["ab".to_owned(), String::new(), "cde".to_owned()], "f".to_owned());
        assert_eq!(lines(&["ab\n\ncde\nf"]), expected);
        assert_eq!(lines(&["a", "b", "", "\n", "\ncd", "e\nf"]), expected);
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_before_it_ends() {
        let mut lines = Lines::new(5);
        assert_eq!(lines.push(b"abc", |_| Ok::<_, ()>(())), Ok(Ok(())));
        assert_eq!(lines.push(b"def", |_| Ok::<_, ()>(())), Err(5));
    }
}
