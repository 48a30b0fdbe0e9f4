//! A link to PostgreSQL that a test can cut, and listen to.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::io::InspectReader;

use super::cluster::TestDatabase;
use super::tap::Tap;

/// What the link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// It carries everything.
    Whole,
    /// Connections are reset, new ones too.
    Cut,
    /// Nothing comes through and nothing is closed. A connection from before
    /// or during it stays silent for ever.
    Silent,
}

/// The SQL of the statements that came through.
type Statements = Arc<Mutex<Vec<String>>>;

/// A proxy on a loopback port before the test cluster's socket.
pub(crate) struct Proxy {
    port: u16,
    link: watch::Sender<Link>,
    statements: Statements,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A whole link to the cluster of this database.
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (link, state) = watch::channel(Link::Whole);
        let socket = database.socket();
        let statements = Statements::default();
        let heard = Arc::clone(&statements);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                connections.spawn(carry(
                    near,
                    socket.clone(),
                    state.clone(),
                    Arc::clone(&heard),
                ));
            }
        });
        Self {
            port,
            link,
            statements,
            task,
        }
    }

    /// The database's address for the service, through this proxy.
    pub(crate) fn url(&self, database: &TestDatabase) -> String {
        let (role, name) = ("malbild", database.name());
        format!("postgresql://{role}@127.0.0.1:{}/{name}", self.port)
    }

    /// The SQL of the statements that came through since this was last asked,
    /// without those by which the pool opens a connection or looks whether one is
    /// alive, and those that follow the record: when these come depends on the time.
    pub(crate) fn statements(&self) -> Vec<String> {
        let mut statements = self.statements.lock().expect("the statements");
        let pools = |sql: &str| sql.starts_with("SET ") || sql == "SELECT 1";
        let follows = |sql: &str| sql.starts_with("LISTEN ") || sql.contains("record_head");
        let all = std::mem::take(&mut *statements);
        all.into_iter()
            .filter(|sql| !pools(sql) && !follows(sql))
            .collect()
    }

    /// Changes what the link does, for connections that are open as well.
    pub(crate) fn set(&self, link: Link) {
        self.link.send_replace(link);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(
    near: TcpStream,
    socket: PathBuf,
    mut state: watch::Receiver<Link>,
    statements: Statements,
) {
    let first = *state.borrow_and_update();
    if first == Link::Whole {
        let mut far = UnixStream::connect(socket).await.expect("the cluster");
        let mut tap = Tap::default();
        let mut near = InspectReader::new(near, |bytes| {
            let run = tap.take_in(bytes);
            statements.lock().expect("the statements").extend(run);
        });
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
            _ = state.changed() => {}
        }
        let near = near.into_inner();
        if *state.borrow() == Link::Silent {
            silence(near, far).await;
        } else {
            reset(&near);
        }
    } else if first == Link::Silent {
        silence(near, ()).await;
    } else {
        reset(&near);
    }
}

/// Keeps both ends open and carries nothing.
async fn silence<T>(near: TcpStream, far: T) {
    std::future::pending::<()>().await;
    drop((near, far));
}

/// Makes the socket's end a reset.
#[expect(deprecated, reason = "zero seconds do not block")]
pub(crate) fn reset(socket: &TcpStream) {
    socket
        .set_linger(Some(Duration::ZERO))
        .expect("a socket option");
}
