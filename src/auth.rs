//! Who is calling, and what may they write.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock;
use crate::database::schema::api_keys;
use crate::database::{Actor, Connection, Database};
use crate::http::problem::{Code, Problem};

crate::text_enum! {
    /// What a key may write (roll).
    pub enum Role {
        /// Everything, webhooks included.
        Admin = "admin",
        /// Everything but webhooks.
        Editor = "editor",
        /// What is its own board's.
        Board = "board",
    }
}

/// Somebody with a valid key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// Which key.
    pub key_id: Uuid,
    /// What it may write.
    pub role: Role,
    /// Whose key it is, for the role `board`.
    pub board_id: Option<String>,
    trace_id: String,
}

impl Writer {
    /// As the record of changes names it.
    pub fn actor(&self) -> Actor {
        Actor {
            role: self.role.word(),
            key_id: Some(self.key_id),
            trace_id: Some(self.trace_id.clone()),
        }
    }

    /// 403 unless the key may write what belongs to the whole municipality.
    pub fn may_edit(&self, what: &str) -> Result<(), Problem> {
        match self.role {
            Role::Admin | Role::Editor => Ok(()),
            Role::Board => Err(forbidden(format!("a board's key may not write {what}"))),
        }
    }

    /// 403 unless the key may write what the board `owner` answers for; `None`
    /// is what no board owns.
    pub fn may_edit_of(&self, owner: Option<&str>, what: &str) -> Result<(), Problem> {
        match self.role {
            Role::Admin | Role::Editor => Ok(()),
            Role::Board if owner.is_some() && owner == self.board_id.as_deref() => Ok(()),
            Role::Board => Err(forbidden(format!("a board's key may write only {what}"))),
        }
    }
}

fn forbidden(detail: String) -> Problem {
    Problem::new(Code::Forbidden, detail)
}

impl FromRequest for Writer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let writer = request.extensions().get::<Writer>().cloned();
        ready(writer.ok_or_else(|| {
            Problem::new(
                Code::MissingKey,
                "writing needs a key: Authorization: Bearer mb_…",
            )
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"malbild\"")
        }))
    }
}

/// A key as its owner has it: `mb_` and 256 random bits. It is shown once and
/// kept nowhere.
pub struct Secret(String);

impl Secret {
    /// A new key.
    pub fn make() -> Result<Self, String> {
        let mut bits = [0_u8; 32];
        getrandom::fill(&mut bits).map_err(|error| format!("no random bits: {error}"))?;
        Ok(Self(format!("mb_{}", BASE64URL_NOPAD.encode(&bits))))
    }

    /// The key in clear.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct KeyRow {
    key_id: Uuid,
    role: Role,
    board_id: Option<String>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_on: Option<NaiveDate>,
}

/// The writer whose key is in an `Authorization` header. 401 for a key that is
/// unknown, expired or revoked, and for any other scheme.
pub async fn authenticate(
    database: &Database,
    header: &HeaderValue,
    trace_id: &str,
) -> Result<Writer, Problem> {
    let secret = header.to_str().ok().and_then(bearer).ok_or_else(invalid)?;
    let hash = hash(secret);
    let row = database
        .read(move |connection| Box::pin(async move { Ok(find(connection, hash).await?) }))
        .await?
        .ok_or_else(invalid)?;
    if row.revoked_at.is_some() || row.expires_at <= clock::now() {
        return Err(invalid());
    }
    Ok(Writer {
        key_id: row.key_id,
        role: row.role,
        board_id: row.board_id,
        trace_id: trace_id.to_owned(),
    })
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, secret) = header.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with("mb_")).then_some(secret)
}

fn invalid() -> Problem {
    Problem::new(
        Code::InvalidKey,
        "the key is unknown, has expired or was revoked",
    )
    .with_header(
        header::WWW_AUTHENTICATE,
        "Bearer realm=\"malbild\", error=\"invalid_token\"",
    )
}

/// The key with this hash. Notes that it was used, once a day.
async fn find(connection: &mut Connection, hash: Vec<u8>) -> QueryResult<Option<KeyRow>> {
    let row = api_keys::table
        .filter(api_keys::key_hash.eq(hash))
        .select(KeyRow::as_select())
        .first(connection)
        .await
        .optional()?;
    let today = clock::today();
    if let Some(row) = row.as_ref().filter(|row| row.last_used_on != Some(today)) {
        diesel::update(api_keys::table.find(row.key_id))
            .set(api_keys::last_used_on.eq(today))
            .execute(connection)
            .await?;
    }
    Ok(row)
}
