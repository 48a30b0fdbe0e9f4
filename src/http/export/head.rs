//! The head of an export: which version of the data it has, and what a client may
//! keep of it.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use futures_util::Stream;
use futures_util::stream;

use super::csvw::Table;
use crate::database::{Snapshot, Version};
use crate::http::call::Call;
use crate::http::conditional::{digest, is_fresh, quoted, tags_of_none_match};
use crate::http::forms::{FORMAT, Form};
use crate::http::list::ListRequest;
use crate::http::modified::LastModified;
use crate::http::negotiate::Coding;
use crate::http::page::CHANGES_CURSOR;
use crate::http::query::Query;
use crate::http::trace::API_VERSION;
use crate::problem::Problem;

/// What stands before the body.
pub struct Head {
    tag: String,
    modified: Option<LastModified>,
    coding: Coding,
    headers: Vec<(header::HeaderName, String)>,
    form: Form,
}

impl Head {
    /// The head of the answer to this request out of this snapshot.
    pub fn new(call: &Call, request: &ListRequest, snapshot: &Snapshot) -> Self {
        Self::of(call, &request.query, request.form, snapshot.version())
    }

    /// The head of an answer in this form out of this version of the data.
    pub fn of(call: &Call, query: &Query, form: Form, version: Version) -> Self {
        let coding = match form {
            Form::Xlsx => Coding::Identity,
            _ => Coding::for_stream(call.request_headers()),
        };
        let tag = digest(&[
            call.request_path().as_bytes(),
            query.again(&[], &[]).as_bytes(),
            form.word().as_bytes(),
            version.place.encode().as_bytes(),
            call.root().as_bytes(),
            // A series without a municipality is the own one's.
            call.service.municipality_code.as_bytes(),
            call.service
                .licence
                .as_deref()
                .unwrap_or_default()
                .as_bytes(),
            API_VERSION.as_bytes(),
        ]);
        let tag = match coding {
            Coding::Identity => tag,
            other => format!("{tag}-{}", other.name()),
        };
        let mut head = Self {
            tag,
            modified: version
                .committed_at
                .map(|at| LastModified::of(at.max(call.service.since))),
            coding,
            headers: Vec::new(),
            form,
        };
        head.add(header::CACHE_CONTROL, call.kept().to_owned());
        head.add(header::CONTENT_DISPOSITION, disposition(call, form));
        head.add(header::LINK, links(call, query, form));
        if !call.is_of_the_past() {
            head.add(CHANGES_CURSOR, version.place.encode());
        }
        head
    }

    /// The same of a body that says when it was fetched: so it is another one each
    /// second. A client that has one from an earlier second has what it would have got
    /// then, as long as the data are the same, and is answered with the ETag of that.
    #[must_use]
    pub fn fetched(mut self, call: &Call, at: DateTime<Utc>) -> Self {
        let (stem, at) = (format!("{}-at", self.tag), at.timestamp());
        let earlier = |tag: &String| {
            let second = tag.strip_prefix(&stem).map(str::parse);
            matches!(second, Some(Ok(second)) if (0..=at).contains(&second))
        };
        let known = tags_of_none_match(call.request_headers());
        let earlier = known.into_iter().find(earlier);
        self.tag = earlier.unwrap_or_else(|| format!("{stem}{at}"));
        self
    }

    fn add(&mut self, name: header::HeaderName, value: String) {
        self.headers.push((name, value));
    }

    /// Whether the body is compressed as it is written.
    pub(super) fn is_compressed(&self) -> bool {
        self.coding != Coding::Identity
    }

