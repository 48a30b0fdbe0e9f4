//! Asking Kolada over HTTP, as it wants to be asked: at most five requests a second,
//! 5 000 rows a page, a pause when it says so; and again, when it fails.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, StatusCode, Url, redirect};
use rustls::ClientConfig;
use tokio::time::{Instant, sleep, sleep_until};

use super::model::Row;
use super::read::read_slice;
use crate::clock;
use crate::trust;

/// The most rows that Kolada gives on a page.
const PER_PAGE: usize = 5_000;
/// The time between two requests: with less than five a second, those that are
/// delayed on their way are not too many either.
const PACE: Duration = Duration::from_millis(210);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(60);
/// The pause after the first failure; it doubles with each more, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The most bytes of an answer. A page of key figures has some five million.
const LARGEST: usize = 64 << 20;
/// The most pages of one answer.
const MOST_PAGES: usize = 1_000;
/// The most rows of one answer: more than 25 key figures of 25 municipalities can have
/// since 1900.
const MOST_ROWS: usize = 200_000;

/// Kolada, or what stands in for it (källa).
#[derive(Debug)]
pub(super) struct Kolada {
    client: Client,
    base: Url,
    patience: Duration,
    next: Instant,
}

/// The rows of all pages of an answer (svar).
#[derive(Debug)]
pub(super) struct Fetched {
    /// The rows.
    pub rows: Vec<Row>,
    /// The day on which Kolada was asked: by its clock or ours, whichever is behind.
    pub asked_on: NaiveDate,
}

/// Why there is no answer.
enum Trouble {
    /// Asking again may help, after the pause that is asked for.
    Passing(String, Option<Duration>),
    /// Asking again does not help.
    Lasting(String),
    /// Kolada has nothing there.
    Nothing,
}

impl Kolada {
    /// Kolada at `base`, which ends with its version, such as
    /// `https://api.kolada.se/v3`. A request is tried again for `patience` at most.
    pub(super) fn new(base: &str, patience: Duration) -> Result<Self, String> {
        let base = address(base)?;
        let client = client(patience).map_err(|error| format!("no HTTP client: {error}"))?;
        let next = Instant::now();
        Ok(Self {
            client,
            base,
            patience,
            next,
        })
    }

