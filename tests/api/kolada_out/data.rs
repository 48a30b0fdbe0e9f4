//! The figures themselves.

use serde_json::{Value, json};

use super::{body, get, put, rows, started};

#[tokio::test]
async fn the_figures_of_a_year_stand_together_by_gender() {
    let (app, _) = started().await;
    let found = rows(&app, "/data/kpi/N01951/municipality/2380/year/2022").await;
    let figure = |gender: &str, value: i32| json!({"gender": gender, "count": 1, "status": "", "value": value, "isdeleted": false});
    assert_eq!(
        found,
        [json!({
            "kpi": "N01951", "municipality": "2380", "period": 2022,
            "values": [figure("K", 32630), figure("M", 32084), figure("T", 64714)],
        })]
    );
}

#[tokio::test]
async fn any_two_of_the_three_are_enough_in_whatever_order() {
    let (app, _) = started().await;
    let places = async |path: &str| {
        let found = rows(&app, path).await;
        let place =
            |row: &Value| format!("{} {} {}", row["kpi"], row["municipality"], row["period"]);
        let places: Vec<String> = found.iter().map(place).collect();
        places.join(", ").replace('"', "")
    };
    for (path, expected) in [
        (
            "/data/kpi/N01951/municipality/2380",
            "N01951 2380 2021, N01951 2380 2022",
        ),
        (
            "/data/kpi/N01951/year/2022",
            "N01951 0000 2022, N01951 2281 2022, N01951 2380 2022",
        ),
        (
            "/data/municipality/2380/year/2022",
            "EGET-1 2380 2022, N01951 2380 2022",
        ),
        (
            "/data/municipality/2380/kpi/N01951,EGET-1/year/2022,2021",
            "EGET-1 2380 2022, N01951 2380 2021, N01951 2380 2022",
        ),
        ("/data/year/2021/municipality/2380,2281", "N01951 2380 2021"),
        (
            "/data/year/2021/kpi/N01951/municipality/2380/",
            "N01951 2380 2021",
        ),
        (
            "/data/kpi/N01951/year/2022?region_type=L",
            "N01951 0000 2022",
        ),
        (
            "/data/?kpi_id=N01951&municipality_id=2380&municipality_id=2281&year=2022",
            "N01951 2281 2022, N01951 2380 2022",
        ),
        ("/data?kpi_id=EGET-1", "EGET-1 2380 2022"),
        ("/data?kpi_id=N01951,EGET-1&year=2021", "N01951 2380 2021"),
    ] {
        assert_eq!(places(path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn what_names_nothing_that_is_there_is_answered_with_nothing() {
    let (app, _) = started().await;
    for path in [
        "/data/kpi/N99999/year/2022",
        "/data/kpi/N01951/municipality/9999",
        "/data/kpi/N01951/year/1800",
        "/data/kpi/N01951/municipality/G1/year/2022",
        "/data/kpi/N01951/municipality/%00/year/2022",
        "/data",
        "/data?kpi=N01951&municipality=2380",
        "/data/?per_page=1",
    ] {
        let found = body(&app, path).await;
        let nothing = json!({"values": [], "next_url": null, "previous_url": null, "count": 0});
        assert_eq!(found, nothing, "{path}");
    }
}

#[tokio::test]
async fn a_figure_keeps_its_digits() {
    let (app, key) = started().await;
    let exact: Value = serde_json::from_str("{\"value\": 123456789012345.678901234567}").unwrap();
    put(&app, &key, "EGET-1/2380/2001/T", exact).await;
    let found = get(&app, "/data/kpi/EGET-1/year/2001").await.expect(200);
    let shown = "\"value\":123456789012345.678901234567,";
    assert!(found.text().contains(shown), "{}", found.text());
}

#[tokio::test]
async fn where_there_is_no_figure_it_is_missing_and_of_none() {
    let (app, key) = started().await;
    for (year, status) in [(2001, "missing"), (2002, "confidential")] {
        let at = format!("EGET-1/2380/{year}/T");
        put(&app, &key, &at, json!({"status": status})).await;
    }
    put(
        &app,
        &key,
        "EGET-1/2380/2003/T",
        json!({"value": 3, "status": "preliminary"}),
    )
    .await;
    let found = rows(&app, "/data/kpi/EGET-1/year/2001,2002,2003").await;
    let none = json!([{"gender": "T", "count": 0, "status": "Missing", "value": null, "isdeleted": false}]);
    let one = json!([{"gender": "T", "count": 1, "status": "", "value": 3, "isdeleted": false}]);
    let figures: Vec<&Value> = found.iter().map(|row| &row["values"]).collect();
    assert_eq!(figures, [&none, &none, &one]);
}

#[tokio::test]
async fn an_answer_says_that_it_is_not_koladas_and_where_provenance_is() {
    let (app, _) = started().await;
    let found = get(&app, "/data/kpi/N01951/municipality/2380/year/2022").await;
    let own = "/values?indicatorCode=N01951&municipalityCode=2380&year=2022";
    let links = found.header("link").to_owned();
    let canonical = format!("<{}>; rel=\"canonical\"", app.url(own));
    assert!(links.contains(&canonical), "{links}");
    let told = format!(
        "<{}/kolada/v3/openapi.json>; rel=\"service-desc\"",
        app.base
    );
    assert!(links.contains(&told), "{links}");
    let values = app.get(own).await.expect(200).json();
    assert_eq!(values["_meta"]["totalRecords"], 3);
    assert_eq!(values["items"][0]["provenance"], "reported");
    for (path, own) in [
        ("/kpi", "/indicators"),
        ("/kpi_groups", "/goals"),
        ("/municipality", "/municipalities"),
        ("/municipality_groups", "/municipality-groups"),
        ("/data/municipality/G1/year/2020", "/values?year=2020"),
    ] {
        let links = get(&app, path).await.header("link").to_owned();
        let canonical = format!("<{}>; rel=\"canonical\"", app.url(own));
        assert!(links.contains(&canonical), "{links}");
        app.get(own).await.expect(200);
    }
}
