//! That the servers answer the same: without it the ratios would mean nothing.

use serde_json::Value;

use crate::cases::Case;
use crate::fill;

/// Fails unless the minimal handler answers every case with malbild's bytes;
/// answers these bytes.
pub(crate) async fn alike<'a>(
    cases: &'a [Case],
    malbild: &str,
    minimal: &str,
    key: &str,
) -> Result<Vec<(&'a Case, Vec<u8>)>, String> {
    let client = reqwest::Client::new();
    let mut answers = Vec::new();
    for case in cases {
        let body = if case.writes {
            written(&client, case, malbild, minimal, key).await?
        } else {
            read(&client, case, malbild, minimal).await?
        };
        answers.push((case, body));
    }
    Ok(answers)
}

/// Fails unless a server answers all the cases so.
pub(crate) async fn answers(expected: &[(&Case, Vec<u8>)], base: &str) -> Result<(), String> {
    let client = reqwest::Client::new();
    for (case, body) in expected.iter().filter(|(case, _)| !case.writes) {
        let found = sent(client.get(format!("{base}{}", case.path))).await?;
        same(case, body, &found)?;
    }
    Ok(())
}

async fn read(
    client: &reqwest::Client,
    case: &Case,
    malbild: &str,
    minimal: &str,
) -> Result<Vec<u8>, String> {
    let ours = sent(client.get(format!("{malbild}{}", case.path))).await?;
    let theirs = sent(client.get(format!("{minimal}{}", case.path))).await?;
    same(case, &ours, &theirs)?;
    let page: Value = serde_json::from_slice(&ours).map_err(|error| error.to_string())?;
    let items = page["items"].as_array().map(Vec::len);
    if items != case.items {
        return Err(format!(
            "case {}: {items:?} items, not {:?}",
            case.letter, case.items
        ));
    }
    Ok(ours)
}

/// What each answers to a PUT, malbild must answer to a GET after it.
async fn written(
    client: &reqwest::Client,
    case: &Case,
    malbild: &str,
    minimal: &str,
    key: &str,
) -> Result<Vec<u8>, String> {
    let path = format!("{}/{}/2001/T", case.path, fill::municipality(1));
    let mut last = Vec::new();
    for (figure, base) in [(0.25, malbild), (0.5, minimal)] {
        let body = format!(r#"{{"value": {figure}, "status": "final", "provenance": "kolada"}}"#);
        let put = client
            .put(format!("{base}{path}"))
            .header("Authorization", format!("Bearer {key}"))
            .header("Content-Type", "application/json")
            .body(body);
        last = sent(put).await?;
        let found = sent(client.get(format!("{malbild}{path}"))).await?;
        same(case, &found, &last)?;
    }
    Ok(last)
}

async fn sent(request: reqwest::RequestBuilder) -> Result<Vec<u8>, String> {
    let answered = request.send().await.map_err(|error| error.to_string())?;
    let (status, url) = (answered.status(), answered.url().clone());
    let body = answered.bytes().await.map_err(|error| error.to_string())?;
    if status == 200 {
        Ok(body.to_vec())
    } else {
        Err(format!(
            "{url} answers {status}: {}",
            String::from_utf8_lossy(&body)
        ))
    }
}

fn same(case: &Case, ours: &[u8], theirs: &[u8]) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(60);
    let part = |body: &[u8]| {
        let part: Vec<u8> = body.iter().skip(from).take(160).copied().collect();
        String::from_utf8_lossy(&part).into_owned()
    };
    Err(format!(
        "case {}: the answers differ at byte {at}:\nmalbild  …{}\nthe other …{}",
        case.letter,
        part(ours),
        part(theirs)
    ))
}
