//! What can go wrong with a connection string or a connection, without any of its secrets.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// Why there is no connection to the database (anslutningsfel).
///
/// Neither the Display nor the Debug form holds the connection string or the password.
#[derive(Debug)]
pub enum ConnectError {
    /// The connection string is not one.
    Syntax,
    /// The connection string names no host.
    NoHost,
    /// `sslmode` has a value that is not supported.
    SslMode,
    /// `sslrootcert` does not go with this `sslmode`, or is not usable.
    RootCertificate {
        /// The file; `None` for the system's own.
        file: Option<PathBuf>,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS could not be set up.
    Tls(String),
    /// No host answered in time.
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
    /// The connection was refused or broke.
    Failed(tokio_postgres::Error),
    /// The connection broke while diesel set it up.
    Diesel(diesel::ConnectionError),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str(
                "the connection string is not understood; expected is postgresql://user:password@host:port/database?sslmode=verify-full, where characters such as @ : / ? # % in user or password are percent-encoded",
            ),
            Self::NoHost => f.write_str("the connection string names no host"),
            Self::SslMode => f.write_str(
                "this sslmode is not supported; supported are disable, prefer, require and verify-full",
            ),
            Self::RootCertificate { file, reason } => match file {
                Some(file) => write!(f, "sslrootcert {}: {reason}", file.display()),
                None => write!(f, "the system's root certificates: {reason}"),
            },
            Self::Tls(reason) => write!(f, "TLS cannot be set up: {reason}"),
            Self::Timeout { seconds } => {
                write!(f, "the database did not answer within {seconds} s")
            }
            Self::Failed(error) => with_causes(f, error),
            Self::Diesel(error) => write!(f, "the database connection broke: {error}"),
        }
    }
}

impl Error for ConnectError {
    // The causes are part of the text already.
}

/// The error and what caused it: the library's own text says only which step failed.
fn with_causes(f: &mut fmt::Formatter<'_>, error: &tokio_postgres::Error) -> fmt::Result {
    write!(f, "{error}")?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(f, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}
