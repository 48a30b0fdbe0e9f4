//! The real program where the database does not let it in (row 23): it ends
//! at once, says why, and never says the password.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::program::{command, run};

const PASSWORD: &str = "hunter2-s3cret";

/// Ends with a message that has these words and no password.
fn refused(url: &str, words: &str) {
    for arguments in [&["serve"][..], &["migrate"], &["keys", "list"]] {
        let begun = Instant::now();
        let settings = [
            ("DATABASE_URL", url),
            ("LISTEN_ADDR", "127.0.0.1:0"),
            ("METRICS_ADDR", "off"),
            ("LOG_FILTER", "trace"),
        ];
        let mut command = command(&settings);
        command.args(arguments);
        let ended = run(command);
        assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
        assert!(ended.output.contains(words), "{}", ended.output);
        assert!(!ended.output.contains(PASSWORD), "the password was shown");
        assert!(!ended.output.contains("panicked"), "{}", ended.output);
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
}

// Row 23
#[test]
fn a_database_that_is_down_ends_the_start_with_a_clear_message() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let url = format!("postgresql://malbild:{PASSWORD}@127.0.0.1:{port}/malbild");
    refused(&url, "the database cannot be reached");
}

// Row 23
#[test]
fn a_wrong_password_ends_the_start_with_a_clear_message() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        // As PostgreSQL does it: asks for the password, then refuses it.
        for socket in listener.incoming() {
            let mut socket = socket.expect("a connection");
            let mut bytes = [0; 1024];
            let _ = socket.read(&mut bytes);
            if bytes[4..8] == [4, 210, 22, 47] {
                let _ = socket.write_all(b"N");
                let _ = socket.read(&mut bytes);
            }
            let _ = socket.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]);
            let _ = socket.read(&mut bytes);
            let fields =
                b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"malbild\"\0\0";
            let mut error = vec![b'E'];
            error.extend_from_slice(&(fields.len() as u32 + 4).to_be_bytes());
            error.extend_from_slice(fields);
            let _ = socket.write_all(&error);
        }
    });
    let url = format!("postgresql://malbild:{PASSWORD}@127.0.0.1:{port}/malbild");
    refused(&url, "password authentication failed");
}

// Row 23
#[test]
fn an_address_that_cannot_be_read_is_refused_without_being_repeated() {
    refused(
        &format!("postgresql://malbild:{PASSWORD}@127.0.0.1:port/malbild"),
        "DATABASE_URL",
    );
    refused(
        &format!("postgresql//malbild:{PASSWORD}@127.0.0.1"),
        "DATABASE_URL",
    );
}

#[test]
fn an_empty_setting_is_one_that_is_not_there() {
    let settings = [
        ("DATABASE_URL", ""),
        ("PUBLIC_URL", ""),
        ("METRICS_ADDR", ""),
        ("MALBILD_DATA_DIR", ""),
    ];
    let mut command = command(&settings);
    command.arg("openapi");
    let ended = run(command);
    assert!(ended.status.success(), "{}", ended.output);
    assert!(ended.output.contains("http://localhost:8080/malbild/v1"));
}
