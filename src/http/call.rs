//! One request as a handler sees it, and the answers it can give.

use std::cell::Cell;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use serde::Serialize;

use super::answer::Answer;
use super::conditional::{body_tag, digest, is_fresh, quoted};
use super::fields::Fields;
use super::forms::Form;
use super::heavy::Turn;
use super::links::Root;
use super::negotiate::{Coding, accepts};
use super::once::Once;
use super::page::CHANGES_CURSOR;
use super::query::Query;
use super::reading::Reading;
use super::service::Service;
use super::text;
use crate::clock;
use crate::database;
use crate::database::record::Place;
use crate::database::{Actor, Connection, Snapshot, Work};
use crate::problem::Problem;

/// What stands before every path of the API.
pub const API_BASE: &str = "/malbild/v1";

/// The parameter that asks for the answer of an earlier moment.
pub const AS_OF: &str = "asOf";
/// By how much our clock and that of the database may differ. Past this a moment
/// is in the future by either; the database, whose clock the record has, looks closer.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);
/// An answer whose newest form may be another one.
const ASK_AGAIN: &str = "public, no-cache";
/// An answer that will always be the same.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// An answer for one reader.
const PRIVATE: &str = "private, no-cache";

/// A request whose client takes JSON, or what else a read of its path can be.
pub struct Call {
    /// The service that was called.
    pub service: Data<Service>,
    /// Where the record of changes ended when the request came, as far as was
    /// known: whatever is read from now on has all that came before.
    pub end: Option<Place>,
    request: HttpRequest,
    as_of: Cell<Option<DateTime<Utc>>>,
    rehearsal: bool,
    turn: Cell<Option<Turn>>,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::new(request))
    }
}

impl Call {
    fn new(request: &HttpRequest) -> Result<Self, Problem> {
        if !Form::told_later(request) {
            accepts(request, "application/json")?;
        }
        let service = request
            .app_data::<Data<Service>>()
            .ok_or_else(Problem::internal)?;
        Ok(Self {
            end: service.record.end().map(|end| end.place),
            service: Data::clone(service),
            request: request.clone(),
            as_of: Cell::new(None),
            rehearsal: false,
            turn: Cell::new(None),
        })
    }

    /// The same, where `dry_run` says that nothing is to be written: its answer
    /// is never kept, and none that was kept is the answer to it.
    #[must_use]
    pub fn rehearsing(mut self, dry_run: bool) -> Self {
        self.rehearsal = dry_run;
        self
    }

    /// The same, whose write is a load: it may take longer, and the turn that it has
    /// taken ends with its transaction.
    #[must_use]
    pub fn in_turn(mut self, turn: Turn) -> Self {
        self.turn = Cell::new(Some(turn));
        self
    }

    /// A part of the path, decoded.
    pub fn path(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    /// The key in the path, read by `read`; 404 when nothing can have such a key.
    pub fn key<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Problem> {
        read(self.path(name)).ok_or_else(|| Problem::not_found(what))
    }

    /// The parameters after the question mark; 400 unless all are in `known`.
    pub fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        Query::parse(self.request.query_string(), known)
    }

    /// The same for a read that can be of an earlier moment: with `asOf`, too.
    pub fn query_as_of(&self, known: &[&str]) -> Result<Query, Problem> {
        let known: Vec<&str> = known.iter().copied().chain([AS_OF]).collect();
        let query = self.query(&known)?;
        let as_of = query.get(AS_OF).map(|raw| {
            text::as_of(raw).ok_or_else(|| {
                Problem::query("asOf takes a date (2024-05-23) or a time with its offset (2024-05-23T12:00:00Z; a + is written %2B)")
            })
        });
        let as_of = as_of.transpose()?;
        if as_of.is_some_and(|moment| moment > clock::now() + CLOCKS_DIFFER) {
            return Err(database::future());
        }
        self.as_of.set(as_of);
        Ok(query)
    }

    /// Which of these forms the answer is to have; 406 for none.
    pub fn form(&self, query: &Query, forms: &[Form]) -> Result<Form, Problem> {
        Form::choose(&self.request, query, forms)
    }

    /// Whether the query asks for an earlier moment.
    pub fn is_of_the_past(&self) -> bool {
        self.as_of.get().is_some()
    }

    /// The earlier moment that the query asks for, if it does.
    pub fn as_of(&self) -> Option<DateTime<Utc>> {
        self.as_of.get()
    }

