//! POSTs that are done once, however often they are sent
//! (draft-ietf-httpapi-idempotency-key-header): the answer to the first is kept
//! for 24 hours in the same transaction as the work, and answered again.

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpMessage, HttpRequest};
use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer::Answer;
use super::conditional::hash;
use super::links::Root;
use super::service::Service;
use super::trace::{Trace, shown};
use crate::database::schema::idempotent_answers;
use crate::database::statement::Statement;
use crate::database::{Actor, Connection, Failure, Work};
use crate::outgoing::Keyring;
use crate::problem::{Code, Problem};

/// The header that names a request for all times that it is sent.
const NAME: HeaderName = HeaderName::from_static("idempotency-key");
/// How many characters a key may have.
pub(super) const LONGEST: usize = 255;
/// How many hours an answer is kept.
pub const HOURS: i32 = 24;
/// Takes away some of the answers that are no longer kept; those that somebody
/// else takes away at the same time are his.
const SWEEP: &str = "DELETE FROM idempotent_answers WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotent_answers WHERE kept_at <= now() - interval '24 hours'
     ORDER BY kept_at LIMIT 20 FOR UPDATE SKIP LOCKED))";

diesel::define_sql_function! {
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

/// The SHA-256 of a body as it came, left with the request by whoever read it.
#[derive(Clone, Copy)]
struct BodyDigest([u8; 32]);

/// Notes what the body of a request was, where that will be asked for.
pub(super) fn note_body(request: &HttpRequest, body: &[u8]) {
    if is_asked(request) {
        let digest = BodyDigest(Sha256::digest(body).into());
        request.extensions_mut().insert(digest);
    }
}

fn is_asked(request: &HttpRequest) -> bool {
    request.method() == Method::POST && request.headers().contains_key(NAME)
}

/// The key in the header: 400 when there are two, or it is not of the form.
fn key_of(request: &HttpRequest) -> Result<String, Problem> {
    let wrong = |detail: String| Problem::new(Code::BadRequest, detail);
    let mut keys = request.headers().get_all(NAME);
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(wrong("Idempotency-Key comes twice".to_owned()));
    };
    let key = key.to_str().unwrap_or_default();
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > LONGEST || !visible {
        return Err(wrong(format!(
            "Idempotency-Key has 1 to {LONGEST} visible ASCII characters and no blanks"
        )));
    }
    Ok(key.to_owned())
}

/// A request that is to be done once.
pub(super) struct Once {
    /// Whose API key it came with.
    key_id: Uuid,
    /// The client's name for it.
    key: String,
    /// What makes it this request and no other.
    fingerprint: Vec<u8>,
    /// What a problem tells of the request.
    instance: String,
    trace_id: String,
    root: Root,
    /// What seals an answer with a secret in it.
    keyring: Arc<Keyring>,
}

impl Once {
    /// What the request asks for; `None` when it may be done each time that it
    /// comes. 400 for a header that is not of the form.
    pub(super) fn read(
        request: &HttpRequest,
        actor: &Actor,
        service: &Service,
    ) -> Result<Option<Self>, Problem> {
        if !is_asked(request) {
            return Ok(None);
        }
        let key = key_of(request)?;
        let extensions = request.extensions();
        let (Some(body), Some(trace), Some(key_id)) = (
            extensions.get::<BodyDigest>(),
            extensions.get::<Trace>(),
            actor.key_id,
        ) else {
            tracing::error!("a POST whose body, trace or key nobody noted");
            return Err(Problem::internal());
        };
        let fingerprint = hash(&[
            request.method().as_str().as_bytes(),
            request.path().as_bytes(),
            request.query_string().as_bytes(),
            &body.0,
        ]);
        Ok(Some(Self {
            key_id,
            key,
            fingerprint: fingerprint.to_vec(),
            instance: shown(request.path()),
            trace_id: trace.id.clone(),
            root: Root::clone(&service.api_root),
            keyring: Arc::clone(&service.outgoing.keyring),
        }))
    }

    /// The first answer, if there was one; else that of `work`, which is kept.
    /// Runs in the transaction of `connection`. 409 while the first request is
    /// under way, 422 when it was another one.
    ///
    /// A refusal (4xx) is an answer like any other: what the work had written
    /// is undone, and the refusal is kept. Any other failure keeps nothing.
    pub(super) async fn run<T, F, A>(
        self,
        connection: &mut Connection,
        work: F,
        answer: A,
    ) -> Result<Answer, Failure>
    where
        T: Send,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send,
        A: FnOnce(&Root, T) -> Result<Answer, Problem> + Send,
    {
        if !self.lock(connection).await? {
            return Err(in_progress().into());
        }
        if let Some(answer) = self.earlier(connection).await? {
            return Ok(answer);
        }
        let root = Root::clone(&self.root);
        let done = connection
            .transaction(async move |connection: &mut Connection| {
                let done = work(connection).await?;
                Ok::<_, Failure>(answer(&root, done)?)
            })
            .await;
        let answer = match done {
            Ok(answer) => answer,
            Err(Failure::Problem(problem)) if problem.code.status() < 500 => {
                Answer::refused(&problem, &self.root, &self.instance, &self.trace_id)?
            }
            Err(failure) => return Err(failure),
        };
        self.keep(connection, &answer).await?;
        Ok(answer)
    }

