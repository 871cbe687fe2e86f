//! Counts the requests that it answers.

use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:8084")?;
    let mut count = 0;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut head = [0; 1024];
        let length = stream.read(&mut head)?;
        let text = if head[..length].starts_with(b"GET /healthz") {
            "ok".to_string()
        } else {
            count += 1;
            count.to_string()
        };
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", text.len(), text)?;
    }
    Ok(())
}
