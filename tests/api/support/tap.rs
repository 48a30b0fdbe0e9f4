//! The statements that a client of PostgreSQL sends, read off the wire.

use std::collections::HashMap;

/// What one connection has sent so far.
#[derive(Default)]
pub(crate) struct Tap {
    /// What came of a message that is not whole yet.
    rest: Vec<u8>,
    /// Whether the start of the connection is over, after which every message
    /// begins with its kind.
    started: bool,
    /// The SQL of each prepared statement, by name.
    prepared: HashMap<Vec<u8>, String>,
    /// The SQL that is run next.
    bound: String,
}

impl Tap {
    /// Takes in the next bytes; answers the SQL of each statement that they run.
    pub(crate) fn take_in(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut run = Vec::new();
        while let Some((kind, body)) = self.message() {
            let mut texts = body.split(|byte| *byte == 0);
            let mut text = || texts.next().expect("a text").to_vec();
            match kind {
                b'P' => {
                    let (name, sql) = (text(), text());
                    self.prepared.insert(name, readable(sql));
                }
                b'B' => {
                    let (_portal, name) = (text(), text());
                    self.bound = self.prepared[&name].clone();
                }
                b'E' => run.push(self.bound.clone()),
                b'Q' => run.push(readable(text())),
                _ => {}
            }
        }
        run
    }

    /// The next whole message, with its kind; 0 for those of the start.
    fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = usize::from(self.started);
        let length: [u8; 4] = self.rest.get(head..head + 4)?.try_into().ok()?;
        let end = head + u32::from_be_bytes(length) as usize;
        let body = self.rest.get(head + 4..end)?.to_vec();
        let kind = if self.started { self.rest[0] } else { 0 };
        // Version 3; anything else is a question about encryption.
        self.started = self.started || body.starts_with(&[0, 3]);
        self.rest.drain(..end);
        Some((kind, body))
    }
}

fn readable(sql: Vec<u8>) -> String {
    String::from_utf8(sql).expect("SQL in UTF-8")
}

#[test]
fn the_statements_are_found_however_the_bytes_are_cut() {
    let message = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len() + 4).expect("a short body");
        [kind, &length.to_be_bytes(), body].concat()
    };
    let sent = [
        message(b"", &[4, 210, 22, 47]),
        message(b"", b"\0\x03\0\0user\0malbild\0\0"),
        message(b"Q", b"SET a = 1\0"),
        message(b"P", b"s0\0SELECT 1\0\0\0"),
        message(b"P", b"s1\0SELECT 2\0\0\0"),
        message(b"B", b"\0s0\0\0\0\0\0\0\0"),
        message(b"E", b"\0\0\0\0\0"),
        message(b"S", b""),
        message(b"B", b"\0s0\0\0\0\0\0\0\0"),
        message(b"E", b"\0\0\0\0\0"),
    ]
    .concat();
    for size in [1, 7, sent.len()] {
        let mut tap = Tap::default();
        let run: Vec<String> = sent
            .chunks(size)
            .flat_map(|some| tap.take_in(some))
            .collect();
        assert_eq!(run, ["SET a = 1", "SELECT 1", "SELECT 1"], "{size} at once");
    }
}
