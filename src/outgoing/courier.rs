//! What carries a message: an HTTP client that goes nowhere it should not.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, header, redirect};
use rustls::ClientConfig;
use tokio::runtime::Handle;

use super::addresses::{Reach, judge};
use super::message::Message;
use super::times::Times;
use crate::trust;

/// How the addresses behind a name are found.
pub type Lookup = Arc<
    dyn Fn(String) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>
        + Send
        + Sync,
>;

/// How much of an answer is read, to be able to use its connection again.
const DRAINED: usize = 4096;
/// How long that may take.
const DRAINING: Duration = Duration::from_millis(500);

/// What came of sending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
    /// Why it has not arrived; nothing when it has.
    pub error: Option<String>,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl Attempt {
    /// An attempt that never got as far as sending.
    pub fn failed(error: impl Into<String>) -> Self {
        Self {
            status: None,
            took: Duration::ZERO,
            error: Some(error.into()),
            retry_after: None,
        }
    }

    /// Whether the receiver has it.
    pub fn arrived(&self) -> bool {
        self.error.is_none()
    }
}

/// Sends messages, with no redirect followed and no proxy out of the environment.
#[derive(Clone)]
pub struct Courier {
    client: Arc<OnceLock<Client>>,
    reach: Reach,
    times: Times,
    lookup: Lookup,
    runtime: Handle,
}

impl Courier {
    /// A courier that reaches so far; `lookup` is for tests, without it names are
    /// found as the system finds them. Must be called on the runtime that is to
    /// do the sending.
    pub fn new(reach: Reach, times: Times, lookup: Option<Lookup>) -> Self {
        Self {
            client: Arc::default(),
            reach,
            times,
            lookup: lookup.unwrap_or_else(|| Arc::new(|name| Box::pin(system(name)))),
            runtime: Handle::current(),
        }
    }

    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Sends a message and waits for the answer, no longer than it may take.
    pub async fn send(&self, address: &str, message: Message) -> Attempt {
        let (courier, address) = (self.clone(), address.to_owned());
        let task = self
            .runtime
            .spawn(async move { courier.carry(&address, message).await });
        // Whoever stops waiting stops the sending.
        let mut task = Aborting(task);
        match (&mut task.0).await {
            Ok(attempt) => attempt,
            Err(_) => Attempt::failed("the delivery was interrupted"),
        }
    }

