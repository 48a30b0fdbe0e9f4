//! Whose certificates are believed.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use malbild::auth::Role;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use serde_json::{Value, json};

use super::program::{Folder, post};
use crate::support::program::Program;
use crate::support::{TestApp, WEBHOOK_KEY};

/// An authority, and its certificate in PEM.
fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::new([]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let pem = params.self_signed(&key).expect("a certificate").pem();
    (Issuer::new(params, key), pem)
}

/// The port of a receiver that takes everything over TLS; its certificate is for
/// `name`.
fn receiver(issuer: &Issuer<'static, KeyPair>, name: &str) -> u16 {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([name.to_owned()]).expect("parameters");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let chain = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("a connection");
            let mut tls = ServerConnection::new(Arc::clone(&config)).expect("TLS");
            let mut stream = Stream::new(&mut tls, &mut socket);
            let (mut request, mut some) = (Vec::new(), [0; 4096]);
            while let Ok(read @ 1..) = stream.read(&mut some) {
                request.extend_from_slice(&some[..read]);
                // The body of a test ends so.
                if request.ends_with(b"}") {
                    let answer = b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n";
                    let _ = stream.write_all(answer);
                    break;
                }
            }
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_receiver_with_a_certificate_for_its_name_by_a_trusted_authority_is_told() {
    let app = TestApp::start().await;
    let key = app.key(Role::Admin).await;
    let folder = Folder::new();
    let file = folder.0.join("roots.pem");
    let (url, owner) = (app.database.runtime_url(), app.database.owner_url());
    let program = Program::start(&[
        ("DATABASE_URL", &url),
        ("DATABASE_OWNER_URL", &owner),
        ("WEBHOOK_KEY", WEBHOOK_KEY),
        ("WEBHOOK_ALLOW_INNER_NETWORK", "true"),
        ("SSL_CERT_FILE", file.to_str().expect("UTF-8")),
    ]);
    let test = async |url: String| -> Value {
        let body = json!({"url": url, "resources": [], "active": false});
        let (status, made) = post(&program, &key, "/webhooks", &body).await;
        assert_eq!(status, 201, "{made}");
        let id = made["webhookId"].as_str().expect("a key");
        let path = format!("/webhooks/{id}/test");
        let (status, test) = post(&program, &key, &path, &json!({})).await;
        assert_eq!(status, 200, "{test}");
        test
    };
    let (trusted, pem) = authority("trusted");
    let (stranger, _) = authority("stranger");
    let good = receiver(&trusted, "localhost");
    // Without any roots nobody is believed.
    let none = test(format!("https://localhost:{good}/hook")).await;
    let error = none["error"].as_str().expect("an error");
    assert!(error.contains("root certificates"), "{error}");
    // Once there are some, without a new start.
    fs::write(&file, pem).expect("the roots");
    let delivered = test(format!("https://localhost:{good}/hook")).await;
    assert_eq!(delivered["outcome"], "delivered", "{delivered}");
    assert_eq!(delivered["status"], 204);
    for (host, port, fault) in [
        (
            "localhost",
            receiver(&stranger, "localhost"),
            "UnknownIssuer",
        ),
        (
            "localhost",
            receiver(&trusted, "hooks.example.se"),
            "not valid for name",
        ),
        ("127.0.0.1", good, "not valid for name"),
    ] {
        let refused = test(format!("https://{host}:{port}/hook")).await;
        assert_eq!(refused["outcome"], "failed", "{host}: {refused}");
        assert_eq!(refused["status"], Value::Null);
        let error = refused["error"].as_str().expect("an error");
        assert!(error.contains(fault), "{error}");
    }
    let ended = program.stop();
    assert!(ended.status.success(), "{}", ended.output);
}
