//! The serving side of one HTTP/1.1 connection: kept alive, bodies by length or in chunks, one write for each answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A connection that a function opened to the harness.
pub(crate) struct Exchange {
    stream: TcpStream,
    unread: Vec<u8>,
    answer: Vec<u8>,
}

/// One request, read whole.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    head: String,
    pub(crate) body: Vec<u8>,
}

/// Serves every connection to a free port of 127.0.0.1 on a thread of its own. Returns the port.
pub(crate) fn serve<S, F>(shared: Arc<S>, handle: F) -> io::Result<u16>
where
    S: Send + Sync + 'static,
    F: Fn(&S, &mut Exchange) -> io::Result<()> + Copy + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            // A connection ends with an error when the function is stopped; there is nobody to tell.
            thread::spawn(move || {
                Exchange::over(stream).and_then(|mut exchange| handle(&shared, &mut exchange))
            });
        }
    });
    Ok(port)
}

impl Exchange {
    fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: Vec::new(), answer: Vec::new() })
    }

    /// The next request, or `None` when the other side has closed the connection.
    pub(crate) fn next_request(&mut self) -> io::Result<Option<Request>> {
        let Some(end) = self.head_end()? else { return Ok(None) };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        let mut words = head.split_ascii_whitespace().map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.unread.drain(..end + 4);
        let mut request = Request { method, path, head, body: Vec::new() };
        request.body = match request.header("content-length").parse() {
            Ok(length) => self.take(length)?,
            Err(_) if request.header("transfer-encoding").contains("chunked") => self.take_chunks()?,
            Err(_) => Vec::new(),
        };
        Ok(Some(request))
    }

    /// Answers in one write. `headers` are whole lines, each with its CRLF.
    pub(crate) fn answer(&mut self, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
        self.answer.clear();
        let length = body.len();
        write!(self.answer, "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n")?;
        self.answer.extend_from_slice(body);
        self.stream.write_all(&self.answer)
    }

    fn head_end(&mut self) -> io::Result<Option<usize>> {
        loop {
            if let Some(end) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(Some(end));
            }
            match self.fill() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::UnexpectedEof && self.unread.is_empty() => {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < length {
            self.fill()?;
        }
        Ok(self.unread.drain(..length).collect())
    }

    fn take_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = self.take_line()?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
            if size == 0 {
                while !self.take_line()?.is_empty() {}
                return Ok(body);
            }
            body.extend(self.take(size)?);
            self.take_line()?;
        }
    }

    fn take_line(&mut self) -> io::Result<String> {
        let end = loop {
            if let Some(end) = self.unread.windows(2).position(|window| window == b"\r\n") {
                break end;
            }
            self.fill()?;
        };
        let line = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        self.unread.drain(..end + 2);
        Ok(line)
    }

    fn fill(&mut self) -> io::Result<()> {
        let filled = self.unread.len();
        self.unread.resize(filled + (64 << 10), 0);
        let read = self.stream.read(&mut self.unread[filled..]);
        self.unread.truncate(filled + read.as_ref().map_or(0, |read| *read));
        if read? == 0 { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// The asking side of one connection to 127.0.0.1.
pub(crate) struct Caller(Exchange);

impl Caller {
    /// Opens a connection.
    pub(crate) fn to(port: u16) -> io::Result<Self> {
        Exchange::over(TcpStream::connect(("127.0.0.1", port))?).map(Self)
    }

    /// Posts `body` and returns the answer's body. `headers` are whole lines, each with its CRLF. Anything but a 200 or a
    /// 207 is an error.
    pub(crate) fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        let length = body.len();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.0.stream.write_all(&[head.as_bytes(), body].concat())?;
        let answer = self.0.next_request()?.ok_or(ErrorKind::UnexpectedEof)?;
        // The first line of an answer is `HTTP/1.1 200 OK`, so its status stands where a request has its path.
        if matches!(answer.path.as_str(), "200" | "207") {
            return Ok(answer.body);
        }
        Err(io::Error::other(format!("{path}: {} {}", answer.path, String::from_utf8_lossy(&answer.body))))
    }
}

impl Request {
    /// The value of a header, empty when there is none. `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "what is shared comes by reference")]
    fn echo((): &(), exchange: &mut Exchange) -> io::Result<()> {
        while let Some(request) = exchange.next_request()? {
            exchange.answer("200 OK", "", &request.body)?;
        }
        Ok(())
    }

    fn ask(request: &str) -> String {
        let port = serve(Arc::new(()), echo).expect("a port");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("half closed");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    #[test]
    fn two_requests_on_one_connection_get_two_answers() {
        let answer = ask("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n");
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
        assert!(answer.contains("\r\n\r\nhi"), "{answer}");
    }

    #[test]
    fn a_caller_gets_the_answers_in_turn() {
        let port = serve(Arc::new(()), echo).expect("a port");
        let mut caller = Caller::to(port).expect("a connection");
        for body in ["one", "another"] {
            assert_eq!(caller.post("/", "", body.as_bytes()).expect("an answer"), body.as_bytes());
        }
    }

    #[test]
    fn a_chunked_body_is_put_together() {
        let answer =
            ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
        assert!(answer.ends_with("\r\n\r\nabcde"), "{answer}");
    }
}
