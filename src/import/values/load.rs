//! From rows to the database: staged piece by piece, checked, written.

use diesel::result::Error;
use diesel_async::AsyncConnection;

use super::report::{LoadReport, refusal};
use super::{MAX_FAULTS, Mode, ReadRow, Task};
use crate::database::{Connection, Failure};
use crate::problem::{Code, Problem};
use crate::resources::values::{RowFault, Staging};

/// How many rows are laid in the database at once.
const PIECE: usize = 5_000;

/// How far a load has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many rows have been read.
    Read(i64),
    /// All has been read; what the rows say against each other is looked at.
    Checking,
    /// So many rows of so many have been written.
    Written {
        /// Rows that are done.
        rows: i64,
        /// Rows in all.
        of: i64,
    },
}

/// Where rows come from: one after the other, `None` at the end.
pub type Next<'a> = &'a mut (dyn FnMut() -> Result<Option<ReadRow>, Problem> + Send);

/// Who hears how far it has come.
pub type Told<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Loads the rows inside the transaction under way. Memory does not grow with
/// their number, but for the changes that are told. When it fails (with every
/// fault told where the rows are wrong) the transaction has to be undone.
pub async fn load(
    connection: &mut Connection,
    next: Next<'_>,
    task: &Task,
    told: Told<'_>,
) -> Result<LoadReport, Failure> {
    let mut staged = stage(connection, next, told).await?;
    told(Progress::Checking);
    staged.between = staged.staging.check(connection, &task.terms).await?;
    if !task.dry_run {
        return staged.write(connection, task, told).await;
    }
    let tried = connection
        .transaction(async |connection: &mut Connection| -> Result<(), Tried> {
            let report = staged.write(connection, task, told).await;
            Err(report.map_or_else(Tried::Failed, |report| Tried::Done(Box::new(report))))
        })
        .await;
    match tried {
        Err(Tried::Done(report)) => Ok(*report),
        Err(Tried::Failed(failure)) => Err(failure),
        Ok(()) => Err(Problem::internal().into()),
    }
}

/// How an attempt ends: in any case it is undone.
enum Tried {
    Done(Box<LoadReport>),
    Failed(Failure),
}

impl From<Error> for Tried {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// All rows, laid in the database.
struct Staged {
    staging: Staging,
    rows: i64,
    /// What the rows have shown to be wrong by themselves: the first faults, and
    /// how many there are.
    faults: Vec<RowFault>,
    total: i64,
    /// How many faults were found between rows, and beside what is there.
    between: i64,
}

async fn stage(
    connection: &mut Connection,
    next: Next<'_>,
    told: Told<'_>,
) -> Result<Staged, Failure> {
    let mut staged = Staged {
        staging: Staging::begin(connection).await?,
        rows: 0,
        faults: Vec::new(),
        total: 0,
        between: 0,
    };
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let row = next()?;
        let ended = row.is_none();
        if let Some(row) = row {
            staged.rows += 1;
            staged.total += row.total as i64;
            let room = MAX_FAULTS - staged.faults.len();
            staged.faults.extend(row.faults.into_iter().take(room));
            piece.push(row.incoming);
        }
        if ended || piece.len() == PIECE {
            staged.staging.add(connection, &piece).await?;
            piece.clear();
            told(Progress::Read(staged.rows));
        }
        if ended {
            return Ok(staged);
        }
    }
}

impl Staged {
    /// The first faults of all by row, and how many there are.
    async fn faults(&self, connection: &mut Connection) -> Result<(Vec<RowFault>, i64), Failure> {
        let (between, found) = self.staging.faults(connection, false, MAX_FAULTS).await?;
        let mut faults = [self.faults.clone(), between].concat();
        faults.sort_by_key(|fault| fault.row_number);
        faults.truncate(MAX_FAULTS);
        Ok((faults, self.total + found))
    }

    /// The load is refused: 403 where somebody may not load some rows, who is told
    /// of those alone; else 422.
    async fn refuse(&self, connection: &mut Connection) -> Result<Failure, Failure> {
        let (faults, total) = self.staging.faults(connection, true, MAX_FAULTS).await?;
        if total > 0 {
            return Ok(refusal(Code::Forbidden, faults, total, self.rows).into());
        }
        let (faults, total) = self.faults(connection).await?;
        Ok(refusal(Code::InvalidContent, faults, total, self.rows).into())
    }

    async fn write(
        &mut self,
        connection: &mut Connection,
        task: &Task,
        told: Told<'_>,
    ) -> Result<LoadReport, Failure> {
        let mut rejected = 0;
        if self.between + self.total > 0 {
            if task.mode == Mode::Atomic {
                return Err(self.refuse(connection).await?);
            }
            rejected = self.staging.leave_out_the_faulty(connection).await?;
        }
        let of = self.staging.rows();
        let written = |rows| told(Progress::Written { rows, of });
        let loaded = self.staging.write(connection, &task.terms, written).await?;
        if loaded.late > 0 && task.mode == Mode::Atomic {
            return Err(self.refuse(connection).await?);
        }
        rejected += loaded.late;
        let (faults, total) = match rejected {
            0 => (Vec::new(), 0),
            _ => self.faults(connection).await?,
        };
        let changes = match task.details {
            true => Some(self.staging.changes(connection).await?),
            false => None,
        };
        Ok(LoadReport {
            mode: task.mode,
            dry_run: task.dry_run,
            created: loaded.created,
            updated: loaded.updated,
            deleted: loaded.deleted,
            unchanged: loaded.unchanged,
            kept: loaded.kept,
            rejected,
            total_errors: total,
            rows: faults.into_iter().map(Into::into).collect(),
            changes: changes.map(|all| all.into_iter().map(Into::into).collect()),
        })
    }
}
