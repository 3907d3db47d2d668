//! The Lambda Runtime API (2018-06-01) of one function: hands out invokes, takes answers, stamps the moments.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::wire::{self, Exchange, Request};

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";
/// The worker's time-out in the template; a shorter one would change nothing of the receiver.
const ENDS_AFTER_MS: u128 = 60_000;
const ACCEPTED: &[u8] = br#"{"status":"OK"}"#;

/// The Runtime API of one started function. Closed when dropped.
pub(crate) struct RuntimeApi {
    port: u16,
    board: Arc<Board>,
}

/// One answer of the function.
pub(crate) struct Answer {
    /// From the event's first byte sent to the answer's last byte read.
    pub(crate) took: Duration,
    /// What the function answered with, or the error it reported.
    pub(crate) body: Vec<u8>,
}

/// What a function is given.
pub(crate) type Event = Arc<Vec<u8>>;

#[derive(Default)]
struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Not handed out yet.
    events: VecDeque<Event>,
    handed_out: u64,
    /// The function waits for its next event.
    waiting: bool,
    handed_at: Option<Instant>,
    answers: Vec<Answer>,
    init_error: Option<String>,
    closed: bool,
}

impl RuntimeApi {
    /// Opens a free port of 127.0.0.1.
    pub(crate) fn open() -> io::Result<Self> {
        let board = Arc::new(Board::default());
        let port = wire::serve(Arc::clone(&board), Board::serve)?;
        Ok(Self { port, board })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` has to be.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until the function asks for an event. `stopped` says why it never will.
    pub(crate) fn wait_until_idle(
        &self,
        limit: Duration,
        stopped: impl FnMut() -> Option<String>,
    ) -> Result<(), String> {
        self.board.wait(limit, stopped)
    }

    /// Has the function handle these events, back to back, and waits until it asks for another.
    pub(crate) fn invoke(
        &self,
        events: Vec<Event>,
        limit: Duration,
        stopped: impl FnMut() -> Option<String>,
    ) -> Result<Vec<Answer>, String> {
        {
            let mut state = self.board.state();
            state.answers = Vec::with_capacity(events.len());
            state.events = events.into();
        }
        self.board.changed.notify_all();
        self.board.wait(limit, stopped)?;
        Ok(std::mem::take(&mut self.board.state().answers))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.board.state().closed = true;
        self.board.changed.notify_all();
    }
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, limit: Duration, mut stopped: impl FnMut() -> Option<String>) -> Result<(), String> {
        let end = Instant::now() + limit;
        let mut state = self.state();
        while !(state.waiting && state.events.is_empty()) {
            if let Some(error) = state.init_error.take() {
                return Err(format!("it reported that its init failed: {error}"));
            }
            if Instant::now() > end {
                return Err(format!("{} invokes are still open after {limit:?}", state.events.len()));
            }
            let tick = Duration::from_millis(50);
            state = self.changed.wait_timeout(state, tick).unwrap_or_else(PoisonError::into_inner).0;
            if let Some(why) = stopped() {
                return Err(why);
            }
        }
        Ok(())
    }

    fn serve(&self, exchange: &mut Exchange) -> io::Result<()> {
        while let Some(request) = exchange.next_request()? {
            let arrived = Instant::now();
            match (request.method.as_str(), request.path.as_str()) {
                ("GET", NEXT) => self.hand_out(exchange)?,
                ("POST", INIT_ERROR) => self.take_init_error(exchange, &request)?,
                ("POST", path) if path.starts_with(INVOCATION) => self.take(exchange, request, arrived)?,
                _ => exchange.answer("404 Not Found", "", b"{}")?,
            }
        }
        Ok(())
    }

    fn hand_out(&self, exchange: &mut Exchange) -> io::Result<()> {
        let Some((number, event)) = self.next_invoke() else { return Ok(()) };
        let deadline_ms = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |now| now.as_millis())
            + ENDS_AFTER_MS;
        let headers = format!(
            "Content-Type: application/json\r\n\
             Lambda-Runtime-Aws-Request-Id: c0ffee00-0000-4000-8000-{number:012x}\r\n\
             Lambda-Runtime-Deadline-Ms: {deadline_ms}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:bench\r\n\
             Lambda-Runtime-Trace-Id: Root=1-67891233-{number:024x};Parent=53995c3f42cd8ad8;Sampled=0\r\n"
        );
        self.state().handed_at = Some(Instant::now());
        exchange.answer("200 OK", &headers, &event)
    }

    /// Waits for an invoke to hand out; `None` when there will be no more.
    fn next_invoke(&self) -> Option<(u64, Event)> {
        let mut state = self.state();
        state.waiting = true;
        if state.events.is_empty() {
            // Only now: waking the measuring thread for every answer would disturb what it measures.
            self.changed.notify_all();
        }
        while state.events.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting = false;
        let event = state.events.pop_front().filter(|_| !state.closed)?;
        state.handed_out += 1;
        Some((state.handed_out, event))
    }

    fn take(&self, exchange: &mut Exchange, request: Request, arrived: Instant) -> io::Result<()> {
        let mut state = self.state();
        if let Some(handed) = state.handed_at.take() {
            state.answers.push(Answer { took: arrived - handed, body: request.body });
        }
        drop(state);
        exchange.answer("202 Accepted", "Content-Type: application/json\r\n", ACCEPTED)
    }

    fn take_init_error(&self, exchange: &mut Exchange, request: &Request) -> io::Result<()> {
        self.state().init_error = Some(String::from_utf8_lossy(&request.body).into_owned());
        self.changed.notify_all();
        exchange.answer("202 Accepted", "Content-Type: application/json\r\n", ACCEPTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::thread;

    /// A function that answers every event with the event, until its connection is closed.
    fn start_echo(address: String) {
        thread::spawn(move || {
            let mut stream = TcpStream::connect(address).expect("a connection");
            loop {
                let event = ask(&mut stream, &format!("GET {NEXT} HTTP/1.1\r\n\r\n"));
                if event.is_empty() {
                    return;
                }
                let length = event.len();
                let path = format!("{INVOCATION}1/response");
                ask(&mut stream, &format!("POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{event}"));
            }
        });
    }

    /// The body of the answer; small enough here to come in one piece.
    fn ask(stream: &mut TcpStream, request: &str) -> String {
        stream.write_all(request.as_bytes()).expect("sent");
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).expect("an answer");
        let answer = String::from_utf8_lossy(&bytes[..read]).into_owned();
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    fn event(text: &str) -> Event {
        Arc::new(text.as_bytes().to_vec())
    }

    const LIMIT: Duration = Duration::from_secs(10);

    #[test]
    fn every_invoke_gets_its_event_and_one_answer() {
        let lambda = RuntimeApi::open().expect("a port");
        start_echo(lambda.address());
        lambda.wait_until_idle(LIMIT, || None).expect("it asks");
        for (text, times) in [("{}", 3), (r#"{"other":1}"#, 5)] {
            let answers = lambda.invoke(vec![event(text); times], LIMIT, || None).expect("answers");
            assert_eq!(answers.len(), times);
            assert!(answers.iter().all(|answer| answer.body == text.as_bytes()));
        }
    }

    #[test]
    fn no_invokes_are_no_answers() {
        let lambda = RuntimeApi::open().expect("a port");
        start_echo(lambda.address());
        lambda.wait_until_idle(LIMIT, || None).expect("it asks");
        assert!(lambda.invoke(Vec::new(), LIMIT, || None).expect("nothing").is_empty());
    }

    #[test]
    fn a_function_that_stops_is_not_waited_for() {
        let lambda = RuntimeApi::open().expect("a port");
        let why = lambda.wait_until_idle(LIMIT, || Some("it ended with exit status: 1".into())).unwrap_err();
        assert_eq!(why, "it ended with exit status: 1");
    }

    #[test]
    fn a_failed_init_is_told_in_the_functions_words() {
        let lambda = RuntimeApi::open().expect("a port");
        let mut stream = TcpStream::connect(lambda.address()).expect("a connection");
        let body = r#"{"errorMessage":"QUEUE_URL is missing"}"#;
        let length = body.len();
        ask(&mut stream, &format!("POST {INIT_ERROR} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}"));
        let why = lambda.wait_until_idle(LIMIT, || None).unwrap_err();
        assert!(why.contains("QUEUE_URL is missing"), "{why}");
    }
}
