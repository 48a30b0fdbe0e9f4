//! A link to PostgreSQL that a test can cut.

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::cluster::TestDatabase;

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

/// A proxy on a loopback port before the test cluster's socket.
pub(crate) struct Proxy {
    port: u16,
    link: watch::Sender<Link>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A whole link to the cluster of this database.
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (link, state) = watch::channel(Link::Whole);
        let socket = database.socket();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                connections.spawn(carry(near, socket.clone(), state.clone()));
            }
        });
        Self { port, link, task }
    }

    /// The database's address for the service, through this proxy.
    pub(crate) fn url(&self, database: &TestDatabase) -> String {
        let (role, name) = ("malbild", database.name());
        format!("postgresql://{role}@127.0.0.1:{}/{name}", self.port)
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

async fn carry(mut near: TcpStream, socket: PathBuf, mut state: watch::Receiver<Link>) {
    let first = *state.borrow_and_update();
    if first == Link::Whole {
        let mut far = UnixStream::connect(socket).await.expect("the cluster");
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
            _ = state.changed() => {}
        }
        if *state.borrow() == Link::Silent {
            silence(near, far).await;
            return;
        }
    } else if first == Link::Silent {
        silence(near, ()).await;
        return;
    }
    reset(&near);
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
