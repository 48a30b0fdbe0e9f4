//! `malbild history`

use clap::{Args, Subcommand};
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use indicatif::HumanCount;
use serde_json::{Map, Value};

use super::store::Store;
use crate::changes::{Link, Recorded, Verified, recorded, verify};
use crate::config::DatabaseSettings;
use crate::database::{Actor, transaction};
use crate::problem::Problem;

/// What `malbild history` can do.
#[derive(Debug, Subcommand)]
pub(super) enum History {
    /// Find out whether the record of changes is as it was written
    Verify(Verify),
    /// Erase what a text has said from the record, where the law asks for it
    Erase(Erase),
}

/// What `malbild history verify` is told.
///
/// Reads every entry, compares it with its digest, and follows the chain of
/// hashes to its end; then compares the rows with what the record says of them.
/// The first that is otherwise is named, and the command ends with 1. Keep the
/// end that it tells somewhere else: with `--known` the chain must go through it.
#[derive(Args, Debug)]
pub(super) struct Verify {
    /// An end that was told earlier; may be given several times
    #[arg(long, value_name = "POSITION:HASH")]
    known: Vec<Link>,
}

/// What `malbild history erase` is told.
///
/// Change the text through the API first: what it says now stays, and everything
/// that it has said before becomes [raderat] in the record, and so in histories
/// and in answers about the past. That something was erased, of what, when and why stays in the record.
#[derive(Args, Debug)]
pub(super) struct Erase {
    /// The resource, such as `assignments`
    #[arg(long)]
    resource: String,
    /// A member of its key, such as `assignmentId=01941f29-…`; one for each
    #[arg(long, value_name = "MEMBER=VALUE", required = true)]
    key: Vec<String>,
    /// The member to erase, such as `description`
    #[arg(long, value_name = "MEMBER")]
    field: String,
    /// Why: kept for good, so without the name of anybody
    #[arg(long)]
    reason: String,
}

impl History {
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let store = Store::open(settings).await?;
        let done = async {
            store.migrate().await?;
            match self {
                Self::Verify(verify) => verify.run(&store).await,
                Self::Erase(erase) => erase.run(&store).await,
            }
        };
        let done = done.await;
        store.close().await;
        done
    }
}

impl Verify {
    async fn run(self, store: &Store) -> Result<(), String> {
        let mut client = store.client().await?;
        let verified = verify(&mut client, &self.known).await;
        match verified.map_err(|error| format!("the record cannot be read: {error}"))? {
            Verified::Whole {
                change_sets,
                entries,
                erased,
                end,
            } => {
                let (change_sets, entries) = (HumanCount(change_sets), HumanCount(entries));
                println!("The record is whole: {entries} entries in {change_sets} change sets.");
                if erased > 0 {
                    println!("From {} of them something was erased.", HumanCount(erased));
                }
                println!("It ends at {end}");
                Ok(())
            }
            Verified::Changed(what) => Err(format!("The record was changed: {what}.")),
        }
    }
}

#[derive(QueryableByName)]
struct IsText {
    #[diesel(sql_type = Bool)]
    is_text: bool,
}

#[derive(QueryableByName)]
struct Erased {
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

impl Erase {
    async fn run(self, store: &Store) -> Result<(), String> {
        let unknown = || format!("there is no resource {}", self.resource);
        let resource = recorded(&self.resource).ok_or_else(unknown)?;
        let key = self.key(resource)?;
        let mut owner = store.owner().await?;
        let column = self.column(resource, &mut owner).await?;
        let work = transaction(&mut owner, Actor::command("operator"), move |connection| {
            Box::pin(async move {
                let erased: Erased =
                    diesel::sql_query("SELECT erase_from_record($1, $2, $3, $4) AS entries")
                        .bind::<Text, _>(resource.name)
                        .bind::<Jsonb, _>(key)
                        .bind::<Text, _>(column)
                        .bind::<Text, _>(self.reason)
                        .get_result(connection)
                        .await?;
                // What a POST was answered may have the text, too.
                diesel::sql_query("DELETE FROM idempotent_answers")
                    .execute(connection)
                    .await?;
                Ok(erased.entries)
            })
        });
        let entries = work
            .await
            .map_err(|failure| format!("{}. Nothing was erased.", Problem::from(failure).detail))?;
        if entries == 0 {
            return Err(
                "Nothing was erased: it has said nothing else than it says now. Is the key right, \
                 and was the text changed through the API first?"
                    .to_owned(),
            );
        }
        println!("Erased from {entries} entries.");
        Ok(())
    }

    /// The key as the record has it.
    fn key(&self, resource: &Recorded) -> Result<Value, String> {
        let mut key = Map::new();
        for part in &self.key {
            let (member, value) = part
                .split_once('=')
                .ok_or_else(|| format!("{part}: must be MEMBER=VALUE"))?;
            let (column, value) = resource
                .key_part(member, value)
                .ok_or_else(|| format!("{part}: no part of the key of {}", resource.name))?;
            key.insert(column.to_owned(), value);
        }
        Ok(Value::Object(key))
    }

    /// The column of the member, which must be text that people write.
    async fn column(
        &self,
        resource: &Recorded,
        owner: &mut AsyncPgConnection,
    ) -> Result<&'static str, String> {
        let no_text = || format!("{} is no text that people write", self.field);
        let column = resource.column(&self.field).ok_or_else(no_text)?;
        let found: Vec<IsText> = diesel::sql_query(
            "SELECT c.collname = 'swedish' AS is_text FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
              WHERE a.attrelid = format('public.%I', $1)::regclass AND a.attname = $2",
        )
        .bind::<Text, _>(resource.table())
        .bind::<Text, _>(column)
        .load(owner)
        .await
        .map_err(|error| format!("the table cannot be looked at: {error}"))?;
        if found.iter().any(|found| found.is_text) {
            Ok(column)
        } else {
            Err(no_text())
        }
    }
}
