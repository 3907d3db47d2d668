//! The program itself.

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpStream,
        process::{Command, Stdio},
    };

    #[test]
    fn it_prints_its_address_and_answers_there() {
        let mut program = Command::new(env!("CARGO_BIN_EXE_twin-salesforce"))
            .args(["--port", "0", "--token", "demo"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut stream = TcpStream::connect(address.trim().strip_prefix("http://").unwrap()).unwrap();
        let request = "GET /services/data/v66.0/query?q=SELECT+Id+FROM+Contact HTTP/1.1\r\nhost: x\r\nauthorization: Bearer demo\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.contains("sforce-limit-info: api-usage=1/100000"), "{answer}");
        // In which order an object has its keys depends on who else is built with it.
        let body =
            answer.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
        assert_eq!(body, Some(json!({"done": true, "records": [], "totalSize": 0})), "{answer}");
    }
}
