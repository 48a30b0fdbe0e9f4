//! Static answers of the same bytes: what the HTTP server alone can do.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

use crate::cases::Case;

/// The file that tells which answer belongs to which path.
const INDEX: &str = "index.json";

/// Answers by path and query; the empty path is that of every PUT.
type Answers = HashMap<String, Bytes>;

/// Lays the answers in a folder, where [`serve`] finds them.
pub(crate) fn lay(folder: &Path, answers: &[(&Case, Vec<u8>)]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut index = HashMap::new();
    for (case, body) in answers {
        let path = if case.writes { "" } else { &case.path };
        index.insert(path, case.letter);
        std::fs::write(folder.join(case.letter), body).map_err(failed)?;
    }
    let index = serde_json::to_vec(&index).map_err(|error| error.to_string())?;
    std::fs::write(folder.join(INDEX), index).map_err(failed)
}

fn read(folder: &Path) -> Result<Answers, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let index = std::fs::read(folder.join(INDEX)).map_err(failed)?;
    let index: HashMap<String, String> =
        serde_json::from_slice(&index).map_err(|error| error.to_string())?;
    let read = |(path, name)| Ok((path, std::fs::read(folder.join::<String>(name))?.into()));
    index
        .into_iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(failed)
}

/// Serves the answers of a folder until it is told to stop.
pub(crate) fn serve(listen: SocketAddr, folder: &Path) -> Result<(), String> {
    let answers = Data::new(read(folder)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::clone(&answers))
            .service(web::resource("/{path:.*}").get(get).put(put))
    });
    let server = server.shutdown_timeout(1).bind(listen);
    let server = server.map_err(|error| error.to_string())?;
    actix_web::rt::System::new()
        .block_on(server.run())
        .map_err(|error| error.to_string())
}

async fn get(request: HttpRequest, answers: Data<Answers>) -> HttpResponse {
    let asked = request
        .uri()
        .path_and_query()
        .map_or("", |asked| asked.as_str());
    answer(answers.get(asked))
}

async fn put(_: Bytes, answers: Data<Answers>) -> HttpResponse {
    answer(answers.get(""))
}

fn answer(body: Option<&Bytes>) -> HttpResponse {
    match body {
        Some(body) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
