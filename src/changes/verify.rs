//! Whether the record is as it was written: every entry says what its digest
//! says, every change set is the link of the chain that its hash says, and the
//! rows are what the record says of them.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::pin;

use data_encoding::HEXLOWER;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Error, Row};

/// A point of the chain: a position with the hash of the change set there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The position; 0 before the first.
    pub position: i64,
    /// The hash, 32 bytes; empty before the first.
    pub hash: Vec<u8>,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, HEXLOWER.encode(&self.hash))
    }
}

impl std::str::FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "must be POSITION:HASH, as `malbild history verify` has told it".to_owned();
        let (position, hash) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Self {
            position: position.parse().map_err(|_| wrong())?,
            hash: HEXLOWER.decode(hash.as_bytes()).map_err(|_| wrong())?,
        })
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Everything is as it was written.
    Whole {
        /// How many change sets there are.
        change_sets: u64,
        /// How many entries they have.
        entries: u64,
        /// From how many of those something was erased, as the record says.
        erased: u64,
        /// The end of the chain: to be kept where nobody who can change the
        /// database can change it.
        end: Link,
    },
    /// The first that is otherwise, in words.
    Changed(String),
}

/// Every entry with its change set, in the order of the chain. What was left of
/// an entry after an erasure is what the record, which is itself chained, says.
const RECORD: &str = "
    SELECT c.commit_position, (extract(epoch FROM c.committed_at) * 1000000)::bigint::text,
           coalesce(c.actor_role, ''), coalesce(c.actor_key_id::text, ''), coalesce(c.trace_id, ''), c.hash,
           h.entry_id, h.resource, h.key::text, h.action, coalesce(h.before::text, ''), coalesce(h.after::text, ''),
           h.digest, (SELECT decode(substr(e.after ->> 'digest', 3), 'hex') FROM history e
                       WHERE e.resource = 'erasures' AND e.key = jsonb_build_object('entry_id', h.entry_id)
                       ORDER BY e.entry_id DESC LIMIT 1),
           c.resources, c.first_entry, c.last_entry
      FROM change_sets c LEFT JOIN history h USING (change_set_id)
     WHERE c.commit_position IS NOT NULL
     ORDER BY c.commit_position, h.entry_id";

/// Reads the whole record and compares. `known` are ends that were told earlier:
/// the chain must still go through them.
pub async fn verify(client: &mut Client, known: &[Link]) -> Result<Verified, Error> {
    let transaction = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let mut chain = Chain::default();
    let none: [&str; 0] = [];
    let mut rows = pin!(transaction.query_raw(RECORD, none).await?);
    while let Some(row) = rows.try_next().await? {
        if let Err(changed) = chain.add(&row, known) {
            return Ok(Verified::Changed(changed));
        }
    }
    if let Err(changed) = chain.end_change_set(known) {
        return Ok(Verified::Changed(changed));
    }
    if let Some(lost) = known.iter().find(|link| link.position > chain.end.position) {
        let told = format!("the record ends at {}, before {lost}", chain.end.position);
        return Ok(Verified::Changed(told));
    }
    let head = "SELECT commit_position, hash, (SELECT count(*) FROM change_sets WHERE commit_position IS NULL),
                       (SELECT count(*) FROM history h WHERE NOT EXISTS (SELECT FROM change_sets c WHERE c.change_set_id = h.change_set_id))
                  FROM record_head";
    let head = transaction.query_one(head, &[]).await?;
    let end = Link {
        position: head.get(0),
        hash: head.get(1),
    };
    if end != chain.end {
        let told = format!(
            "the record's end: it ended at {}, and now ends at {}",
            end.position, chain.end.position
        );
        return Ok(Verified::Changed(told));
    }
    if head.get::<_, i64>(2) > 0 || head.get::<_, i64>(3) > 0 {
        let told = "there are entries or change sets that are no part of the chain".to_owned();
        return Ok(Verified::Changed(told));
    }
    let tables = "SELECT c.relname::text FROM pg_class c
                   WHERE c.relnamespace = 'past'::regnamespace
                     AND EXISTS (SELECT FROM pg_class t WHERE t.relname = c.relname AND t.relkind = 'r'
                                    AND t.relnamespace = 'public'::regnamespace)
                   ORDER BY c.relname";
    transaction
        .execute(
            "SELECT set_config('malbild.past_position', $1, true)",
            &[&end.position.to_string()],
        )
        .await?;
    for table in transaction.query(tables, &[]).await? {
        let table: String = table.get(0);
        let other = format!(
            "SELECT count(*) FROM ((TABLE public.{table} EXCEPT TABLE past.{table})
                UNION ALL (TABLE past.{table} EXCEPT TABLE public.{table})) AS other"
        );
        let other: i64 = transaction.query_one(&other, &[]).await?.get(0);
        if other > 0 {
            let told = format!("{table}: rows are not what the record says of them");
            return Ok(Verified::Changed(told));
        }
    }
    Ok(Verified::Whole {
        change_sets: chain.change_sets,
        entries: chain.entries,
        erased: chain.erased,
        end,
    })
}

