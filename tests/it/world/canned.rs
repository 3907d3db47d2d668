//! Somebody who gives the same answer to whatever is asked.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An address at which every request is answered with this status and body.
pub(crate) async fn always(status: u16, body: &str) -> String {
    after_a_session(status, body, false).await
}

/// The same, where `opens` a session to whoever asks for one first, as Salesforce does.
pub(crate) async fn after_a_session(status: u16, body: &str, opens: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let session = format!(r#"{{"access_token":"t","instance_url":"{url}","token_type":"Bearer"}}"#);
    let session = opens.then(|| answer(200, &session));
    let answer = answer(status, body);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(reply(stream, answer.clone(), session.clone()));
        }
    });
    url
}

fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} as it is\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn reply(mut stream: TcpStream, answer: String, session: Option<String>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut some = [0; 4096];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&some[..read]),
        }
    }
    let answer = match session {
        Some(session) if request.starts_with(b"POST /services/oauth2/token") => session,
        _ => answer,
    };
    drop(stream.write_all(answer.as_bytes()).await);
}

/// Whether headers and as much of a body as they promise are there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((headers, body)) = text.split_once("\r\n\r\n") else { return false };
    let promised = headers.lines().find_map(|line| line.strip_prefix("content-length:"));
    promised.is_none_or(|length| body.len() >= length.trim().parse().unwrap_or(0))
}