    async fn carry(&self, address: &str, message: Message) -> Attempt {
        // The setting may have changed since the address was written down.
        let url = match judge(address, self.reach) {
            Ok(url) => url,
            Err((_, why)) => return Attempt::failed(why),
        };
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => {
                let error = format!("no HTTP client can be made: {error}");
                tracing::error!(error, "nothing can be delivered");
                return Attempt::failed(error);
            }
        };
        let mut request = client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in message.headers() {
            request = request.header(name, value);
        }
        let begun = Instant::now();
        match request.body(message.body).send().await {
            Err(error) => Attempt {
                took: begun.elapsed(),
                ..Attempt::failed(self.told(&error.without_url()))
            },
            Ok(response) => {
                let took = begun.elapsed();
                let status = response.status();
                let retry_after = retry_after(&response);
                let _ = tokio::time::timeout(DRAINING, drain(response)).await;
                let error = (!status.is_success()).then(|| {
                    let redirect = if status.is_redirection() {
                        "; redirects are not followed"
                    } else {
                        ""
                    };
                    format!("the receiver answered {}{redirect}", status.as_u16())
                });
                Attempt {
                    status: Some(status.as_u16()),
                    took,
                    error,
                    retry_after,
                }
            }
        }
    }

    /// The client. One that could not be made is tried again the next time.
    fn client(&self) -> Result<Client, Box<dyn Error + Send + Sync>> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let roots = trust::system_roots().map_err(|error| format!("root certificates: {error}"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let resolver = Guarded {
            reach: self.reach,
            lookup: Arc::clone(&self.lookup),
        };
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(resolver)
            .connect_timeout(self.times.connect)
            .timeout(self.times.answer)
            .pool_idle_timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Malbild/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    /// Why a message could not be sent, for the people who look after the
    /// receiver. The address is left out.
    fn told(&self, error: &reqwest::Error) -> String {
        let mut inner: &dyn Error = error;
        while let Some(source) = inner.source() {
            inner = source;
            if let Some(forbidden) = inner.downcast_ref::<Forbidden>() {
                return forbidden.to_string();
            }
        }
        if error.is_timeout() && error.is_connect() {
            let seconds = self.times.connect.as_secs_f64();
            return format!("no connection within {seconds} s");
        }
        if error.is_timeout() {
            let seconds = self.times.answer.as_secs_f64();
            return format!("no answer within {seconds} s");
        }
        let what = if error.is_connect() {
            "no connection"
        } else {
            "no answer"
        };
        let inner: String = inner.to_string().chars().take(300).collect();
        format!("{what}: {inner}")
    }
}

/// A task that ends with whoever waits for it.
struct Aborting<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for Aborting<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(some)) = response.chunk().await {
        read += some.len();
        if read > DRAINED {
            return;
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?;
    let seconds = seconds.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn system(name: String) -> std::io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

/// An address that is not called.
#[derive(Debug)]
struct Forbidden(&'static str);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an address that is not called: {}", self.0)
    }
}

impl Error for Forbidden {}

/// Finds only addresses that may be called. The connection is made to one of
/// those and to no other, so a name that changes in between does not help.
struct Guarded {
    reach: Reach,
    lookup: Lookup,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, found) = (self.reach, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let mut refused = None;
            let mut open: Vec<SocketAddr> = Vec::new();
            for address in found.await? {
                match reach.refuses(address) {
                    Some(what) => refused = Some(what),
                    None => open.push(SocketAddr::new(address, 0)),
                }
            }
            match refused {
                Some(what) if open.is_empty() => Err(Forbidden(what).into()),
                _ => Ok(Box::new(open.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(reach: Reach, addresses: &'static [&'static str]) -> Guarded {
        let lookup: Lookup = Arc::new(move |_| {
            let found = addresses.iter().map(|address| address.parse().unwrap());
            let found = found.collect();
            Box::pin(async move { Ok(found) })
        });
        Guarded { reach, lookup }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_leads_nowhere() {
        let name = || "hooks.example.se".parse().unwrap();
        for inside in [
            &["10.0.0.1"] as &[&str],
            &["169.254.169.254", "::1"],
            &["::ffff:127.0.0.1"],
            &["fd00::1"],
        ] {
            let found = guarded(Reach::Public, inside).resolve(name()).await;
            let error = found.err().expect("nothing is found");
            assert!(error.downcast_ref::<Forbidden>().is_some(), "{inside:?}");
        }
        let mixed = guarded(Reach::Public, &["10.0.0.1", "8.8.8.8"])
            .resolve(name())
            .await;
        let mixed: Vec<SocketAddr> = mixed.expect("one is left").collect();
        assert_eq!(mixed, ["8.8.8.8:0".parse().unwrap()]);
        let inner = guarded(Reach::Inner, &["10.0.0.1", "169.254.169.254"])
            .resolve(name())
            .await;
        let inner: Vec<SocketAddr> = inner.expect("one is left").collect();
        assert_eq!(inner, ["10.0.0.1:0".parse().unwrap()]);
    }

    #[tokio::test]
    async fn what_is_called_by_name_is_checked_at_the_connection() {
        let lookup: Lookup =
            Arc::new(|_| Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) }));
        let courier = Courier::new(Reach::Public, Times::default(), Some(lookup));
        for address in ["https://hooks.example.se/", "https://localhost:1/"] {
            let message = Message::signed("id".to_owned(), &serde_json::json!({}), &[]).unwrap();
            let attempt = courier.send(address, message).await;
            let error = attempt.error.expect("it is not sent");
            assert_eq!(
                error, "an address that is not called: loopback",
                "{address}"
            );
        }
        let message = Message::signed("id".to_owned(), &serde_json::json!({}), &[]).unwrap();
        let attempt = courier.send("http://127.0.0.1:1/", message).await;
        assert!(attempt.error.expect("it is not sent").contains("https"));
    }
}
