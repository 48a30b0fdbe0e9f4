//! How a database is connected to: one connection string, with TLS as libpq's names mean it.
//!
//! | `sslmode` | what happens |
//! | --- | --- |
//! | `disable` | no TLS |
//! | `prefer` (the default) | TLS if the server offers it; nobody checks whose certificate it is |
//! | `require` | TLS or no connection; unchecked, unless `sslrootcert` is given: then as `verify-full`, which is stricter than libpq |
//! | `verify-full` | TLS, the certificate's chain and the host's name are checked |
//!
//! `sslrootcert` is a PEM file, or `system` for the roots that the operating system trusts, which
//! is also what `verify-full` uses without it. The file may hold the server's own certificate
//! instead of an authority's. A unix socket never uses TLS.

mod error;
mod options;
#[cfg(test)]
mod server_tests;
#[cfg(test)]
mod tests;
mod tls;
mod verifiers;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, NoTlsStream};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use error::ConnectError;

/// How long one host may take to answer, if the connection string has no `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long sent data may go unacknowledged, if the connection string has no `tcp_user_timeout`.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(15);
/// What PostgreSQL shows as the connection's program, if the connection string names none.
const APPLICATION_NAME: &str = "malbild";

type TlsStream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A database that can be connected to (anslutningsmål): a connection string, understood.
///
/// Its Debug form holds neither password nor host.
#[derive(Clone)]
pub struct Target {
    config: Config,
    /// None: no TLS.
    tls: Option<MakeRustlsConnect>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl Target {
    /// Understands a connection string: `postgresql://user:password@host:port/database?sslmode=…`,
    /// or `host=… user=…` pairs; all that `tokio_postgres::Config` knows, and the TLS settings of
    /// this module. Reads the file of `sslrootcert`, so that a wrong one is noticed at the start.
    ///
    /// # Errors
    /// What is wrong, without any part of the string, for it may be a part of the password.
    pub fn parse(url: &str) -> Result<Self, ConnectError> {
        let (rest, options) = options::split(url).ok_or(ConnectError::Syntax)?;
        let mut config: Config = rest.parse().map_err(|_| ConnectError::Syntax)?;
        let (mode, tls) = tls::choose(&options)?;
        config.ssl_mode(mode);
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(ConnectError::NoHost);
        }
        if config.get_application_name().is_none() {
            config.application_name(APPLICATION_NAME);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        let tls = tls.filter(|_| !only_sockets(&config));
        if tls.is_none() {
            config.ssl_mode(SslMode::Disable);
        }
        Ok(Self { config, tls })
    }

    /// Connects. The connection has to be driven, that is polled until it ends, or nothing happens.
    ///
    /// # Errors
    /// When no host answers in time, or refuses.
    pub async fn connect(&self) -> Result<(Client, Connection), ConnectError> {
        let attempt = async {
            match &self.tls {
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    Ok((client, Connection::Plain(Box::new(connection))))
                }
                Some(tls) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    Ok((client, Connection::Tls(Box::new(connection))))
                }
            }
        };
        // The library's own limit ends with the TCP handshake; TLS and password come after it.
        let within = self.within();
        match tokio::time::timeout(within, attempt).await {
            Ok(outcome) => outcome.map_err(ConnectError::Failed),
            Err(_) => Err(ConnectError::Timeout {
                seconds: within.as_secs(),
            }),
        }
    }

    /// Connects, and drives the connection in a task until the client is dropped.
    ///
    /// # Errors
    /// Those of [`Target::connect`].
    pub async fn client(&self) -> Result<Client, ConnectError> {
        let (client, connection) = self.connect().await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a database connection ended");
            }
        });
        Ok(client)
    }

    /// Connects for diesel, which drives the connection itself.
    ///
    /// # Errors
    /// Those of [`Target::connect`], and what breaks while diesel sets the connection up.
    pub async fn diesel(&self) -> Result<AsyncPgConnection, ConnectError> {
        let (client, connection) = self.connect().await?;
        let made = match connection {
            Connection::Plain(connection) => {
                AsyncPgConnection::try_from_client_and_connection(client, *connection).await
            }
            Connection::Tls(connection) => {
                AsyncPgConnection::try_from_client_and_connection(client, *connection).await
            }
        };
        made.map_err(ConnectError::Diesel)
    }

    /// The role that connects, if the connection string names it.
    pub fn user(&self) -> Option<&str> {
        self.config.get_user()
    }

    /// The longest that connecting may take: the limit for one host, for every host in turn.
    fn within(&self) -> Duration {
        let one = *self
            .config
            .get_connect_timeout()
            .unwrap_or(&CONNECT_TIMEOUT);
        let hosts = self.config.get_hosts().len().max(1);
        one.saturating_mul(u32::try_from(hosts).unwrap_or(1))
    }
}

/// Does every host name a unix socket?
fn only_sockets(config: &Config) -> bool {
    config.get_hostaddrs().is_empty()
        && config
            .get_hosts()
            .iter()
            .all(|host| matches!(host, Host::Unix(_)))
}

/// A connection (databasanslutning) that does its work while it is polled.
///
/// As a future it ends when the client is dropped, or with what broke it.
pub enum Connection {
    /// Without TLS.
    Plain(Box<tokio_postgres::Connection<Socket, NoTlsStream>>),
    /// With TLS.
    Tls(Box<tokio_postgres::Connection<Socket, TlsStream>>),
}

impl Connection {
    /// The next notice or notification; `None` when the connection has ended. For LISTEN.
    pub fn poll_message(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<AsyncMessage, tokio_postgres::Error>>> {
        match self {
            Self::Plain(connection) => connection.poll_message(context),
            Self::Tls(connection) => connection.poll_message(context),
        }
    }
}

impl Future for Connection {
    type Output = Result<(), tokio_postgres::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Plain(connection) => Pin::new(connection.as_mut()).poll(context),
            Self::Tls(connection) => Pin::new(connection.as_mut()).poll(context),
        }
    }
}