    /// The data of the moment that the query asks for.
    pub fn reading(&self) -> Reading<'_> {
        Reading::new(&self.service.database, self.as_of.get())
    }

    /// The query as it came, without the question mark.
    pub fn query_string(&self) -> &str {
        self.request.query_string()
    }

    /// The whole path, as it came.
    pub fn request_path(&self) -> &str {
        self.request.path()
    }

    /// The path below the API root, decoded.
    pub fn list_path(&self) -> String {
        self.request
            .match_info()
            .as_str()
            .strip_prefix(API_BASE)
            .unwrap_or_default()
            .to_owned()
    }

    /// The method that was called.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The headers, as they came.
    pub fn request_headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// For how long the answer to a read may be kept.
    pub fn kept(&self) -> &'static str {
        if self.is_of_the_past() {
            IMMUTABLE
        } else {
            ASK_AGAIN
        }
    }

    /// The data as one commit left them, of the moment that the query asks for, to be
    /// read at length.
    pub async fn export(&self) -> Result<Snapshot, Problem> {
        let service = &self.service;
        let export = service.database.export(&service.exports, self.as_of.get());
        export.await
    }

    /// The API root, for links.
    pub fn root(&self) -> &Root {
        &self.service.api_root
    }

    /// 200 with one thing, or the members of it that `fields` asks for; 304
    /// when the client has it. `tag` is the ETag of the whole.
    pub fn one(
        &self,
        value: &impl Serialize,
        tag: &str,
        fields: &Fields,
    ) -> Result<HttpResponse, Problem> {
        match fields.names() {
            None => self.answer(value, tag.to_owned()),
            Some(names) => {
                let whole = serde_json::to_value(value).map_err(|_| Problem::internal())?;
                let tag = digest(&[tag.as_bytes(), names.join(",").as_bytes()]);
                self.answer(&fields.select(whole), tag)
            }
        }
    }

    /// 200 with something that is not one row; its ETag is made of its bytes.
    pub fn view(
        &self,
        value: &impl Serialize,
        headers: &[(header::HeaderName, String)],
    ) -> Result<HttpResponse, Problem> {
        let body = serde_json::to_vec(value).map_err(|_| Problem::internal())?;
        let tag = body_tag(&body);
        Ok(self.send(body, tag, headers))
    }

    /// The same for an answer that depends on who asks: `private` where it is for
    /// this reader alone.
    pub fn view_for(
        &self,
        private: bool,
        value: &impl Serialize,
        headers: &[(header::HeaderName, String)],
    ) -> Result<HttpResponse, Problem> {
        let mut response = self.view(value, headers)?;
        let vary = header::HeaderValue::from_static("Authorization");
        response.headers_mut().append(header::VARY, vary);
        if private {
            let private = header::HeaderValue::from_static(PRIVATE);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, private);
        }
        Ok(response)
    }

    /// Does `work` in one transaction that is recorded as `actor`'s, and sends
    /// the answer that `answer` makes of what it did. Every write goes through
    /// here, so that a POST with `Idempotency-Key` is done once.
    pub async fn write<T, F, A>(
        &self,
        actor: Actor,
        work: F,
        answer: A,
    ) -> Result<HttpResponse, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
        A: FnOnce(&Root, T) -> Result<Answer, Problem> + Send + 'static,
    {
        let once = Once::read(&self.request, &actor, &self.service)?;
        let answer = match once.filter(|_| !self.rehearsal) {
            None => answer(self.root(), self.transact(actor, work).await?)?,
            Some(once) => {
                let work = self.transact(actor, move |connection| {
                    once.run(connection, work, answer).boxed()
                });
                work.await?
            }
        };
        Ok(answer.into_response())
    }

    /// The first answer to this request, where it came before under the same
    /// `Idempotency-Key`: for what does more than write, before it does that.
    pub async fn earlier(&self, actor: &Actor) -> Result<Option<HttpResponse>, Problem> {
        let Some(once) = Once::read(&self.request, actor, &self.service)? else {
            return Ok(None);
        };
        let work = self
            .service
            .database
            .read(move |connection| async move { once.earlier(connection).await }.boxed());
        Ok(work.await?.map(Answer::into_response))
    }

    async fn transact<T, F>(&self, actor: Actor, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        let database = &self.service.database;
        match self.turn.take() {
            None => database.write(actor, work).await,
            Some(turn) => {
                let time = self.service.loads.time;
                database.write_within(actor, time, turn, work).await
            }
        }
    }

    fn answer(&self, value: &impl Serialize, tag: String) -> Result<HttpResponse, Problem> {
        let body = serde_json::to_vec(value).map_err(|_| Problem::internal())?;
        Ok(self.send(body, tag, &[]))
    }

    fn send(
        &self,
        body: Vec<u8>,
        tag: String,
        headers: &[(header::HeaderName, String)],
    ) -> HttpResponse {
        let json = "application/json";
        let mut response = send(&self.request, StatusCode::OK, body, json, Some(tag));
        if self.is_of_the_past() {
            let immutable = header::HeaderValue::from_static(IMMUTABLE);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, immutable);
        }
        for (name, value) in headers {
            if let Ok(value) = header::HeaderValue::from_str(value) {
                response.headers_mut().append(name.clone(), value);
            }
        }
        response
    }
}

/// The same answer, which only those with a key may see: no cache keeps it for
/// others, and each asks again. The feed tells nothing of it, so no copy of it can
/// be kept up to date from there.
pub fn private(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    let kept = header::HeaderValue::from_static(PRIVATE);
    headers.insert(header::CACHE_CONTROL, kept);
    headers.remove(CHANGES_CURSOR);
    headers.append(
        header::VARY,
        header::HeaderValue::from_static("Authorization"),
    );
    answer
}

/// The answer to a read in the coding that the client likes best, with an ETag
/// of its own; 304 when the client has it already.
pub fn send(
    request: &HttpRequest,
    status: StatusCode,
    body: Vec<u8>,
    media_type: &str,
    tag: Option<String>,
) -> HttpResponse {
    let coding = Coding::choose(request.headers(), body.len());
    let tag = tag.map(|tag| match coding {
        Coding::Gzip => format!("{tag}-gzip"),
        Coding::Brotli => format!("{tag}-br"),
        Coding::Identity => tag,
    });
    let mut response = HttpResponse::build(status);
    if let Some(tag) = &tag {
        response.insert_header((header::ETAG, quoted(tag)));
    }
    response.insert_header((header::CACHE_CONTROL, ASK_AGAIN));
    if tag
        .as_deref()
        .is_some_and(|tag| is_fresh(request.headers(), tag))
    {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    let (coding, body) = coding.apply(body);
    if coding != Coding::Identity {
        response.insert_header((header::CONTENT_ENCODING, coding.name()));
    }
    response.content_type(media_type).body(body)
}
