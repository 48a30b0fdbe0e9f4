//! A server that answers as Kolada's API does, with its limits: at most 25 ids in a
//! segment of a path, 5 000 rows a page and five requests a second.

use std::collections::{BTreeMap, VecDeque};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Key figure, area and year.
type RowKey = (String, String, i32);

/// A figure as Kolada keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    gender: String,
    /// Its digits, or nothing where it is null.
    value: Option<String>,
    status: String,
    deleted: bool,
    /// The day of its last change.
    changed: String,
}

/// What goes wrong with the next answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status, with this Retry-After if there is one.
    Status(u16, Option<&'static str>),
    /// The body ends in its middle.
    Cut,
    /// A body of no sense.
    Garbage(&'static str),
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) query: String,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) key_figures: Vec<Value>,
    pub(crate) areas: Vec<Value>,
    pub(crate) groups: Vec<Value>,
    data: BTreeMap<RowKey, Vec<Entry>>,
    pub(crate) asked: Vec<Asked>,
    /// What goes wrong, first things first.
    pub(crate) faults: VecDeque<Fault>,
    /// The day that changes are of.
    pub(crate) today: String,
    /// The most rows on a page, where that is less than is asked for.
    pub(crate) rows: Option<usize>,
    /// What stands in every `next_url` instead of what should.
    pub(crate) leads_to: Option<String>,
    /// Whether what is asked about data is not found.
    pub(crate) data_is_lost: bool,
    /// How many requests came too quickly.
    pub(crate) too_quick: usize,
}

/// Kolada, for tests.
pub(crate) struct StandIn {
    /// `http://127.0.0.1:…/v3`
    pub(crate) base: String,
    state: Arc<Mutex<State>>,
    /// Answers about data wait for one of these.
    gate: Arc<Semaphore>,
    server: ServerHandle,
}

#[derive(Clone)]
struct Served {
    base: String,
    state: Arc<Mutex<State>>,
    gate: Arc<Semaphore>,
}

impl StandIn {
    /// One with Östersund, Stockholm, the region and the country, and nothing else.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = format!("http://{address}/v3");
        let area =
            |id: &str, title: &str, kind: &str| json!({"id": id, "title": title, "type": kind});
        let state = State {
            areas: vec![
                area("0000", "Riket", "L"),
                area("0023", "Region Jämtland Härjedalen", "L"),
                area("0180", "Stockholm", "K"),
                area("2380", "Östersund", "K"),
            ],
            today: "2026-11-20".to_owned(),
            ..State::default()
        };
        let served = Served {
            base: base.clone(),
            state: Arc::new(Mutex::new(state)),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        };
        let (state, gate) = (Arc::clone(&served.state), Arc::clone(&served.gate));
        let app = move || {
            App::new()
                .app_data(web::Data::new(served.clone()))
                .default_service(web::to(answer))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("a listener")
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            base,
            state,
            gate,
            server: handle,
        }
    }

    /// What it knows.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }

    /// Describes a key figure, or describes it anew.
    pub(crate) fn key_figure(&self, id: &str, title: &str, divided: bool) {
        let described = json!({
            "id": id, "title": title, "description": format!("Beskrivning av\t{id}. Källa: SCB."),
            "is_divided_by_gender": divided, "municipality_type": "K", "auspice": "X",
            "operating_area": "Befolkning", "perspective": "Volymer", "prel_publication_date": null,
            "publication_date": "2027-03-31", "publ_period": "2026", "has_ou_data": false
        });
        let mut state = self.state();
        state.key_figures.retain(|one| one["id"] != id);
        state.key_figures.push(described);
    }

    /// Takes a key figure away.
    pub(crate) fn forget(&self, id: &str) {
        self.state().key_figures.retain(|one| one["id"] != id);
    }

    /// Sets a figure: its digits, or nothing for null.
    pub(crate) fn figure(
        &self,
        id: &str,
        area: &str,
        year: i32,
        gender: &str,
        value: Option<&str>,
    ) {
        self.entry(id, area, year, gender, value, false);
    }

    /// Withdraws a figure.
    pub(crate) fn withdraw(&self, id: &str, area: &str, year: i32, gender: &str) {
        self.entry(id, area, year, gender, None, true);
    }

    fn entry(
        &self,
        id: &str,
        area: &str,
        year: i32,
        gender: &str,
        value: Option<&str>,
        deleted: bool,
    ) {
        let mut state = self.state();
        let changed = state.today.clone();
        let key = (id.to_owned(), area.to_owned(), year);
        let row = state.data.entry(key).or_default();
        row.retain(|entry| entry.gender != gender);
        row.push(Entry {
            gender: gender.to_owned(),
            value: value.map(str::to_owned),
            status: String::new(),
            deleted,
            changed,
        });
    }

    /// Gives a figure a status.
    pub(crate) fn status(&self, id: &str, area: &str, year: i32, status: &str) {
        let key = (id.to_owned(), area.to_owned(), year);
        for entry in self.state().data.get_mut(&key).expect("a row") {
            status.clone_into(&mut entry.status);
        }
    }

    /// Lets so many answers about data through, and then none.
    pub(crate) fn let_through(&self, count: usize) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.gate.add_permits(count);
    }

    /// Lets all through.
    pub(crate) fn open(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.gate.add_permits(Semaphore::MAX_PERMITS);
    }

    /// The paths and queries about data that were asked for since the last time.
    pub(crate) fn asked_for_data(&self) -> Vec<(String, String)> {
        let asked = std::mem::take(&mut self.state().asked);
        let data = asked
            .into_iter()
            .filter(|asked| asked.path.starts_with("/v3/data"));
        data.map(|asked| (asked.path, asked.query)).collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.open();
        let stopping = self.server.stop(false);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(stopping);
        }
    }
}

