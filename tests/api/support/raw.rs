//! HTTP as bytes on a socket, for what a proper client cannot send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A socket to the service at `base`, `http://127.0.0.1:…`.
pub(crate) async fn connect(base: &str) -> TcpStream {
    TcpStream::connect(base.trim_start_matches("http://"))
        .await
        .expect("a connection")
}

/// Sends these bytes and reads until the service closes the connection.
pub(crate) async fn exchange(base: &str, request: impl AsRef<[u8]>) -> Raw {
    let mut socket = connect(base).await;
    socket.write_all(request.as_ref()).await.expect("sent");
    read_to_end(&mut socket).await
}

/// Everything until the service closes the connection.
pub(crate) async fn read_to_end(socket: &mut TcpStream) -> Raw {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, socket.read_to_end(&mut bytes)).await;
    // A reset after the answer is an end, too.
    let _ = read.expect("the service closes the connection");
    Raw(String::from_utf8_lossy(&bytes).into_owned())
}

/// One or more answers as they came.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) String);

impl Raw {
    /// The first answer's status; 0 when there was none.
    pub(crate) fn status(&self) -> u16 {
        let word = self.0.split(' ').nth(1).unwrap_or_default();
        word.parse().unwrap_or_default()
    }

    /// How many answers came.
    pub(crate) fn answers(&self) -> usize {
        self.0.matches("HTTP/1.1 ").count()
    }

    /// The first answer's headers in lower case, without `date` and what
    /// differs in every answer.
    pub(crate) fn headers(&self) -> Vec<String> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        let mut headers: Vec<String> = head
            .split("\r\n")
            .skip(1)
            .map(str::to_ascii_lowercase)
            .filter(|line| {
                let own = ["date:", "traceparent:", "changes-cursor:"];
                !own.iter().any(|name| line.starts_with(name))
            })
            .collect();
        headers.sort();
        headers
    }

    /// What follows the first answer's head.
    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}
