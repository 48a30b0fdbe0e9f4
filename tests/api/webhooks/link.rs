//! A link to the database that holds one statement up, or loses one answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::WITHIN;
use crate::support::cluster::TestDatabase;

/// What a gate does with its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Armed,
    Held,
    Open,
}

/// A gate in the way of a statement.
#[derive(Clone)]
pub(super) struct Gate {
    state: watch::Sender<State>,
    sql: &'static [u8],
}

impl Gate {
    /// Holds the first connection that sends this.
    fn new(sql: &'static [u8]) -> Self {
        let (state, _) = watch::channel(State::Armed);
        Self { state, sql }
    }

    /// Waits until the statement is held.
    pub(super) async fn held(&self) {
        let mut state = self.state.subscribe();
        let held = state.wait_for(|state| *state == State::Held);
        let held = timeout(WITHIN, held).await;
        held.expect("the statement comes").expect("a gate");
    }

    /// Lets it through, and everything later.
    pub(super) fn open(&self) {
        self.state.send_replace(State::Open);
    }

    async fn pass(&self, bytes: &[u8]) {
        if *self.state.borrow() == State::Armed && holds(bytes, self.sql) {
            self.state.send_replace(State::Held);
            let mut state = self.state.subscribe();
            let _ = state.wait_for(|state| *state == State::Open).await;
        }
    }
}

fn holds(bytes: &[u8], sql: &[u8]) -> bool {
    bytes.windows(sql.len()).any(|part| part == sql)
}

/// The address of a link with a gate before the first statement that has this.
pub(super) async fn gated(database: &TestDatabase, sql: &'static [u8]) -> (String, Gate) {
    let gate = Gate::new(sql);
    let shared = gate.clone();
    let url = carry(database, move |near, far| hold(near, far, shared.clone())).await;
    (url, gate)
}

/// The address of a link that once, after this statement, passes a COMMIT on and
/// breaks before its answer.
pub(super) async fn losing(
    database: &TestDatabase,
    sql: &'static [u8],
) -> (String, Arc<AtomicBool>) {
    let lost = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&lost);
    let url = carry(database, move |near, far| {
        lose(near, far, sql, Arc::clone(&shared))
    });
    (url.await, lost)
}

async fn carry<F>(
    database: &TestDatabase,
    connection: impl Fn(TcpStream, UnixStream) -> F + Send + 'static,
) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let socket = database.socket();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = UnixStream::connect(&socket).await.expect("the cluster");
            tokio::spawn(connection(near, far));
        }
    });
    format!("postgresql://malbild@127.0.0.1:{port}/{}", database.name())
}

async fn hold(near: TcpStream, far: UnixStream, gate: Gate) {
    let (mut near, mut back) = near.into_split();
    let (mut answers, mut far) = far.into_split();
    let answering = async { tokio::io::copy(&mut answers, &mut back).await.map(drop) };
    let asking = async {
        let mut buffer = vec![0; 65536];
        loop {
            let read = near.read(&mut buffer).await?;
            if read == 0 {
                return Ok::<_, std::io::Error>(());
            }
            gate.pass(&buffer[..read]).await;
            far.write_all(&buffer[..read]).await?;
        }
    };
    tokio::select! {
        _ = answering => {}
        _ = asking => {}
    }
}

async fn lose(near: TcpStream, far: UnixStream, sql: &'static [u8], lost: Arc<AtomicBool>) {
    let (mut near, mut back) = near.into_split();
    let (mut answers, mut far) = far.into_split();
    let cut = CancellationToken::new();
    let answering = async {
        tokio::select! {
            _ = tokio::io::copy(&mut answers, &mut back) => {}
            // From here on nothing is passed back.
            () = cut.cancelled() => std::future::pending().await,
        }
    };
    let asking = async {
        let (mut buffer, mut seen) = (vec![0; 65536], false);
        loop {
            let read = near.read(&mut buffer).await?;
            if read == 0 {
                return Ok::<_, std::io::Error>(());
            }
            seen |= holds(&buffer[..read], sql);
            if seen && holds(&buffer[..read], b"COMMIT\0") && !lost.swap(true, Ordering::SeqCst) {
                cut.cancel();
                far.write_all(&buffer[..read]).await?;
                sleep(Duration::from_millis(200)).await;
                return Ok(());
            }
            far.write_all(&buffer[..read]).await?;
        }
    };
    tokio::select! {
        () = answering => {}
        _ = asking => {}
    }
}
