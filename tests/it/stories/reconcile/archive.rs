//! What every night came to lies in the archive: its report, its page, and the newest page under one name.

use drift::{Report, page};
use store::memory::{Moment, Operation};

use super::office::NightOffice;

const SHOP: &str = "reports/demo.myshopify.com";

fn text(office: &NightOffice, name: &str) -> String {
    let sheet = office.archive.sheets().remove(name).unwrap_or_else(|| panic!("no sheet {name}"));
    String::from_utf8(sheet.bytes).unwrap()
}

fn names(report: &Report) -> [String; 3] {
    let name = format!("{SHOP}/{}-{}", report.started_at.strftime("%Y-%m-%d"), report.run);
    [format!("{name}.html"), format!("{name}.json"), format!("{SHOP}/latest.html")]
}

#[tokio::test]
async fn s_166_s_167_a_night_leaves_its_report_and_its_page_and_the_notice_leads_there() {
    let office = NightOffice::new().await;
    office.drifts(3);
    let (report, announced) = office.passes().await;
    let [html, json, latest] = names(&report);
    assert_eq!(announced.sheets, [json.clone(), html.clone(), latest.clone()]);
    assert_eq!(serde_json::from_str::<Report>(&text(&office, &json)).unwrap(), report);
    assert_eq!(text(&office, &html), page(std::slice::from_ref(&report)));
    assert_eq!(text(&office, &latest), text(&office, &html));
    assert_eq!(office.archive.sheets()[&html].content_type, "text/html; charset=utf-8");
    let link = office.heard()[0].links[0].clone();
    assert_eq!(
        (link.label.as_str(), link.url),
        ("The whole report", format!("https://archive.example/{html}"))
    );
}

#[tokio::test]
async fn s_167_the_page_of_the_newest_night_has_those_before_it_and_theirs_stay_as_they_were() {
    let office = NightOffice::new().await;
    let (first, _) = office.passes().await;
    let before = text(&office, &names(&first)[0]);
    office.drifts(2);
    let (second, announced) = office.passes().await;
    assert_eq!(announced.sheets.len(), 3, "the first night's are not put again");
    assert_eq!(text(&office, &names(&first)[0]), before);
    assert_eq!(text(&office, &names(&second)[2]), page(&[second, first]));
}

#[tokio::test]
async fn s_169_an_archive_that_fails_keeps_no_notice_back_and_gets_its_sheets_later() {
    for fails_at in 0..3 {
        let office = NightOffice::new().await;
        office.drifts(3);
        for _ in 0..fails_at {
            office.night.faults.next(Operation::Put, 1, Moment::After);
        }
        office.night.faults.next(Operation::Put, 1, Moment::Before);
        let (report, announced) = office.passes().await;
        assert!(report.is_whole() && !announced.failures.is_empty());
        assert_eq!((announced.told.len(), office.heard()[0].links.len()), (1, 0), "told, without a link");
        for _ in 0..fails_at {
            office.ticks().await;
        }
        office.ticks().await;
        let expected = [text(&office, &names(&report)[0]), text(&office, &names(&report)[2])];
        assert_eq!(expected[0], expected[1]);
        assert_eq!((office.heard().len(), office.ticks().await.sheets), (1, vec![]), "all is done");
    }
}
