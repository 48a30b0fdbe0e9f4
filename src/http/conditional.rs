//! ETags and conditional requests (RFC 9110, section 13).

use actix_web::http::header::{self, HeaderMap, HeaderName};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

use crate::problem::{Code, Problem};

/// The ETag of one version of one row, unquoted: opaque, and never the same
/// for two states of anything.
pub fn version_tag(resource: &str, version: i64) -> String {
    digest(&[resource.as_bytes(), &version.to_be_bytes()])
}

/// The ETag of a representation that is only part of a row, or not a row.
pub fn digest(parts: &[&[u8]]) -> String {
    let bytes = hash(parts);
    BASE64URL_NOPAD.encode(bytes.get(..15).unwrap_or(&bytes))
}

/// The SHA-256 of all parts, each with its length before it, so that none can
/// run into another.
pub(super) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The ETag of a body as it stands, unquoted. It needs to be quick and nothing
/// else: nobody gains by two bodies with one ETag.
pub fn body_tag(body: &[u8]) -> String {
    let hash = XxHash3_128::oneshot(body).to_be_bytes();
    BASE64URL_NOPAD.encode(hash.get(..15).unwrap_or(&hash))
}

/// An ETag as it stands in a header.
pub fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// Whether `If-None-Match` names this ETag (weak comparison), so that a GET is
/// answered 304.
pub fn is_fresh(headers: &HeaderMap, tag: &str) -> bool {
    tags(headers, header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.iter()
            .any(|other| other == "*" || other.trim_start_matches("W/").trim_matches('"') == tag)
    })
}

/// What a write is conditional on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions {
    if_match: Option<Vec<String>>,
    if_none_match: Option<Vec<String>>,
}

impl Conditions {
    /// Reads `If-Match` and `If-None-Match`.
    pub fn read(headers: &HeaderMap) -> Self {
        Self {
            if_match: tags(headers, header::IF_MATCH),
            if_none_match: tags(headers, header::IF_NONE_MATCH),
        }
    }

    /// Checks them against what is there: `current` is its ETag, unquoted.
    /// 428 when something is there and `If-Match` is missing, and what
    /// [`Self::check_those_sent`] finds.
    pub fn check(&self, current: Option<&str>) -> Result<(), Problem> {
        self.check_those_sent(current)?;
        if current.is_some() && self.if_match.is_none() {
            return Err(Problem::new(
                Code::PreconditionRequired,
                "send If-Match with the ETag of what you read, so that nobody's change is lost",
            ));
        }
        Ok(())
    }

    /// The same for what may be written without a condition: 412 when it has
    /// changed, is gone, or is there although `If-None-Match` says it must not be.
    pub fn check_those_sent(&self, current: Option<&str>) -> Result<(), Problem> {
        if let Some(wanted) = &self.if_match {
            let holds = current.is_some_and(|tag| wanted.iter().any(|other| names(other, tag)));
            if !holds {
                let detail = match current {
                    Some(_) => "it has changed since that ETag was read; read it again",
                    None => "nothing is there that If-Match could match",
                };
                return Err(Problem::new(Code::PreconditionFailed, detail));
            }
        }
        if let Some(unwanted) = &self.if_none_match {
            let weak = |other: &str, tag: &str| names(other.trim_start_matches("W/"), tag);
            let there = current.is_some_and(|tag| unwanted.iter().any(|other| weak(other, tag)));
            if there {
                return Err(Problem::new(
                    Code::PreconditionFailed,
                    "it is there already",
                ));
            }
        }
        Ok(())
    }
}

/// Whether a tag in `If-Match` names `tag` (strong comparison). A compressed
/// answer's ETag names the same version as the plain one's.
fn names(wanted: &str, tag: &str) -> bool {
    if wanted == "*" {
        return true;
    }
    let inner = wanted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| {
        inner
            .strip_prefix(tag)
            .is_some_and(|rest| matches!(rest, "" | "-gzip" | "-br"))
    })
}

/// The ETags in `If-None-Match`, unquoted.
pub fn tags_of_none_match(headers: &HeaderMap) -> Vec<String> {
    let tags = tags(headers, header::IF_NONE_MATCH).unwrap_or_default();
    let plain = |tag: String| tag.trim_start_matches("W/").trim_matches('"').to_owned();
    tags.into_iter().map(plain).collect()
}

/// The tags in a header; `None` when it is not there.
fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).peekable();
    values.peek()?;
    Some(
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_owned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn conditions(name: HeaderName, value: &str) -> Conditions {
        let request = TestRequest::default()
            .insert_header((name, value))
            .to_http_request();
        Conditions::read(request.headers())
    }

    fn code(result: Result<(), Problem>) -> Option<Code> {
        result.err().map(|problem| problem.code)
    }

    #[test]
    fn a_change_needs_the_tag_of_what_was_read() {
        let none = Conditions::read(TestRequest::default().to_http_request().headers());
        assert_eq!(
            code(none.check(Some("a"))),
            Some(Code::PreconditionRequired)
        );
        assert_eq!(code(none.check(None)), None);
        for right in ["\"a\"", "\"b\", \"a\"", "*", "\"a-gzip\"", "\"a-br\""] {
            assert_eq!(
                code(conditions(header::IF_MATCH, right).check(Some("a"))),
                None,
                "{right}"
            );
        }
        for wrong in ["\"b\"", "a", "W/\"a\"", "\"a-x\"", ""] {
            let result = conditions(header::IF_MATCH, wrong).check(Some("a"));
            assert_eq!(code(result), Some(Code::PreconditionFailed), "{wrong}");
        }
        assert_eq!(
            code(conditions(header::IF_MATCH, "*").check(None)),
            Some(Code::PreconditionFailed)
        );
    }

    #[test]
    fn if_none_match_star_only_creates() {
        let only_create = conditions(header::IF_NONE_MATCH, "*");
        assert_eq!(code(only_create.check(None)), None);
        assert_eq!(
            code(only_create.check(Some("a"))),
            Some(Code::PreconditionFailed)
        );
    }

    #[test]
    fn two_versions_of_a_row_have_two_tags() {
        assert_ne!(version_tag("goals", 1), version_tag("goals", 2));
        assert_ne!(version_tag("goals", 1), version_tag("boards", 1));
    }
}
