//! Who is calling, and what may they write.

pub mod change;
pub mod identify;
pub mod keys;
pub mod reader;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use uuid::Uuid;

use crate::database::{Actor, Database};
use crate::problem::{Code, Problem};

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
    /// The writer that a request's key has been found to be; 401 when it has none.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let writer = request.extensions().get::<Self>().cloned();
        writer.ok_or_else(|| {
            Problem::new(
                Code::MissingKey,
                "writing needs a key: Authorization: Bearer mb_…",
            )
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"malbild\"")
        })
    }

    /// As the record of changes names it.
    pub fn actor(&self) -> Actor {
        Actor {
            role: self.role.word(),
            key_id: Some(self.key_id),
            trace_id: Some(self.trace_id.clone()),
        }
    }

    /// 403 unless the key is an admin's.
    pub fn may_administer(&self, what: &str) -> Result<(), Problem> {
        match self.role {
            Role::Admin => Ok(()),
            Role::Editor | Role::Board => {
                Err(forbidden(format!("only an admin's key may write {what}")))
            }
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
        ready(Self::of(request))
    }
}

/// The writer whose key is in an `Authorization` header. 401 for a key that is
/// unknown, expired or revoked, and for any other scheme.
pub async fn authenticate(
    database: &Database,
    header: &HeaderValue,
    trace_id: &str,
) -> Result<Writer, Problem> {
    let secret = header.to_str().ok().and_then(bearer).ok_or_else(invalid)?;
    let hash = keys::hash(secret);
    let row = database
        .read(move |connection| Box::pin(async move { Ok(keys::find(connection, hash).await?) }))
        .await?
        .ok_or_else(invalid)?;
    if !row.is_valid() {
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