    /// Its address, without a slash at the end.
    pub(super) fn source(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// All rows at `path`, page after page, changed since `from` where that is given.
    /// The error is for the person at the terminal.
    pub(super) async fn rows(
        &mut self,
        path: &str,
        from: Option<NaiveDate>,
    ) -> Result<Fetched, String> {
        let fetched = self.rows_if_any(path, from).await?;
        fetched.ok_or_else(|| format!("{}{path}: Kolada answers 404", self.source()))
    }

    /// The same, or nothing where Kolada says that there is nothing (404).
    pub(super) async fn rows_if_any(
        &mut self,
        path: &str,
        from: Option<NaiveDate>,
    ) -> Result<Option<Fetched>, String> {
        let since = from.map_or(String::new(), |day| format!("&from_date={day}"));
        let first = format!("{}{path}?per_page={PER_PAGE}{since}", self.source());
        let mut url = Url::parse(&first).map_err(|error| format!("{first}: {error}"))?;
        let mut fetched = Fetched {
            rows: Vec::new(),
            asked_on: clock::today(),
        };
        let (mut seen, mut claimed) = (HashSet::from([url.clone()]), None);
        for page in 1..=MOST_PAGES {
            let Some((bytes, day)) = self.get(&url).await? else {
                let lost = format!("{url}: Kolada answers 404 in the middle of an answer");
                return if page == 1 { Ok(None) } else { Err(lost) };
            };
            fetched.asked_on = fetched.asked_on.min(day.unwrap_or(fetched.asked_on));
            let rows = &mut fetched.rows;
            let mut each = |row| {
                rows.push(row);
                Ok(())
            };
            let envelope = read_slice(&bytes, &mut each)
                .map_err(|why| format!("{url} is not as Kolada answers: {why}"))?;
            let total = fetched.rows.len();
            if total > MOST_ROWS {
                return Err(format!("{first} has more than {MOST_ROWS} rows"));
            }
            // A count that is not that of the page is that of all pages.
            claimed = claimed.or(envelope.count.filter(|count| *count != envelope.rows));
            let Some(next) = envelope.next_url else {
                return match claimed.filter(|count| *count != total as u64) {
                    Some(count) => Err(format!(
                        "{first} is not whole: it has {total} rows, and should have {count}"
                    )),
                    None => Ok(Some(fetched)),
                };
            };
            url = self.following(&url, &next)?;
            if !seen.insert(url.clone()) {
                return Err(format!("{first} goes on at {url} for the second time"));
            }
        }
        Err(format!("{first} has more than {MOST_PAGES} pages"))
    }

    /// The next page, which must be Kolada's own and another than this.
    fn following(&self, url: &Url, next: &str) -> Result<Url, String> {
        let following = url
            .join(next)
            .map_err(|error| format!("{url} goes on at {next}, which is no address: {error}"))?;
        let named = !following.username().is_empty() || following.password().is_some();
        if following.origin() != self.base.origin() || named {
            let source = self.source();
            return Err(format!(
                "{url} goes on at {following}, which is not at {source}"
            ));
        }
        if following == *url {
            return Err(format!("{url} goes on at itself"));
        }
        Ok(following)
    }

    /// The body at an address and the day it is of; asked for again until the patience
    /// ends.
    async fn get(&mut self, url: &Url) -> Result<Option<(Vec<u8>, Option<NaiveDate>)>, String> {
        let begun = Instant::now();
        let mut failures = 0_u32;
        loop {
            sleep_until(self.next).await;
            self.next = Instant::now() + PACE;
            let (why, wait) = match self.ask(url).await {
                Ok(found) => return Ok(Some(found)),
                Err(Trouble::Nothing) => return Ok(None),
                Err(Trouble::Lasting(why)) => return Err(format!("{url}: {why}")),
                Err(Trouble::Passing(why, wait)) => (why, wait),
            };
            // One that asks for no pause at all is not asked the more often for it.
            let pause = wait.unwrap_or_default().max(pause(failures));
            failures += 1;
            if begun.elapsed().saturating_add(pause) > self.patience {
                let (tried, seconds) = (plural(failures), self.patience.as_secs());
                let asked = wait.map_or(String::new(), |wait| {
                    format!(", and asks to be left alone for {} s", wait.as_secs())
                });
                return Err(format!(
                    "{url}: {why}{asked}; asked {tried}, and no longer than {seconds} s"
                ));
            }
            tracing::debug!(%url, why, ?pause, "Kolada is asked again");
            sleep(pause).await;
        }
    }

    async fn ask(&self, url: &Url) -> Result<(Vec<u8>, Option<NaiveDate>), Trouble> {
        let lost = |error: reqwest::Error| Trouble::Passing(told(error), None);
        let request = self.client.get(url.clone());
        let mut response = request.send().await.map_err(lost)?;
        let status = response.status();
        let (wait, day) = (retry_after(response.headers()), day(response.headers()));
        let mut body = Vec::new();
        let most = if status.is_success() { LARGEST } else { 300 };
        while let Some(some) = response.chunk().await.map_err(lost)? {
            body.extend_from_slice(&some);
            if body.len() > most && status.is_success() {
                return Err(Trouble::Lasting(format!(
                    "the answer has more than {most} bytes"
                )));
            }
            if body.len() > most {
                body.truncate(most);
                break;
            }
        }
        if status == StatusCode::OK {
            return Ok((body, day));
        }
        let why = format!("Kolada answers {}", status.as_u16());
        match status {
            StatusCode::NOT_FOUND => Err(Trouble::Nothing),
            StatusCode::TOO_MANY_REQUESTS => Err(Trouble::Passing(why, wait)),
            StatusCode::REQUEST_TIMEOUT => Err(Trouble::Passing(why, None)),
            _ if status.is_server_error() => Err(Trouble::Passing(why, wait)),
            _ => {
                let said = String::from_utf8_lossy(&body).replace(char::is_control, " ");
                let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                Err(Trouble::Lasting(format!("{why}: {said}")))
            }
        }
    }
}

/// Where Kolada is. What is none is not told: it may have a password in it.
pub(super) fn address(base: &str) -> Result<Url, String> {
    let wrong = || "--base-url is no address such as https://api.kolada.se/v3".to_owned();
    let url = Url::parse(base.trim_end_matches('/')).map_err(|_| wrong())?;
    let fit = ["http", "https"].contains(&url.scheme()) && url.has_host();
    if !fit || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "--base-url has a user name or a password, which everybody would see in sourceUrl"
                .to_owned(),
        );
    }
    Ok(url)
}

