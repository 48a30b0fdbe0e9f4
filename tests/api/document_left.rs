//! Items of a document that say something, but not for certain: they are left.

use malbild::auth::Role;
use serde_json::{Value, json};

use crate::documents::import;
use crate::support::TestApp;

/// These members of each item of a list.
fn told(items: &Value, names: [&str; 2]) -> Vec<Value> {
    let items = items.as_array().expect("a list").iter();
    items
        .map(|item| names.iter().map(|name| item[*name].clone()).collect())
        .collect()
}

#[tokio::test]
async fn what_is_not_certain_is_left_with_its_reason() {
    let app = TestApp::start().await;
    let body = json!({"title": "Antal skyltar", "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": false});
    app.make("/indicators/N00001", body).await;
    let key = app.key(Role::Editor).await;
    let items = [
        ("Etapp 2 500 tkr", "its amount of money is not certain"),
        ("Bro 2026: 5 mkr", "its amount of money is not certain"),
        ("Svarstid inom 5 sek", "it has no amount of money"),
    ];
    let left: String = items.map(|(item, _)| format!("- {item}\n")).concat();
    let document = format!(
        "Kommunövergripande mål budget 2025\n\n1.1 Alla hittar hem\n\nText.\n\n\
         Nyckeltal 2025\n\n- Ny mätning som ersätter N00001\n\n\
         Investeringar 2025\n\n{left}- Bro 2025: 5 mkr\n"
    );
    let report = import(&app, &key, "budgetYear=2025", document).await;
    let report = report.expect(200).json();
    assert_eq!(report["links"], json!([]));
    assert_eq!(
        told(&report["investments"], ["title", "amount"]),
        [json!(["Bro 2025", 5_000_000])]
    );
    let mentioned = "it mentions an indicator's code among other words";
    let mut expected = vec![json!(["Ny mätning som ersätter N00001", mentioned])];
    expected.extend(items.map(|(item, reason)| json!([item, reason])));
    assert_eq!(told(&report["recognised"], ["text", "reason"]), expected);
}
