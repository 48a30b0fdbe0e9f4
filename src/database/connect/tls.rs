//! From the TLS settings of a connection string to what rustls needs.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::ConnectError;
use super::options::Options;
use super::verifiers::{Rooted, Unchecked};
use crate::trust;

/// What a server certificate is checked against.
enum Check {
    /// Nothing: whoever answers is believed.
    Nothing,
    /// The roots that the operating system trusts.
    System,
    /// The roots in this file.
    File(PathBuf),
}

/// The mode for the library below, and the TLS for it; `None` without TLS.
pub(super) fn choose(
    options: &Options,
) -> Result<(SslMode, Option<MakeRustlsConnect>), ConnectError> {
    let root = options.root.as_deref().filter(|root| !root.is_empty());
    let given = root.map(|root| match root {
        "system" => Check::System,
        file => Check::File(PathBuf::from(file)),
    });
    // As libpq: whoever asks for the system's roots and names no mode wants them checked.
    let default = if root == Some("system") {
        "verify-full"
    } else {
        "prefer"
    };
    let (mode, check) = match options.mode.as_deref().unwrap_or(default) {
        "disable" => return Ok((SslMode::Disable, None)),
        "prefer" if root == Some("system") => return Err(weak_mode()),
        "prefer" => (SslMode::Prefer, Check::Nothing),
        "require" => (SslMode::Require, given.unwrap_or(Check::Nothing)),
        "verify-full" => (SslMode::Require, given.unwrap_or(Check::System)),
        _ => return Err(ConnectError::SslMode),
    };
    Ok((mode, Some(MakeRustlsConnect::new(client_config(check)?))))
}

/// libpq refuses this too: it reads as if something was checked.
fn weak_mode() -> ConnectError {
    ConnectError::RootCertificate {
        file: None,
        reason: "sslrootcert=system needs sslmode=verify-full or require, prefer checks nothing"
            .to_owned(),
    }
}

fn client_config(check: Check) -> Result<ClientConfig, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Tls(error.to_string()))?;
    let mut config = match check {
        Check::Nothing => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unchecked(provider)))
            .with_no_client_auth(),
        Check::System => builder
            .with_root_certificates(system_roots()?)
            .with_no_client_auth(),
        Check::File(file) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Rooted::in_file(file, provider)?))
            .with_no_client_auth(),
    };
    // What a server asks for that is spoken to in TLS from the first byte (sslnegotiation=direct).
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

fn system_roots() -> Result<RootCertStore, ConnectError> {
    trust::system_roots().map_err(|reason| ConnectError::RootCertificate {
        file: None,
        reason: format!("{reason}; name a file with sslrootcert"),
    })
}
