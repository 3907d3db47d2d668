//! Comma-separated values (RFC 4180), as the bulk API takes and gives them.

/// Cuts a text into rows of cells. Quotes hold commas, line ends and doubled quotes; empty lines are left out.
///
/// # Errors
/// A quote that is not closed.
pub(crate) fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let (mut all, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.trim_start_matches('\u{feff}').chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                keep(&mut all, std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    row.push(cell);
    keep(&mut all, row);
    if quoted { Err("a quote is not closed".to_owned()) } else { Ok(all) }
}

fn keep(all: &mut Vec<Vec<String>>, row: Vec<String>) {
    if row.len() > 1 || !row[0].is_empty() {
        all.push(row);
    }
}

/// One line, every cell in quotes.
pub(crate) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut line = cells.into_iter().map(quoted).collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::{line, rows};

    #[test]
    fn quotes_hold_commas_line_ends_and_quotes() {
        let cells = ["a,b", "c\nd", "say \"e\"", ""];
        assert_eq!(rows(&line(cells)), Ok(vec![cells.map(str::to_owned).to_vec()]));
        assert_eq!(
            rows("A,B\r\n1,\n\n2,x"),
            Ok(vec![
                vec!["A".into(), "B".into()],
                vec!["1".into(), String::new()],
                vec!["2".into(), "x".into()]
            ])
        );
        assert!(rows("\"a").is_err());
    }
}
