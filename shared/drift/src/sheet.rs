//! The sheets that are kept of a run.

use crate::page::page;
use crate::report::Report;

/// A sheet to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name, such as `reports/demo.myshopify.com/2026-11-25-r-1.html`.
    pub name: String,
    /// What a browser goes by.
    pub content_type: &'static str,
    /// What is on it.
    pub text: String,
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// The sheets of the newest of these runs: its report, and its page with those before it. The page comes last, since it is
/// what people are led to. None where there is no run.
pub fn sheets(runs: &[Report]) -> Vec<Sheet> {
    let Some(run) = runs.first() else { return vec![] };
    let report = serde_json::to_string_pretty(run).unwrap_or_default();
    vec![
        Sheet { name: name(run, "json"), content_type: JSON, text: report },
        Sheet { name: page_name(run), content_type: HTML, text: page(runs) },
    ]
}

/// The page of the newest of these runs under the name that never changes.
pub fn latest(runs: &[Report]) -> Option<Sheet> {
    let run = runs.first()?;
    Some(Sheet {
        name: format!("reports/{}/latest.html", plain(&run.shop)),
        content_type: HTML,
        text: page(runs),
    })
}

/// The name of a run's page.
pub fn page_name(run: &Report) -> String {
    name(run, "html")
}

fn name(run: &Report, ending: &str) -> String {
    let day = run.started_at.strftime("%Y-%m-%d");
    format!("reports/{}/{day}-{}.{ending}", plain(&run.shop), plain(&run.run))
}

/// A text as a part of a name: letters, digits, `.`, `-` and `_`.
fn plain(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    text.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::End;
    use crate::standing::tests::night;

    #[test]
    fn s_167_of_a_run_its_report_and_its_page_are_kept_by_shop_day_and_run() {
        let runs = [night(End::Whole, 5), night(End::Whole, 7)];
        let [report, page] = <[Sheet; 2]>::try_from(sheets(&runs)).unwrap();
        assert_eq!(report.name, "reports/demo.myshopify.com/2026-11-25-r-1.json");
        assert_eq!(serde_json::from_str::<Report>(&report.text).unwrap(), runs[0]);
        assert_eq!(
            (page.name.as_str(), page.content_type),
            ("reports/demo.myshopify.com/2026-11-25-r-1.html", HTML)
        );
        assert_eq!(page.name, page_name(&runs[0]));
        let latest = latest(&runs).unwrap();
        assert_eq!(
            (latest.name.as_str(), latest.text),
            ("reports/demo.myshopify.com/latest.html", page.text)
        );
        assert_eq!((sheets(&[]), super::latest(&[])), (vec![], None));
    }

    #[test]
    fn no_name_leads_anywhere_else() {
        let run = Report { run: "../../x y".into(), ..night(End::Whole, 0) };
        assert_eq!(page_name(&run), "reports/demo.myshopify.com/2026-11-25-.._.._x_y.html");
    }
}
