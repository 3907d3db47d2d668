//! What every archive promises.

use super::answered;
use crate::Archive;

const NAME: &str = "reports/a.myshopify.com/2030-03-17-run_1.html";

/// Every promise of [`Archive`]. `read` looks a sheet up by its name: its content type and its bytes.
pub async fn archive(archive: &impl Archive, read: impl AsyncFn(&str) -> Option<(String, Vec<u8>)>) {
    keeps_what_was_put_there_last(archive, &read).await;
    leads_people_there(archive);
}

async fn keeps_what_was_put_there_last(
    archive: &impl Archive,
    read: &impl AsyncFn(&str) -> Option<(String, Vec<u8>)>,
) {
    assert_eq!(read(NAME).await, None, "nothing was put there yet");
    for text in ["<p>ä</p>", "<p>another</p>", ""] {
        answered(archive.put(NAME, "text/html; charset=utf-8", text.as_bytes().to_vec()).await);
        let there = Some(("text/html; charset=utf-8".to_owned(), text.as_bytes().to_vec()));
        assert_eq!(read(NAME).await, there, "a sheet is as it was put there last");
    }
    answered(archive.put("reports/b/other.json", "application/json", b"{}".to_vec()).await);
    assert_eq!(read("reports/b/other.json").await, Some(("application/json".to_owned(), b"{}".to_vec())));
    assert_eq!(read(NAME).await.map(|(_, bytes)| bytes.len()), Some(0), "another name is another sheet");
}

fn leads_people_there(archive: &impl Archive) {
    let place = archive.place(NAME);
    assert!(place.starts_with("https://") && place.contains("run_1.html"), "{place}");
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>|\"`".contains(&byte);
    assert!(place.bytes().all(is_plain), "{place}");
}