/// The chain as far as it was read.
#[derive(Debug)]
struct Chain {
    end: Link,
    change_sets: u64,
    entries: u64,
    erased: u64,
    open: Option<ChangeSet>,
}

/// The change set that is being read.
#[derive(Debug)]
struct ChangeSet {
    position: i64,
    /// Its place, time and origin, as they are hashed.
    head: String,
    /// Its hash, as it is told.
    hash: Vec<u8>,
    /// The resources that it is told to have changed, by which it is found.
    resources: BTreeSet<String>,
    /// Between which entries its own are told to be.
    bounds: [Option<i64>; 2],
    found: BTreeSet<String>,
    digests: Digests,
}

/// The digests of a change set's entries, hashed in their order, ten thousand at a time.
#[derive(Debug, Default)]
struct Digests {
    pieces: Sha256,
    piece: Sha256,
    number: usize,
}

impl Digests {
    fn add(&mut self, digest: &[u8]) {
        self.piece.update(digest);
        self.number += 1;
        if self.number.is_multiple_of(10_000) {
            self.pieces.update(self.piece.finalize_reset());
        }
    }

    fn finish(mut self) -> [u8; 32] {
        if !self.number.is_multiple_of(10_000) {
            self.pieces.update(self.piece.finalize());
        }
        self.pieces.finalize().into()
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            end: Link {
                position: 0,
                hash: Vec::new(),
            },
            change_sets: 0,
            entries: 0,
            erased: 0,
            open: None,
        }
    }
}

impl ChangeSet {
    fn new(row: &Row) -> Self {
        let position: i64 = row.get(0);
        let [time, role, key_id, trace_id] = [1, 2, 3, 4].map(|column| row.get::<_, &str>(column));
        let resources: Vec<String> = row.get(14);
        Self {
            position,
            head: format!("{position}\n{time}\n{role}\n{key_id}\n{trace_id}\n"),
            hash: row.get::<_, Option<Vec<u8>>>(5).unwrap_or_default(),
            resources: resources.into_iter().collect(),
            bounds: [row.get(15), row.get(16)],
            found: BTreeSet::new(),
            digests: Digests::default(),
        }
    }
}

impl Chain {
    /// Takes in the next entry.
    fn add(&mut self, row: &Row, known: &[Link]) -> Result<(), String> {
        let position: i64 = row.get(0);
        if self
            .open
            .as_ref()
            .is_none_or(|open| open.position != position)
        {
            self.end_change_set(known)?;
        }
        let open = self.open.get_or_insert_with(|| ChangeSet::new(row));
        let Some(entry) = row.get::<_, Option<i64>>(6) else {
            return Ok(());
        };
        let text = |column: usize| row.get::<_, &str>(column);
        let content = [7, 8, 9, 10, 11].map(text).join("\n");
        let found = Sha256::digest(content.as_bytes());
        let (digest, erased): (&[u8], Option<&[u8]>) = (row.get(12), row.get(13));
        if found.as_slice() != erased.unwrap_or(digest) {
            let (resource, key) = (text(7), text(8));
            return Err(format!(
                "entry {entry}, of {resource} {key}, in the change set at position {position}"
            ));
        }
        let [first, last] = open.bounds;
        if first.is_none_or(|first| entry < first) || last.is_none_or(|last| entry > last) {
            return Err(format!(
                "the change set at position {position}: entry {entry} is not where it says"
            ));
        }
        open.found.insert(text(7).to_owned());
        open.digests.add(digest);
        self.entries += 1;
        self.erased += u64::from(erased.is_some());
        Ok(())
    }

    /// Compares the hash of the change set that was read.
    fn end_change_set(&mut self, known: &[Link]) -> Result<(), String> {
        let Some(set) = self.open.take() else {
            return Ok(());
        };
        let position = set.position;
        let hash = Sha256::new()
            .chain_update(&self.end.hash)
            .chain_update(set.head.as_bytes())
            .chain_update(set.digests.finish())
            .finalize();
        if hash.as_slice() != set.hash {
            return Err(format!(
                "the change set at position {position}: its origin or its entries, or one before it that is gone"
            ));
        }
        if set.found != set.resources {
            return Err(format!(
                "the change set at position {position}: the resources that it says it changed"
            ));
        }
        let otherwise = |link: &&Link| link.position == position && link.hash != set.hash;
        if known.iter().any(|link| otherwise(&link)) {
            return Err(format!(
                "the change set at position {position}, or one before it: its hash was another"
            ));
        }
        self.change_sets += 1;
        self.end = Link {
            position,
            hash: set.hash,
        };
        Ok(())
    }
}