    /// What the metadata of the CSV say of the table.
    pub(super) fn table<'a>(
        &self,
        call: &'a Call,
        query: &Query,
        key: &'a [&'static str],
    ) -> Table<'a> {
        Table {
            address: address(call, query, Form::Csv),
            source: call.root(),
            licence: call.service.licence.as_deref(),
            key,
        }
    }

    /// 304, where the client has it already.
    pub fn not_modified(&self, call: &Call) -> Option<HttpResponse> {
        let known = self.is_known(call.request_headers());
        known.then(|| self.begin(StatusCode::NOT_MODIFIED).finish())
    }

    /// The whole answer where nothing has to be read: 304, and what HEAD gets of a body
    /// that has no limit.
    pub(super) fn without_body(&self, call: &Call) -> Option<HttpResponse> {
        let head = || (*call.method() == Method::HEAD).then(|| self.streaming(stream::empty()));
        self.not_modified(call).or_else(head)
    }

    /// `If-None-Match` decides; without it, `If-Modified-Since`.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        is_fresh(headers, &self.tag)
            || self
                .modified
                .is_some_and(|modified| modified.is_known(headers))
    }

    fn begin(&self, status: StatusCode) -> actix_web::HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        response.insert_header((header::ETAG, quoted(&self.tag)));
        if let Some(modified) = self.modified {
            response.insert_header((header::LAST_MODIFIED, modified.http_date()));
        }
        for (name, value) in &self.headers {
            response.append_header((name.clone(), value.as_str()));
        }
        response
    }

    /// The answer with a body that is made as the client takes it.
    pub(super) fn streaming(
        &self,
        body: impl Stream<Item = Result<Bytes, Problem>> + 'static,
    ) -> HttpResponse {
        let mut response = self.begin(StatusCode::OK);
        if self.is_compressed() {
            response.insert_header((header::CONTENT_ENCODING, self.coding.name()));
        }
        response
            .content_type(self.form.content_type())
            .streaming(body)
    }

    /// How the body is to be coded.
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// The answer with a body that is there, or 304.
    pub fn whole(&self, call: &Call, body: Vec<u8>) -> HttpResponse {
        if self.is_known(call.request_headers()) {
            return self.begin(StatusCode::NOT_MODIFIED).finish();
        }
        self.coded(self.coding.apply(body))
    }

    /// The answer with a body that is coded already.
    pub fn coded(&self, (coding, body): (Coding, Vec<u8>)) -> HttpResponse {
        let mut response = self.begin(StatusCode::OK);
        if coding != Coding::Identity {
            response.insert_header((header::CONTENT_ENCODING, coding.name()));
        }
        response.content_type(self.form.content_type()).body(body)
    }
}

/// The address of this answer in another form.
pub fn address(call: &Call, query: &Query, form: Form) -> String {
    let query = query.with(FORMAT, form.word());
    format!("{}{}?{query}", call.root(), call.list_path())
}

/// What the columns mean, and the licence.
fn links(call: &Call, query: &Query, form: Form) -> String {
    let mut links = Vec::new();
    if form == Form::Csv {
        let about = address(call, query, Form::Csvw);
        let media_type = Form::Csvw.media_type();
        links.push(format!(
            "<{about}>; rel=\"describedby\"; type=\"{media_type}\""
        ));
    }
    if form == Form::Csvw {
        let table = address(call, query, Form::Csv);
        links.push(format!("<{table}>; rel=\"describes\"; type=\"text/csv\""));
    }
    if let Some(licence) = &call.service.licence {
        links.push(format!("<{licence}>; rel=\"license\""));
    }
    // Where the figures come from, as `_meta.source` of a list in JSON has it.
    links.push(format!("<{}>; rel=\"via\"", call.root()));
    links.push(format!("<{}/api-info>; rel=\"service-meta\"", call.root()));
    links.join(", ")
}

/// A file's name that tells what is in it and of which day.
fn disposition(call: &Call, form: Form) -> String {
    let kind = match form {
        Form::Csvw | Form::JsonStat => "inline",
        _ => "attachment",
    };
    let path = call.list_path();
    let path = path.trim_start_matches('/').replace('/', "-");
    let plain = path.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "");
    format!(
        "{kind}; filename=\"malbild-{}-{plain}-{}.{}\"",
        call.service.municipality_code,
        call.reading().today(),
        form.suffix()
    )
}
