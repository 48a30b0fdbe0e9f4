//! What is too much for these forms.

use super::{started_with, values};

#[tokio::test]
async fn more_rows_than_a_workbook_may_have_are_413_with_what_to_do() {
    let app = started_with(&["--xlsx-max-rows=8"]).await;
    let refused = app
        .get("/values?format=xlsx")
        .await
        .problem(413, "answerTooLarge")
        .json();
    let detail = refused["detail"].as_str().expect("text");
    assert!(
        detail.contains("more than 8 rows") && detail.contains("format=csv"),
        "{detail}"
    );
    app.get("/values?format=xlsx&year=2022").await.expect(200);
    app.get("/indicators/N01951/values?format=xlsx")
        .await
        .expect(200);
    assert_eq!(values(&app, "/values").await.len(), 9);
    app.get("/values?format=csv").await.expect(200);
    app.get("/values?format=json-stat").await.expect(200);
}

#[tokio::test]
async fn more_cells_than_a_cube_may_have_are_413_however_few_of_them_have_a_figure() {
    let app = started_with(&["--json-stat-max-cells=71"]).await;
    let refused = app
        .get("/values?format=json-stat")
        .await
        .problem(413, "answerTooLarge")
        .json();
    let detail = refused["detail"].as_str().expect("text");
    assert!(
        detail.contains("71 is the most") && detail.contains("format=csv"),
        "{detail}"
    );
    app.get("/values?format=json-stat&municipalityCode=2380")
        .await
        .expect(200);
    app.get("/indicators/N01951/values?format=json-stat")
        .await
        .expect(200);
    app.get("/values?format=xlsx").await.expect(200);

    let exactly = started_with(&["--json-stat-max-cells=72"]).await;
    exactly.get("/values?format=json-stat").await.expect(200);
    let small = started_with(&["--json-stat-max-cells=5"]).await;
    small
        .get("/indicators/N01951/series?format=json-stat")
        .await
        .problem(413, "answerTooLarge");
}

#[tokio::test]
async fn a_workbook_and_a_cube_give_their_place_among_the_exports_back() {
    let app = started_with(&["--export-max-concurrent=1"]).await;
    for form in ["xlsx", "json-stat"] {
        let path = format!("/values?format={form}");
        for _ in 0..3 {
            app.get(&path).await.expect(200);
        }
    }
}
