//! Columns that a person can read.

/// Rows below a heading, each column as wide as its widest cell, numbers to the right. Names belong into the last
/// column, which is never padded: how wide a terminal draws an emoji or turns Arabic around is not ours to know.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    let heading: Vec<String> = heading.iter().map(|&cell| cell.to_owned()).collect();
    let widths = widths(&heading, rows);
    for row in std::iter::once(&heading).chain(rows) {
        text.push_str("  ");
        text.push_str(&line(row, &widths));
        text.push('\n');
    }
    text
}

fn widths(heading: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(heading.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    (0..heading.len()).map(widest).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let last = row.len().saturating_sub(1);
    let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, &width))| {
        if column == last {
            cell.clone()
        } else if cell.parse::<f64>().is_ok() {
            format!("{cell:>width$}")
        } else {
            format!("{cell:<width$}")
        }
    });
    cells.collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_one_is_left_alone() {
        let rows = vec![
            vec!["7".into(), "orders/create".into(), "نور".into()],
            vec!["12".into(), "x".into(), "李".into()],
        ];
        let expected =
            "  count  topic          name\n      7  orders/create  نور\n     12  x              李\n";
        assert_eq!(table(&["count", "topic", "name"], &rows), expected);
    }
}
