//! How work on the database can fail, and what the client is told.

use diesel::result::{DatabaseErrorKind, Error};

use crate::problem::Problem;

/// How a piece of work failed.
#[derive(Debug)]
pub enum Failure {
    /// The work found something the client must mend.
    Problem(Problem),
    /// The database refused a statement or could not run it.
    Database(Error),
    /// There was no connection, or no answer in time.
    Unavailable(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Problem(problem) => problem,
            Failure::Unavailable(reason) => {
                tracing::warn!(reason, "the database is not available");
                Self::database_unavailable()
            }
            Failure::Database(error) if is_our_fault(&error) => {
                tracing::error!(
                    error = error.to_string(),
                    "a statement the database does not take"
                );
                Self::internal()
            }
            Failure::Database(error) => {
                tracing::warn!(error = error.to_string(), "the database could not answer");
                Self::database_unavailable()
            }
        }
    }
}

/// Everything was checked before the database saw it, so what it refuses by a
/// rule is a fault of the service; what else goes wrong is the database's.
fn is_our_fault(error: &Error) -> bool {
    match error {
        Error::DatabaseError(kind, _) => matches!(
            kind,
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
        ),
        Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => false,
        _ => true,
    }
}

/// The name of the constraint that a statement broke, if that is what happened.
pub fn broken_constraint(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation,
            info,
        ) => info.constraint_name(),
        _ => None,
    }
}

/// Turns a broken constraint into what the client is told, by its name.
pub fn explain(error: Error, told: impl FnOnce(&str) -> Option<Problem>) -> Failure {
    match broken_constraint(&error).and_then(told) {
        Some(problem) => Failure::Problem(problem),
        None => Failure::Database(error),
    }
}
