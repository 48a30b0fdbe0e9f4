//! Figures in other forms than JSON, read back by other libraries than those
//! that wrote them.

mod consumers;
mod cube;
mod limits;
mod sheet;
mod writers;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// Two indicators, three places, and values of every kind.
async fn started() -> TestApp {
    started_with(&[]).await
}

async fn started_with(options: &[&str]) -> TestApp {
    let app = TestApp::start_with(options).await;
    for (code, title, divided, decimals) in [
        ("N01951", "Invånare totalt, antal", true, 0),
        ("N00090", "=1+1 Nettokostnad", false, 2),
        ("N3", "Utan värden", false, 0),
    ] {
        let body = json!({
            "title": title, "unit": "antal", "decimals": decimals, "direction": "none",
            "dividedByGender": divided, "definition": format!("Så mäts {code}."),
        });
        app.make(&format!("/indicators/{code}"), body).await;
    }
    for (code, name, kind) in [
        ("2380", "Östersund", "municipality"),
        ("0114", "Upplands Väsby", "municipality"),
        ("0000", "Riket", "country"),
    ] {
        let body = json!({"name": name, "kind": kind});
        app.make(&format!("/municipalities/{code}"), body).await;
    }
    let number = |digits: &str| serde_json::from_str::<Value>(digits).expect("a number");
    for (key, body) in [
        (
            "N01951/values/2380/2022/T",
            json!({"value": 64714, "provenance": "kolada"}),
        ),
        (
            "N01951/values/2380/2022/K",
            json!({"value": 32630, "provenance": "kolada"}),
        ),
        (
            "N01951/values/2380/2022/M",
            json!({"value": 32084, "provenance": "kolada"}),
        ),
        (
            "N01951/values/2380/2023/T",
            json!({"value": 64721.5, "status": "preliminary", "note": "=1+1"}),
        ),
        (
            "N01951/values/2380/2023/K",
            json!({"value": null, "status": "missing"}),
        ),
        (
            "N01951/values/0114/2020/T",
            json!({"value": null, "status": "confidential", "note": "Färre än fem"}),
        ),
        (
            "N00090/values/2380/2022/T",
            json!({"value": number("-12345678901234.123456789012"), "provenance": "derived"}),
        ),
        (
            "N00090/values/0000/2021/T",
            json!({"value": number("31.32959689"), "provenance": "kolada"}),
        ),
        ("N00090/values/0114/2022/T", json!({"value": 0})),
    ] {
        app.make(&format!("/indicators/{key}"), body).await;
    }
    app
}

/// The values that the JSON answers to the same filter, in order.
async fn values(app: &TestApp, path: &str) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let found = app
        .get(&format!("{path}{mark}limit=1000"))
        .await
        .expect(200);
    found.json()["items"].as_array().expect("items").clone()
}

/// The answer to a path in a form, of the type that it must have.
async fn in_form(app: &TestApp, path: &str, form: &str) -> Answer {
    let mark = if path.contains('?') { '&' } else { '?' };
    let answer = app.get(&format!("{path}{mark}format={form}")).await;
    let answer = answer.expect(200);
    let (content_type, end) = match form {
        "xlsx" => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".xlsx\"",
        ),
        _ => ("application/vnd.json-stat+json", ".json\""),
    };
    assert_eq!(answer.header("content-type"), content_type);
    assert!(
        answer.header("content-disposition").ends_with(end),
        "{answer:?}"
    );
    answer
}
