//! The keys (API-nycklar): made and revoked on the command line, looked up by
//! their hash at every request that carries one.

use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Role;
use crate::clock;
use crate::database::failure::explain;
use crate::database::schema::api_keys;
use crate::database::{Actor, Connection, Failure, transaction};
use crate::problem::{Code, Problem};

/// How many valid keys a client may have: the one in use and its successor.
const PER_CLIENT: usize = 2;

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
}

/// What the database keeps of a key: its SHA-256.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A key that is to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The client that will use it.
    pub name: String,
    /// What it may write.
    pub role: Role,
    /// Whose it is, for the role `board`.
    pub board_id: Option<String>,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
}

/// A key as it stands in the table, without its hash.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct KeyRow {
    /// The key's id, which is no secret.
    pub key_id: Uuid,
    /// The client that uses it.
    pub name: String,
    /// What it may write.
    pub role: Role,
    /// Whose it is, for the role `board`.
    pub board_id: Option<String>,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The day it was last used.
    pub last_used_on: Option<NaiveDate>,
}

impl KeyRow {
    /// Whether the key opens anything now.
    pub fn is_valid(&self) -> bool {
        self.revoked_at.is_none() && self.expires_at > clock::now()
    }
}

/// Makes a key. Refused for a board that is not there, for a client that has
/// two valid keys, and for one whose keys are of another role or board.
pub async fn create(connection: &mut Connection, key: NewKey) -> Result<(Uuid, Secret), String> {
    let secret = Secret::make()?;
    let hash = hash(secret.reveal());
    let key_id = Uuid::now_v7();
    let work = transaction(connection, Actor::command("operator"), move |connection| {
        Box::pin(insert(connection, key_id, key, hash))
    });
    work.await.map_err(told)?;
    Ok((key_id, secret))
}

async fn insert(
    connection: &mut Connection,
    key_id: Uuid,
    key: NewKey,
    hash: Vec<u8>,
) -> Result<(), Failure> {
    // Two commands at once must not both see one key.
    diesel::sql_query("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE")
        .execute(connection)
        .await?;
    let theirs: Vec<KeyRow> = api_keys::table
        .filter(api_keys::name.eq(&key.name))
        .select(KeyRow::as_select())
        .load(connection)
        .await?;
    let valid: Vec<KeyRow> = theirs.into_iter().filter(KeyRow::is_valid).collect();
    if valid.len() >= PER_CLIENT {
        return Err(refused(format!(
            "{} has {PER_CLIENT} valid keys; revoke one first",
            key.name
        )));
    }
    if valid
        .iter()
        .any(|other| other.role != key.role || other.board_id != key.board_id)
    {
        return Err(refused(format!(
            "{} has a key with another role; use another name",
            key.name
        )));
    }
    // The database sets the stamps; what stands here is overwritten.
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::key_id.eq(key_id),
            api_keys::name.eq(key.name),
            api_keys::role.eq(key.role),
            api_keys::board_id.eq(key.board_id),
            api_keys::key_hash.eq(hash),
            api_keys::expires_at.eq(key.expires_at),
        ))
        .execute(connection)
        .await
        .map_err(|error| {
            explain(error, |constraint| {
                (constraint == "api_keys_board_id_fkey")
                    .then(|| Problem::new(Code::InvalidContent, "there is no such board"))
            })
        })?;
    Ok(())
}

fn refused(detail: String) -> Failure {
    Failure::Problem(Problem::new(Code::InvalidContent, detail))
}

fn told(failure: Failure) -> String {
    Problem::from(failure).detail
}

/// All keys, the newest first.
pub async fn list(connection: &mut Connection) -> Result<Vec<KeyRow>, String> {
    api_keys::table
        .order(api_keys::created_at.desc())
        .select(KeyRow::as_select())
        .load(connection)
        .await
        .map_err(|error| told(error.into()))
}

/// The ids of a board's keys, revoked ones among them.
pub async fn of_board(connection: &mut Connection, board_id: &str) -> QueryResult<Vec<Uuid>> {
    api_keys::table
        .filter(api_keys::board_id.eq(board_id))
        .order(api_keys::key_id)
        .select(api_keys::key_id)
        .load(connection)
        .await
}

/// Revokes a key; whether there was one to revoke.
pub async fn revoke(connection: &mut Connection, key_id: Uuid) -> Result<bool, String> {
    let work = transaction(connection, Actor::command("operator"), move |connection| {
        Box::pin(async move {
            let revoked = diesel::update(
                api_keys::table
                    .find(key_id)
                    .filter(api_keys::revoked_at.is_null()),
            )
            .set(api_keys::revoked_at.eq(clock::now()))
            .execute(connection)
            .await?;
            Ok(revoked == 1)
        })
    });
    work.await.map_err(told)
}

/// The key with this hash. Notes that it was used, once a day.
pub(super) async fn find(
    connection: &mut Connection,
    hash: Vec<u8>,
) -> QueryResult<Option<KeyRow>> {
    let row = api_keys::table
        .filter(api_keys::key_hash.eq(hash))
        .select(KeyRow::as_select())
        .first(connection)
        .await
        .optional()?;
    let today = clock::today();
    if let Some(row) = row
        .as_ref()
        .filter(|row| row.is_valid() && row.last_used_on != Some(today))
    {
        diesel::update(api_keys::table.find(row.key_id))
            .set(api_keys::last_used_on.eq(today))
            .execute(connection)
            .await?;
    }
    Ok(row)
}