fn plural(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

/// No redirect is followed: where Kolada is, the operator says.
fn client(patience: Duration) -> Result<Client, Box<dyn Error + Send + Sync>> {
    let roots = trust::system_roots().map_err(|error| format!("root certificates: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT.min(patience))
        .timeout(ANSWER.min(patience))
        .user_agent(concat!("Malbild/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(client)
}

fn pause(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures);
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

fn told(error: reqwest::Error) -> String {
    let what = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time",
        (false, true) => "no connection",
        (false, false) => "the answer was cut off",
    };
    let error = error.without_url();
    let mut inner: &dyn Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    format!("{what} ({inner})")
}

/// How long to wait (RFC 9110, section 10.2.3): seconds, or a moment.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = http_date(text)?;
    Some((moment - clock::now()).to_std().unwrap_or_default())
}

fn day(headers: &HeaderMap) -> Option<NaiveDate> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    http_date(text).map(|moment| moment.date_naive())
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc2822(text).ok()?;
    Some(moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_page_is_at_the_same_place() {
        let kolada = Kolada::new("https://api.kolada.se/v3/", Duration::from_secs(1)).unwrap();
        assert_eq!(kolada.source(), "https://api.kolada.se/v3");
        let url: Url = "https://api.kolada.se/v3/kpi?page=1".parse().unwrap();
        for right in [
            "https://api.kolada.se/v3/kpi?page=2",
            "?page=2",
            "/v3/kpi?page=2",
        ] {
            let next = kolada.following(&url, right).unwrap();
            assert_eq!(next.as_str(), "https://api.kolada.se/v3/kpi?page=2");
        }
        for wrong in [
            "http://api.kolada.se/v3/kpi?page=2",
            "https://api.kolada.se:444/v3/kpi?page=2",
            "https://api.kolada.se.example/v3/kpi?page=2",
            "//example.se/v3/kpi?page=2",
            "https://api.kolada.se/v3/kpi?page=1",
            "file:///etc/hosts",
            "https://",
            "https://anna:x@api.kolada.se/v3/kpi?page=2",
        ] {
            assert!(kolada.following(&url, wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn only_an_address_is_one() {
        for wrong in [
            "",
            "api.kolada.se",
            "file:///v3",
            "https://a.se/v3?x=1",
            "data:,x",
            "https://anna@a.se/v3",
            "https://:x@a.se/v3",
        ] {
            assert!(
                Kolada::new(wrong, Duration::from_secs(1)).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_pause_is_in_seconds_or_until_a_moment() {
        let headers =
            |text: &str| HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
        assert_eq!(retry_after(&headers("7")), Some(Duration::from_secs(7)));
        let past = "Wed, 21 Oct 2015 07:28:00 GMT";
        assert_eq!(retry_after(&headers(past)), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers("soon")), None);
        assert_eq!(
            [0, 1, 6, 99].map(pause),
            [500, 1000, 30_000, 30_000].map(Duration::from_millis)
        );
    }
}
