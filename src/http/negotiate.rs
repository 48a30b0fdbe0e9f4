//! Which form of an answer a client takes: `Accept` and `Accept-Encoding`
//! (RFC 9110, section 12.5).

use std::cmp::Reverse;
use std::io::Write;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use crate::problem::{Code, Problem};

/// Smaller answers are not worth compressing.
const WORTH_COMPRESSING: usize = 1_000;

/// How the body of an answer is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Coding {
    /// The name in `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// The coding for a body of `length` bytes that the client likes best.
    pub fn choose(headers: &HeaderMap, length: usize) -> Self {
        if length < WORTH_COMPRESSING {
            return Self::Identity;
        }
        let wanted = weights(headers, header::ACCEPT_ENCODING);
        let weight = |names: &[&str]| {
            let named = names
                .iter()
                .find_map(|name| wanted.iter().find(|(coding, _)| coding == name));
            named
                .or_else(|| wanted.iter().find(|(coding, _)| coding == "*"))
                .map_or(0, |(_, weight)| *weight)
        };
        let (gzip, brotli) = (weight(&["gzip", "x-gzip"]), weight(&["br"]));
        // Named, identity counts by its weight; unnamed, it is what is left.
        let identity = wanted
            .iter()
            .find(|(coding, _)| coding == "identity")
            .map_or(0, |(_, weight)| *weight);
        if brotli > 0 && brotli >= gzip && brotli >= identity {
            Self::Brotli
        } else if gzip > 0 && gzip >= identity {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The coding for a body that is written piece by piece: gzip, where the client
    /// takes it.
    pub fn for_stream(headers: &HeaderMap) -> Self {
        let wanted = weights(headers, header::ACCEPT_ENCODING);
        let named = |names: &[&str]| {
            let found = wanted
                .iter()
                .find(|(name, _)| names.contains(&name.as_str()));
            found.map(|(_, weight)| *weight)
        };
        let gzip = named(&["gzip", "x-gzip"]).or_else(|| named(&["*"]));
        match gzip.unwrap_or(0) {
            0 => Self::Identity,
            weight if named(&["identity"]).is_some_and(|identity| identity > weight) => {
                Self::Identity
            }
            _ => Self::Gzip,
        }
    }

    /// The body in this coding, or as it was should coding it fail.
    pub fn apply(self, body: Vec<u8>) -> (Self, Vec<u8>) {
        let coded = match self {
            Self::Identity => return (self, body),
            Self::Gzip => gzip(&body),
            Self::Brotli => brotli(&body),
        };
        match coded {
            Ok(coded) => (self, coded),
            Err(_) => (Self::Identity, body),
        }
    }
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(5));
    encoder.write_all(body)?;
    encoder.finish()
}

fn brotli(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 20);
    encoder.write_all(body)?;
    encoder.flush()?;
    Ok(encoder.into_inner())
}

/// 406 unless the client takes an answer of this type, such as `application/json`.
pub fn accepts(request: &HttpRequest, media_type: &str) -> Result<(), Problem> {
    preferred(request, &[media_type]).map(|_| ())
}

/// The place of the type that the client likes best, the first of those that it
/// likes as much; 406 when it takes none.
pub fn preferred(request: &HttpRequest, media_types: &[&str]) -> Result<usize, Problem> {
    let wanted = weights(request.headers(), header::ACCEPT);
    if wanted.is_empty() {
        return Ok(0);
    }
    let liked = media_types
        .iter()
        .enumerate()
        .map(|(place, media_type)| (weight_of(&wanted, media_type), place))
        .filter(|(weight, _)| *weight > 0)
        .max_by_key(|(weight, place)| (*weight, Reverse(*place)));
    liked.map(|(_, place)| place).ok_or_else(|| {
        let all = media_types.join(" or ");
        Problem::new(
            Code::NotAcceptable,
            format!("the answer comes as {all} only"),
        )
    })
}

/// The weight of a media type, in thousandths: the most specific range that
/// matches decides (RFC 9110, 12.5.1).
pub(super) fn weight_of(wanted: &[(String, u16)], media_type: &str) -> u16 {
    let family = media_type.split('/').next().unwrap_or_default();
    let ranges = [
        media_type.to_owned(),
        format!("{family}/*"),
        "*/*".to_owned(),
    ];
    ranges
        .iter()
        .find_map(|range| wanted.iter().find(|(name, _)| name == range))
        .map_or(0, |(_, weight)| *weight)
}

/// The names in a list header with their weights in thousandths.
pub(super) fn weights(headers: &HeaderMap, name: header::HeaderName) -> Vec<(String, u16)> {
    headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts
                .next()
                .filter(|name| !name.is_empty())?
                .to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .and_then(|q| q.parse::<f32>().ok())
                .map_or(1000.0, |q| q.clamp(0.0, 1.0) * 1000.0);
            Some((name, weight as u16))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn taken(accept: &str) -> bool {
        let request = TestRequest::default()
            .insert_header((header::ACCEPT, accept))
            .to_http_request();
        accepts(&request, "application/json").is_ok()
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert!(taken("application/json"));
        assert!(taken("text/html, application/*;q=0.5"));
        assert!(taken("*/*"));
        assert!(!taken("application/xml"));
        assert!(!taken("application/json;q=0, */*"));
    }

    #[test]
    fn the_type_that_is_liked_best_is_answered_and_the_first_of_equal_ones() {
        let preferred = |accept: &str| {
            let request = TestRequest::default()
                .insert_header((header::ACCEPT, accept))
                .to_http_request();
            preferred(&request, &["application/rdf+xml", "text/turtle"]).ok()
        };
        assert_eq!(preferred("*/*"), Some(0));
        assert_eq!(preferred("text/turtle"), Some(1));
        assert_eq!(preferred("text/turtle, */*;q=0.1"), Some(1));
        assert_eq!(preferred("text/turtle;q=0.5, application/*"), Some(0));
        assert_eq!(preferred("application/rdf+xml;q=0, */*"), Some(1));
        assert_eq!(preferred("text/html"), None);
    }

    #[test]
    fn the_better_coding_is_chosen_and_a_weight_of_zero_means_never() {
        let choose = |accept: &str, length| {
            let request = TestRequest::default()
                .insert_header((header::ACCEPT_ENCODING, accept))
                .to_http_request();
            Coding::choose(request.headers(), length)
        };
        assert_eq!(choose("gzip, br", 5000), Coding::Brotli);
        assert_eq!(choose("gzip, br;q=0", 5000), Coding::Gzip);
        assert_eq!(choose("gzip;q=0", 5000), Coding::Identity);
        assert_eq!(choose("gzip;q=0, br;q=0, *", 5000), Coding::Identity);
        assert_eq!(choose("identity, gzip;q=0.5", 5000), Coding::Identity);
        assert_eq!(choose("*", 5000), Coding::Brotli);
        assert_eq!(choose("gzip, br", 10), Coding::Identity);
    }
}
