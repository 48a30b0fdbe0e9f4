//! A client as short as the tests want it.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// A request that is being put together.
pub(crate) struct Request {
    builder: reqwest::RequestBuilder,
}

impl Request {
    pub(crate) fn new(client: &reqwest::Client, method: &str, url: &str) -> Self {
        let method: Method = method.parse().expect("a method");
        Self {
            builder: client.request(method, url),
        }
    }

    /// Sends this key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Sends this header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sends `If-Match` with this ETag, as it came.
    pub(crate) fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// Sends this value as JSON.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sends this body.
    pub(crate) fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(self) -> Answer {
        let response = self.builder.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a whole body").to_vec();
        Answer {
            status,
            headers,
            body,
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a readable header"))
    }

    /// The ETag, quoted as it came.
    pub(crate) fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Fails unless the status is this.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Fails unless this is a problem with this status and code, whole and
    /// without anything of the inside.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        for member in ["type", "title", "detail", "instance", "traceId"] {
            assert!(body[member].is_string(), "{member} in {body}");
        }
        assert_eq!(body["status"], status);
        assert_eq!(body["code"], code, "{body}");
        for inside in [
            "SELECT",
            "INSERT",
            "panicked",
            "src/",
            "diesel",
            "relation \"",
        ] {
            assert!(!self.text().contains(inside), "{inside} in {body}");
        }
        self
    }

    /// The pointers and codes of the members at fault, in order.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let text = |fault: &Value, name: &str| fault[name].as_str().expect("text").to_owned();
        errors
            .iter()
            .map(|fault| (text(fault, "pointer"), text(fault, "code")))
            .collect()
    }
}
