//! The figures for a person: one line each, the missed goals in red words.

use crate::figure::{Figure, short};

const HEADINGS: [&str; 6] = ["figure", "value", "unit", "goal", "holds", "beside"];
const MISSED: &str = "MISSED";

/// The table, each line with its line break. `colour` says whether the reader is a terminal.
pub(crate) fn of(figures: &[Figure], colour: bool) -> String {
    let rows: Vec<[String; 6]> = figures.iter().map(row).collect();
    let widths = widths(&rows);
    let mut table = line(&HEADINGS.map(str::to_owned), &widths, colour);
    for row in &rows {
        table.push_str(&line(row, &widths, colour));
    }
    table.push_str(&summary(figures, colour));
    table
}

fn row(figure: &Figure) -> [String; 6] {
    let holds = match figure.holds() {
        Some(true) => "yes",
        Some(false) => MISSED,
        None => "",
    };
    [
        figure.name.clone(),
        figure.value.map_or_else(|| "-".to_owned(), short),
        figure.unit.to_owned(),
        figure.goal.map(|goal| goal.to_string()).unwrap_or_default(),
        holds.to_owned(),
        figure.beside.clone(),
    ]
}

fn widths(rows: &[[String; 6]]) -> [usize; 6] {
    let mut widths = HEADINGS.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    widths
}

fn line(row: &[String; 6], widths: &[usize; 6], colour: bool) -> String {
    let [name, value, unit, goal, holds, beside] = widths;
    let holds_cell = red(&format!("{:<holds$}", row[4]), colour && row[4] == MISSED);
    let cells = format!(
        "{:<name$}  {:>value$} {:<unit$}  {:<goal$}  {holds_cell}  {:<beside$}",
        row[0], row[1], row[2], row[3], row[5],
    );
    format!("{}\n", cells.trim_end())
}

fn summary(figures: &[Figure], colour: bool) -> String {
    let judged = figures.iter().filter_map(Figure::holds);
    let (held, missed): (Vec<bool>, Vec<bool>) = judged.partition(|holds| *holds);
    let (judged, missed) = (held.len() + missed.len(), missed.len());
    match (judged, missed) {
        (0, _) => String::new(),
        (_, 0) => format!("All {judged} goals hold.\n"),
        _ => format!("{}\n", red(&format!("{missed} of {judged} goals are MISSED."), colour)),
    }
}

fn red(words: &str, colour: bool) -> String {
    if colour { format!("\x1b[31m{words}\x1b[0m") } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Goal;

    fn figures() -> Vec<Figure> {
        vec![
            Figure::new("a", Some(3.0), "MB").goal(Goal::AtMost(9.0)),
            Figure::new("longer", Some(12.5), "x").goal(Goal::AtMost(1.5)).beside("rust-opt2"),
            Figure::new("worker", None, "").beside("nothing measured yet"),
        ]
    }

    #[test]
    fn a_missed_goal_is_said_in_red_and_counted() {
        let table = of(&figures(), true);
        assert!(table.contains("\x1b[31mMISSED"), "{table}");
        assert!(table.contains("1 of 2 goals are MISSED."), "{table}");
        assert!(!of(&figures(), false).contains('\x1b'), "no colour for a file");
    }

    #[test]
    fn the_columns_line_up() {
        let table = of(&figures(), false);
        let at = |line: usize, word: &str| table.lines().nth(line).and_then(|line| line.find(word));
        assert_eq!(at(1, "<= 9"), at(2, "<= 1.5"));
        assert_eq!(at(1, " MB "), at(2, " x "));
    }

    #[test]
    fn nothing_measured_is_said_in_words_not_in_a_number() {
        let table = of(&figures(), false);
        let worker = table.lines().find(|line| line.starts_with("worker")).expect("the line");
        assert!(worker.contains(" - ") && worker.ends_with("nothing measured yet"), "{worker}");
    }
}
