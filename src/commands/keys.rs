//! `malbild keys`: the keys that clients write with.

use chrono::{DateTime, Days, NaiveTime, Utc};
use clap::{Subcommand, ValueEnum};
use uuid::Uuid;

use super::store::Store;
use crate::auth::Role;
use crate::auth::keys::{self, KeyRow, NewKey};
use crate::clock;
use crate::config::DatabaseSettings;
use crate::database::Connection;
use crate::http::text;

/// What `malbild keys` can do.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Keys {
    /// Make a key and print it, this once
    Create {
        /// Who will use it; a client may have two valid keys, so that one can be replaced
        #[arg(long)]
        name: String,
        /// What it may write
        #[arg(long, value_enum)]
        role: RoleName,
        /// The board whose key it is, with the role `board`
        #[arg(long, value_name = "BOARD_ID")]
        board: Option<String>,
        /// The last day on which it is valid (UTC), or a moment; without it, a year from now
        #[arg(long, value_parser = expiry, value_name = "DATE")]
        expires: Option<DateTime<Utc>>,
    },
    /// List the keys, without what is secret
    List,
    /// Make a key worthless at once
    Revoke {
        /// The key's id, as `list` shows it
        key_id: Uuid,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RoleName {
    /// Everything, webhooks included
    Admin,
    /// Everything but webhooks
    Editor,
    /// What is its own board's
    Board,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Editor => Self::Editor,
            RoleName::Board => Self::Board,
        }
    }
}

impl Keys {
    /// Does it, as the role that owns the schema: the service's own role can
    /// make no key.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let store = Store::open(settings).await?;
        let done = self.with(&store).await;
        store.close().await;
        done
    }

    async fn with(self, store: &Store) -> Result<(), String> {
        store.migrate().await?;
        let mut connection = store.owner().await?;
        match self {
            Self::Create {
                name,
                role,
                board,
                expires,
            } => {
                let key = new_key(&name, role.into(), board, expires)?;
                create(&mut connection, key).await
            }
            Self::List => list(&mut connection).await,
            Self::Revoke { key_id } => revoke(&mut connection, key_id).await,
        }
    }
}

fn new_key(
    name: &str,
    role: Role,
    board: Option<String>,
    expires: Option<DateTime<Utc>>,
) -> Result<NewKey, String> {
    let name = text::normal(name, text::NAME, text::Lines::One)
        .map_err(|wrong| wrong.detail("--name", text::NAME))?;
    match (role, &board) {
        (Role::Board, None) => return Err("the role board needs --board".to_owned()),
        (Role::Admin | Role::Editor, Some(_)) => {
            return Err("--board goes with the role board alone".to_owned());
        }
        _ => {}
    }
    let expires_at = match expires {
        Some(moment) if moment <= clock::now() => return Err("--expires has passed".to_owned()),
        Some(moment) => moment,
        None => clock::now() + Days::new(365),
    };
    Ok(NewKey {
        name,
        role,
        board_id: board,
        expires_at,
    })
}

async fn create(connection: &mut Connection, key: NewKey) -> Result<(), String> {
    let expires = key.expires_at;
    let (key_id, secret) = keys::create(connection, key).await?;
    println!("{}", secret.reveal());
    eprintln!(
        "This is the only time the key is shown. Its id is {key_id}; it is valid until {}.",
        shown(expires)
    );
    Ok(())
}

async fn list(connection: &mut Connection) -> Result<(), String> {
    let keys = keys::list(connection).await?;
    println!(
        "{:36}  {:8}  {:6}  {:20}  {:10}  {:20}  name",
        "id", "state", "role", "valid until", "last used", "board"
    );
    for key in keys {
        let used = key
            .last_used_on
            .map_or_else(|| "never".to_owned(), |day| day.to_string());
        let board = key.board_id.clone().unwrap_or_default();
        println!(
            "{:36}  {:8}  {:6}  {:20}  {used:10}  {board:20}  {}",
            key.key_id,
            state(&key),
            key.role.word(),
            shown(key.expires_at),
            key.name
        );
    }
    Ok(())
}

fn state(key: &KeyRow) -> &'static str {
    match key.revoked_at {
        Some(_) => "revoked",
        None if key.is_valid() => "valid",
        None => "expired",
    }
}

async fn revoke(connection: &mut Connection, key_id: Uuid) -> Result<(), String> {
    if keys::revoke(connection, key_id).await? {
        println!("Revoked {key_id}.");
        Ok(())
    } else {
        Err(format!("there is no valid key {key_id}"))
    }
}

fn shown(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The end of the day (UTC), or the moment itself.
fn expiry(raw: &str) -> Result<DateTime<Utc>, String> {
    let end_of_day = |day: chrono::NaiveDate| {
        day.checked_add_days(Days::new(1))
            .map(|next| next.and_time(NaiveTime::MIN).and_utc())
    };
    text::moment(raw)
        .or_else(|| text::date(raw).and_then(end_of_day))
        .ok_or_else(|| {
            "must be a date such as 2027-06-30 or a moment such as 2027-06-30T12:00:00Z".to_owned()
        })
}
