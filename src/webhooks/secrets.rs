//! The secrets that deliveries are signed with: made here, shown once, kept sealed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::database::schema::webhook_secrets;
use crate::database::{Connection, Failure};
use crate::outgoing::{KeyFault, Keyring, Message};
use crate::problem::{Code, Problem};

/// A secret as its owner has it.
pub(super) struct Secret([u8; 32]);

impl Secret {
    /// A new one.
    pub(super) fn make() -> Result<Self, Problem> {
        let mut bits = [0_u8; 32];
        getrandom::fill(&mut bits).map_err(|_| Problem::internal())?;
        Ok(Self(bits))
    }

    /// The secret in clear, in the form that the specification gives it.
    pub(super) fn reveal(&self) -> String {
        format!("whsec_{}", BASE64.encode(&self.0))
    }
}

/// 501 where the operator has set no key.
pub(super) fn check_key(keyring: &Keyring) -> Result<(), Problem> {
    if keyring.is_set() {
        Ok(())
    } else {
        Err(told(KeyFault::Missing))
    }
}

/// What a client is told of a fault of the key.
pub(super) fn told(fault: KeyFault) -> Problem {
    match fault {
        KeyFault::Missing => Problem::new(
            Code::WebhooksNotSetUp,
            "the operator of this service must set WEBHOOK_KEY before webhooks can be used",
        ),
        KeyFault::File | KeyFault::Wrong => Problem::internal(),
    }
}

/// Keeps a first secret of a webhook.
pub(super) async fn keep(
    connection: &mut Connection,
    keyring: &Keyring,
    webhook_id: Uuid,
    secret: &Secret,
) -> Result<(), Failure> {
    let sealed = keyring
        .seal(webhook_id.as_bytes(), &secret.0)
        .map_err(told)?;
    diesel::insert_into(webhook_secrets::table)
        .values((
            webhook_secrets::secret_id.eq(Uuid::now_v7()),
            webhook_secrets::webhook_id.eq(webhook_id),
            webhook_secrets::sealed.eq(sealed),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts a new secret in the place of the current one, which still signs for
/// `overlap`; one that was replaced before that signs no more. Answers until when
/// the replaced one signs.
pub(super) async fn rotate(
    connection: &mut Connection,
    keyring: &Keyring,
    webhook_id: Uuid,
    secret: &Secret,
    overlap: Duration,
) -> Result<DateTime<Utc>, Failure> {
    let of_this = webhook_secrets::table.filter(webhook_secrets::webhook_id.eq(webhook_id));
    diesel::delete(of_this.filter(webhook_secrets::valid_until.is_not_null()))
        .execute(connection)
        .await?;
    let until = crate::clock::now() + overlap;
    diesel::update(of_this)
        .set(webhook_secrets::valid_until.eq(until))
        .execute(connection)
        .await?;
    keep(connection, keyring, webhook_id, secret).await?;
    Ok(until)
}

/// The sealed secrets that sign now, the newest first.
pub(super) async fn sealed(
    connection: &mut Connection,
    webhook_id: Uuid,
) -> QueryResult<Vec<Vec<u8>>> {
    webhook_secrets::table
        .filter(webhook_secrets::webhook_id.eq(webhook_id))
        .filter(
            webhook_secrets::valid_until
                .is_null()
                .or(webhook_secrets::valid_until.gt(crate::clock::now())),
        )
        .order(webhook_secrets::secret_id.desc())
        .select(webhook_secrets::sealed)
        .load(connection)
        .await
}

/// A message signed with those of the secrets that open. One that was sealed under
/// another key is left out where another opens.
pub(super) fn sign(
    keyring: &Keyring,
    webhook_id: Uuid,
    sealed: &[Vec<u8>],
    id: &str,
    body: &Value,
) -> Result<Message, String> {
    let mut opened = Vec::new();
    let mut fault = KeyFault::Wrong;
    for one in sealed {
        match keyring.open(webhook_id.as_bytes(), one) {
            Ok(secret) => opened.push(secret),
            Err(other) => fault = other,
        }
    }
    if opened.is_empty() {
        return Err(fault.to_string());
    }
    Message::signed(id.to_owned(), body, &opened)
}