    /// The first answer, if there was one. 422 when that was to another request.
    pub(super) async fn earlier(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<Answer>, Failure> {
        match self.find(connection).await? {
            Some(kept) => kept.answer_to(self).map(Some),
            None => Ok(None),
        }
    }

    /// Whether nobody else is doing the same. Holds until the transaction has
    /// ended and all can see what it did.
    async fn lock(&self, connection: &mut Connection) -> QueryResult<bool> {
        let [a, b, c, d, e, f, g, h, ..] = hash(&[self.key_id.as_bytes(), self.key.as_bytes()]);
        let number = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        diesel::select(pg_try_advisory_xact_lock(number))
            .get_result(connection)
            .await
    }

    /// What is kept under the key and not too old.
    async fn find(&self, connection: &mut Connection) -> QueryResult<Option<Kept>> {
        idempotent_answers::table
            .find((self.key_id, &self.key))
            .filter((idempotent_answers::kept_at + HOURS.hours()).gt(now))
            .select(Kept::as_select())
            .first(connection)
            .await
            .optional()
    }

    /// Keeps the answer, in the place of one that is too old.
    async fn keep(&self, connection: &mut Connection, answer: &Answer) -> Result<(), Failure> {
        let kept = Kept::new(self, answer)?;
        diesel::insert_into(idempotent_answers::table)
            .values((
                idempotent_answers::key_id.eq(self.key_id),
                idempotent_answers::idempotency_key.eq(&self.key),
                &kept,
            ))
            .on_conflict((
                idempotent_answers::key_id,
                idempotent_answers::idempotency_key,
            ))
            .do_update()
            .set((
                &kept,
                idempotent_answers::kept_at.eq(excluded(idempotent_answers::kept_at)),
            ))
            .execute(connection)
            .await?;
        // After our own: so nobody who waits for a row of ours holds one that we wait for.
        Statement::new(SWEEP).execute(connection).await?;
        Ok(())
    }
}

fn in_progress() -> Problem {
    Problem::new(
        Code::RequestInProgress,
        "a request with the same Idempotency-Key is under way; send it again",
    )
    .with_header(header::RETRY_AFTER, "1")
}

/// An answer as it is kept, without the key it is kept under.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = idempotent_answers)]
struct Kept {
    fingerprint: Vec<u8>,
    status: i32,
    headers: Value,
    body: Vec<u8>,
    sealed: bool,
}

impl Kept {
    fn new(request: &Once, answer: &Answer) -> Result<Self, Problem> {
        let fingerprint = &request.fingerprint;
        let body = if answer.secret {
            let sealed = request.keyring.seal(fingerprint, &answer.body);
            sealed.map_err(|_| Problem::internal())?
        } else {
            answer.body.clone()
        };
        let headers = answer.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            json!([name.as_str(), value])
        });
        Ok(Self {
            fingerprint: fingerprint.clone(),
            status: i32::from(answer.status.as_u16()),
            headers: headers.collect(),
            body,
            sealed: answer.secret,
        })
    }

    /// The answer again, if this request is the one that it was an answer to.
    fn answer_to(self, request: &Once) -> Result<Answer, Failure> {
        if self.fingerprint != request.fingerprint {
            return Err(Problem::new(
                Code::IdempotencyKeyReused,
                "the Idempotency-Key was used for another request; take a new one",
            )
            .into());
        }
        self.answer(&request.keyring)
            .ok_or_else(|| Problem::internal().into())
    }

    fn answer(self, keyring: &Keyring) -> Option<Answer> {
        let body = if self.sealed {
            keyring.open(&self.fingerprint, &self.body).ok()?
        } else {
            self.body
        };
        let status = u16::try_from(self.status).ok()?;
        let headers: Vec<(String, String)> = serde_json::from_value(self.headers).ok()?;
        let header = |(name, value): (String, String)| {
            Some((name.parse().ok()?, HeaderValue::try_from(value).ok()?))
        };
        Some(Answer {
            status: StatusCode::from_u16(status).ok()?,
            headers: headers.into_iter().map(header).collect::<Option<_>>()?,
            body,
            secret: self.sealed,
        })
    }
}