async fn answer(request: HttpRequest, served: web::Data<Served>) -> HttpResponse {
    let path = request.path().to_owned();
    let fault = {
        let mut state = served.state.lock().expect("the state");
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let recent = state.asked.iter().filter(|asked| now - asked.at < second);
        let quick = recent.count() >= 5;
        state.asked.push(Asked {
            at: now,
            path: path.clone(),
            query: request.query_string().to_owned(),
        });
        if quick {
            state.too_quick += 1;
            return refused(429, Some("1"));
        }
        state.faults.pop_front()
    };
    if path.starts_with("/v3/data") {
        served.gate.acquire().await.expect("a gate").forget();
    }
    match fault {
        Some(Fault::Status(status, wait)) => return refused(status, wait),
        Some(Fault::Cut) => {
            let half = futures_util::stream::iter([
                Ok(web::Bytes::from_static(b"{\"values\": [")),
                Err(std::io::Error::other("cut")),
            ]);
            return HttpResponse::Ok().streaming(half);
        }
        Some(Fault::Garbage(body)) => return HttpResponse::Ok().body(body),
        None => {}
    }
    match served.page(&path, request.query_string()) {
        Ok(body) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body),
        Err(status) => refused(status, None),
    }
}

fn refused(status: u16, wait: Option<&str>) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).expect("a status"));
    if let Some(wait) = wait {
        response.insert_header(("Retry-After", wait));
    }
    response.body(format!("{{\"detail\": \"refused with {status}\"}}"))
}

impl Served {
    fn page(&self, path: &str, query: &str) -> Result<String, u16> {
        let state = self.state.lock().expect("the state");
        let of: BTreeMap<&str, &str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let number =
            |name: &str, usual: usize| of.get(name).map_or(Some(usual), |raw| raw.parse().ok());
        let per_page = number("per_page", 100).ok_or(422_u16)?;
        let page = number("page", 1).filter(|page| *page > 0).ok_or(422_u16)?;
        if per_page == 0 || per_page > 5000 {
            return Err(422);
        }
        let rows = state.rows(path, of.get("from_date").copied())?;
        let size = per_page.min(state.rows.unwrap_or(per_page));
        let shown: Vec<&String> = rows.iter().skip((page - 1) * size).take(size).collect();
        let next = (page * size < rows.len()).then(|| {
            let since = of
                .get("from_date")
                .map_or(String::new(), |day| format!("&from_date={day}"));
            let root = self.base.trim_end_matches("/v3");
            let next = format!("{root}{path}?page={}&per_page={per_page}{since}", page + 1);
            state.leads_to.clone().unwrap_or(next)
        });
        let shown: Vec<&str> = shown.into_iter().map(String::as_str).collect();
        Ok(format!(
            "{{\"values\": [{}], \"count\": {}, \"next_url\": {}, \"previous_url\": null}}",
            shown.join(", "),
            shown.len(),
            json!(next)
        ))
    }
}

impl State {
    fn rows(&self, path: &str, since: Option<&str>) -> Result<Vec<String>, u16> {
        let segments: Vec<&str> = path.trim_start_matches("/v3/").split('/').collect();
        if segments
            .iter()
            .any(|segment| segment.split(',').count() > 25)
        {
            return Err(422);
        }
        let some = |all: &[Value]| -> Vec<String> {
            let ids: Option<Vec<&str>> = segments.get(1).map(|ids| ids.split(',').collect());
            all.iter()
                .filter(|one| {
                    ids.as_ref()
                        .is_none_or(|ids| ids.contains(&one["id"].as_str().expect("an id")))
                })
                .map(Value::to_string)
                .collect()
        };
        match segments.as_slice() {
            ["kpi", ..] => Ok(some(&self.key_figures)),
            ["municipality", ..] => Ok(some(&self.areas)),
            ["municipality_groups", ..] => Ok(some(&self.groups)),
            ["data", ..] if self.data_is_lost => Err(404),
            ["data", pairs @ ..] if pairs.len() >= 4 => {
                let of: BTreeMap<&str, Vec<&str>> = pairs
                    .chunks(2)
                    .map(|pair| (pair[0], pair[1].split(',').collect()))
                    .collect();
                Ok(self.data(&of, since))
            }
            _ => Err(404),
        }
    }

    fn data(&self, of: &BTreeMap<&str, Vec<&str>>, since: Option<&str>) -> Vec<String> {
        let has = |name: &str, id: &str| of.get(name).is_none_or(|ids| ids.contains(&id));
        let rows = self.data.iter().filter(|((id, area, year), _)| {
            has("kpi", id) && has("municipality", area) && has("year", &year.to_string())
        });
        let rows = rows.filter_map(|((id, area, year), entries)| {
            let entries: Vec<String> = entries
                .iter()
                .filter(|entry| match since {
                    Some(day) => entry.changed.as_str() >= day,
                    None => !entry.deleted,
                })
                .map(Entry::json)
                .collect();
            (!entries.is_empty()).then(|| {
                let entries = entries.join(", ");
                format!("{{\"kpi\": \"{id}\", \"municipality\": \"{area}\", \"period\": {year}, \"values\": [{entries}]}}")
            })
        });
        rows.collect()
    }
}

impl Entry {
    fn json(&self) -> String {
        let value = self.value.as_deref().unwrap_or("null");
        format!(
            "{{\"gender\": \"{}\", \"count\": 1, \"status\": {}, \"value\": {value}, \"isdeleted\": {}}}",
            self.gender,
            json!(self.status),
            self.deleted
        )
    }
}
