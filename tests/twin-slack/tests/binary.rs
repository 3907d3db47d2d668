//! The program itself.

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Command, Stdio};

    #[test]
    fn it_prints_its_address_and_takes_what_its_hook_is_sent() {
        let mut program = Command::new(env!("CARGO_BIN_EXE_twin-slack"))
            .args(["--port", "0", "--hook", "sales=/services/T1/B1/X1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut stream = TcpStream::connect(address.trim().strip_prefix("http://").unwrap()).unwrap();
        let request = "POST /services/T1/B1/X1 HTTP/1.1\r\nhost: x\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{\"text\":\"a\"}";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
    }
}
