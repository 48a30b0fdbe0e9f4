//! Whom the operating system trusts.

use rustls::RootCertStore;

/// The root certificates that the operating system trusts, or those in the file
/// that `SSL_CERT_FILE` names. What cannot be read of them is logged; where none
/// can, that is the error.
pub(crate) fn system_roots() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "root certificates cannot be read");
    }
    let mut roots = RootCertStore::empty();
    let (added, left_out) = roots.add_parsable_certificates(found.certs);
    if left_out > 0 {
        tracing::debug!(left_out, "root certificates that are not understood");
    }
    if added > 0 {
        return Ok(roots);
    }
    let reason = found.errors.first();
    Err(reason.map_or_else(|| "none were found".to_owned(), ToString::to_string))
}
