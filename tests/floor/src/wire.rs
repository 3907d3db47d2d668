//! One kept HTTP/1.1 connection over a `std` socket.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

/// A connection to one host; one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    host: String,
    request: Vec<u8>,
}

/// An answer, read whole.
pub(crate) struct Answer {
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects to `host` (`name:port`).
    pub(crate) fn open(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.to_owned(), request: Vec::new() })
    }

    /// Sends one request in one write and reads its answer. `headers` are whole lines, each with its CRLF.
    pub(crate) fn round_trip(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answer> {
        self.request.clear();
        let (host, length) = (&self.host, body.len());
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n"
        )?;
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request)?;
        self.read_answer()
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        let mut bytes = vec![0; 16 << 10];
        let mut filled = 0;
        let head = loop {
            filled += self.read_some(&mut bytes[filled..])?;
            if let Some(end) = bytes[..filled].windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            if filled == bytes.len() {
                return Err(ErrorKind::InvalidData.into());
            }
        };
        let mut body = bytes.split_off(head + 4);
        bytes.truncate(head);
        body.truncate(filled - head - 4);
        let head = String::from_utf8(bytes).map_err(io::Error::other)?;
        let mut answer = Answer { head, body };
        self.read_rest(&mut answer)?;
        Ok(answer)
    }

    fn read_rest(&mut self, answer: &mut Answer) -> io::Result<()> {
        let length = answer.header("content-length").parse().unwrap_or(0);
        let mut filled = answer.body.len();
        answer.body.resize(length, 0);
        while filled < length {
            filled += self.read_some(&mut answer.body[filled..])?;
        }
        Ok(())
    }

    fn read_some(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(room)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

impl Answer {
    /// The value of a header, empty when there is none. `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }

    /// Whether the status is 200.
    pub(crate) fn is_ok(&self) -> bool {
        self.head.starts_with("HTTP/1.1 200")
    }
}
