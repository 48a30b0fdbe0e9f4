//! A receiver of webhooks that does as it is told, and remembers everything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// What it does with a delivery.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// It answers with this status.
    Status(u16),
    /// It takes so long and answers 200.
    Slow(Duration),
    /// It never answers.
    Hang,
    /// It closes the connection.
    Close,
    /// It answers with these lines of a head.
    Head(String),
}

/// A delivery that came.
#[derive(Clone, Debug)]
pub(super) struct Received {
    /// Its headers, by name in lower case.
    pub(super) headers: HashMap<String, String>,
    /// Its body as it came.
    pub(super) body: String,
    /// Whether it was answered 2xx.
    pub(super) accepted: bool,
}

impl Received {
    /// Its `webhook-id`.
    pub(super) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// Its body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The change that it tells of, as the feed has it.
    pub(super) fn change(&self) -> Value {
        self.json()["data"].clone()
    }

    /// Whether one of its signatures was made with this secret. The
    /// specification by hand, on another library than the sender's.
    pub(super) fn is_signed_with(&self, secret: &str) -> bool {
        let secret = secret.strip_prefix("whsec_").expect("the prefix");
        let secret = BASE64.decode(secret.as_bytes()).expect("base64");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
        let timestamp = &self.headers["webhook-timestamp"];
        let sent: i64 = timestamp.parse().expect("seconds");
        let age = malbild::clock::now().timestamp() - sent;
        assert!((0..300).contains(&age), "{timestamp}");
        let signed = format!("{}.{timestamp}.{}", self.id(), self.body);
        let signatures = self.headers["webhook-signature"].split(' ');
        signatures
            .map(|signature| {
                let signature = signature.strip_prefix("v1,").expect("version 1");
                BASE64.decode(signature.as_bytes()).expect("base64")
            })
            .any(|signature| ring::hmac::verify(&key, signed.as_bytes(), &signature).is_ok())
    }
}

type Plan = Box<dyn FnMut(&Received) -> Reply + Send>;

struct State {
    plan: Plan,
    received: Vec<Received>,
    under_way: usize,
    most_under_way: usize,
}

/// A receiver on a port of its own.
pub(super) struct Receiver {
    port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// A receiver that answers each delivery as `plan` says.
    pub(super) async fn start(plan: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State {
            plan: Box::new(plan),
            received: Vec::new(),
            under_way: 0,
            most_under_way: 0,
        }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                connections.spawn(serve(socket, Arc::clone(&shared)));
            }
        });
        Self { port, state, task }
    }

    /// A receiver that takes everything.
    pub(super) async fn willing() -> Self {
        Self::start(|_| Reply::Status(204)).await
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// The same by name, and as if over TLS where `scheme` is https.
    pub(super) fn by_name(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}/hook", self.port)
    }

    /// Changes what it does from now on.
    pub(super) fn plan(&self, plan: impl FnMut(&Received) -> Reply + Send + 'static) {
        self.state.lock().expect("the state").plan = Box::new(plan);
    }

    /// Everything that came, in order.
    pub(super) fn received(&self) -> Vec<Received> {
        self.state.lock().expect("the state").received.clone()
    }

    /// What it said that it has, in order.
    pub(super) fn accepted(&self) -> Vec<Received> {
        let all = self.received().into_iter();
        all.filter(|received| received.accepted).collect()
    }

    /// The ids of what it has, each where it came first.
    pub(super) fn accepted_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for received in self.accepted() {
            if !ids.iter().any(|id| id == received.id()) {
                ids.push(received.id().to_owned());
            }
        }
        ids
    }

    /// The most deliveries that it ever had at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        self.state.lock().expect("the state").most_under_way
    }

    /// How many it has now and has not answered.
    pub(super) fn under_way(&self) -> usize {
        self.state.lock().expect("the state").under_way
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, with one delivery after the other.
async fn serve(mut socket: TcpStream, state: Arc<Mutex<State>>) {
    let mut buffer = Vec::new();
    while let Some(received) = read(&mut socket, &mut buffer).await {
        let reply = {
            let mut state = state.lock().expect("the state");
            let reply = (state.plan)(&received);
            state.under_way += 1;
            state.most_under_way = state.most_under_way.max(state.under_way);
            let accepted = match reply {
                Reply::Status(status) => (200..300).contains(&status),
                Reply::Slow(_) => true,
                _ => false,
            };
            state.received.push(Received {
                accepted,
                ..received
            });
            reply
        };
        let answered = answer(&mut socket, reply, &state).await;
        if !answered {
            return;
        }
    }
}

/// Answers; whether the connection goes on. What is under way ends just before
/// the sender can know.
async fn answer(socket: &mut TcpStream, reply: Reply, state: &Mutex<State>) -> bool {
    let over = || state.lock().expect("the state").under_way -= 1;
    let head = match reply {
        Reply::Status(status) => format!("HTTP/1.1 {status} X"),
        Reply::Slow(time) => {
            sleep(time).await;
            "HTTP/1.1 200 OK".to_owned()
        }
        Reply::Head(head) => head,
        Reply::Close => {
            over();
            return false;
        }
        Reply::Hang => {
            // Until the sender gives up.
            let mut rest = [0; 64];
            while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
            over();
            return false;
        }
    };
    over();
    let answer = format!("{head}\r\ncontent-length: 0\r\n\r\n");
    socket.write_all(answer.as_bytes()).await.is_ok()
}

/// The next request on a connection.
async fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Received> {
    let end = loop {
        let end = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        match end {
            Some(end) => break end + 4,
            None => more(socket, buffer).await?,
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).expect("a readable head");
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
    let headers: HashMap<String, String> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers["content-length"].parse().expect("a length");
    while buffer.len() < end + length {
        more(socket, buffer).await?;
    }
    let body = String::from_utf8(buffer[end..end + length].to_vec()).expect("UTF-8");
    buffer.drain(..end + length);
    Some(Received {
        headers,
        body,
        accepted: false,
    })
}

async fn more(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut some = [0; 4096];
    let read = socket.read(&mut some).await.ok().filter(|read| *read > 0)?;
    buffer.extend_from_slice(&some[..read]);
    Some(())
}
