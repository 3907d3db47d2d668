//! Rows of CSV, as jobs take and give them (RFC 4180, lines end with one `\n`).

use std::borrow::Cow;

/// Adds a row. Each cell is in quotes where it has to be.
pub(crate) fn push<'c>(text: &mut String, cells: impl IntoIterator<Item = Cow<'c, str>>) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        let needs_quotes = cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell;
        if needs_quotes {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push('\n');
}

/// All rows, the head among them. A row that ends too early is the last one.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = Reader { rows: Vec::new(), row: Vec::new(), cell: String::new(), is_quoted: false };
    let mut letters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    while let Some(letter) = letters.next() {
        let doubled = letter == '"' && reader.is_quoted && letters.next_if_eq(&'"').is_some();
        if doubled { reader.cell.push('"') } else { reader.take(letter) }
    }
    reader.end_row();
    reader.rows
}

struct Reader {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
    is_quoted: bool,
}

impl Reader {
    fn take(&mut self, letter: char) {
        match letter {
            '"' => self.is_quoted = !self.is_quoted,
            ',' if !self.is_quoted => self.row.push(std::mem::take(&mut self.cell)),
            '\n' if !self.is_quoted => self.end_row(),
            '\r' if !self.is_quoted => {}
            letter => self.cell.push(letter),
        }
    }

    fn end_row(&mut self) {
        if self.row.is_empty() && self.cell.is_empty() {
            return;
        }
        self.row.push(std::mem::take(&mut self.cell));
        self.rows.push(std::mem::take(&mut self.row));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(all in prop::collection::vec(prop::collection::vec("\\PC{0,8}|[,\"\n\r ]{1,4}", 2..5), 0..6)) {
            let mut text = String::new();
            for row in &all {
                push(&mut text, row.iter().map(|cell| Cow::Borrowed(cell.as_str())));
            }
            prop_assert_eq!(rows(&text), all);
        }

        #[test]
        fn whatever_comes_is_read(text in any::<String>()) {
            let _rows = rows(&text);
        }
    }

    #[test]
    fn what_a_job_gives_is_read_with_its_quotes_and_line_ends() {
        let said = "\u{feff}\"sf__Id\",\"Name\"\r\n\"003\",\"a \"\"b\"\",\nc\"\r\n";
        assert_eq!(rows(said), [vec!["sf__Id", "Name"], vec!["003", "a \"b\",\nc"]]);
        assert!(rows("").is_empty());
    }
}
