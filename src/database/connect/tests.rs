//! What is understood of a connection string, and what is said of one that is not.

use std::fs;
use std::path::PathBuf;

use super::Target;
use super::options::{Options, split};
use crate::database::test_folder::Folder;

#[test]
fn a_broken_connection_string_is_refused_without_being_repeated() {
    for url in [
        "s3cret",
        "postgresql://u:s3cret@h:port/d",
        "postgresql://u:s3cret@h/d?s3cret=1",
        "host=h password=s3cret unknown=s3cret",
        "host=h password='s3cret",
        "postgresql://u:s3cret@h/d?sslmode=verify-ca",
        "postgresql://u:s3cret@h/d?sslmode=s3cret",
        "postgresql://u:s3cret@h/d?sslmode=%zz",
        "postgresql:///s3cret",
        "",
    ] {
        let error = Target::parse(url).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{url}: {error}"
        );
    }
    let error = Target::parse("postgresql://u@h/d?sslmode=verify-ca")
        .unwrap_err()
        .to_string();
    for mode in ["disable", "prefer", "require", "verify-full"] {
        assert!(error.contains(mode), "{error}");
    }
}

#[test]
fn a_root_certificate_that_is_none_is_named_at_the_start() {
    let folder = Folder::new();
    let empty = folder.0.join("empty.pem");
    fs::write(&empty, "nothing\n").unwrap();
    for file in [empty, PathBuf::from("/no/such/file.pem")] {
        let url = format!(
            "postgresql://u@h/d?sslmode=verify-full&sslrootcert={}",
            file.display()
        );
        let error = Target::parse(&url).unwrap_err().to_string();
        assert!(error.contains(&file.display().to_string()), "{error}");
    }
    let weak = Target::parse("postgresql://u@h/d?sslmode=prefer&sslrootcert=system");
    assert!(weak.is_err(), "nothing would be checked");
}

#[test]
fn tls_settings_are_taken_out_and_the_rest_is_left_as_it_was() {
    let options = |mode: Option<&str>, root: Option<&str>| Options {
        mode: mode.map(str::to_owned),
        root: root.map(str::to_owned),
    };
    for (text, rest, found) in [
        (
            "postgres://u:p?q@h/d?a=b&sslmode=require&c=%26",
            "postgres://u:p?q@h/d?a=b&c=%26",
            options(Some("require"), None),
        ),
        (
            "postgresql://h/d?sslrootcert=%2Fetc%2Fa%20b&sslmode=prefer",
            "postgresql://h/d",
            options(Some("prefer"), Some("/etc/a b")),
        ),
        ("postgresql://h/d", "postgresql://h/d", options(None, None)),
        (
            r"user = u sslmode='verify-full'  password='a \' sslmode=x' sslrootcert=a\ b",
            r"user=u password='a \' sslmode=x'",
            options(Some("verify-full"), Some("a b")),
        ),
    ] {
        assert_eq!(split(text), Some((rest.to_owned(), found)), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".*", query in "[a-z=&%?@' \\\\]*") {
        let _ = Target::parse(&text);
        let _ = Target::parse(&format!("postgresql://{query}"));
        let _ = Target::parse(&query);
    }
}
