//! What there are figures of.

use serde_json::{Value, json};

use super::{of, put, rows, started};

#[tokio::test]
async fn a_key_figure_says_what_is_known_and_nothing_more() {
    let (app, _) = started().await;
    let found = rows(&app, "/kpi/N01951").await;
    assert_eq!(
        found,
        [json!({
            "id": "N01951", "title": "Invånare totalt, antal", "description": "Antal invånare den 31 december.",
            "is_divided_by_gender": true, "municipality_type": "K", "auspice": null,
            "operating_area": "Befolkning", "perspective": "Volymer", "prel_publication_date": null,
            "publication_date": "2027-02-24", "publ_period": "2026", "has_ou_data": false,
        })]
    );
    let bare = rows(&app, "/kpi/EGET-1").await;
    assert_eq!(bare[0]["description"], "");
    assert_eq!(bare[0]["operating_area"], "");
    for member in ["perspective", "publication_date", "publ_period"] {
        assert_eq!(bare[0][member], Value::Null, "{member}");
    }
}

#[tokio::test]
async fn the_type_of_a_key_figure_follows_from_whose_figures_there_are() {
    let (app, key) = started().await;
    let kind = async |code: &str| {
        let found = rows(&app, &format!("/kpi/{code}")).await;
        found[0]["municipality_type"].clone()
    };
    app.indicator("EGET-2", false).await;
    assert_eq!(kind("EGET-2").await, Value::Null);
    put(&app, &key, "EGET-2/0000/2022/T", json!({"value": 1})).await;
    assert_eq!(
        kind("EGET-2").await,
        Value::Null,
        "the country says neither"
    );
    put(&app, &key, "EGET-2/0023/2022/T", json!({"value": 1})).await;
    assert_eq!(kind("EGET-2").await, "L");
    put(&app, &key, "EGET-2/2380/2022/T", json!({"value": 1})).await;
    assert_eq!(kind("EGET-2").await, "A");
    assert_eq!(kind("N01951").await, "K");
}

#[tokio::test]
async fn ids_choose_and_what_is_not_there_is_left_out() {
    let (app, _) = started().await;
    let found = rows(&app, "/kpi/N01951,N99999,EGET-1,%00,n01951").await;
    assert_eq!(of(&found, "id"), ["EGET-1", "N01951"]);
    let found = rows(&app, "/municipality/2380,0000,9999,G1").await;
    assert_eq!(of(&found, "id"), ["0000", "2380"]);
    for nothing in [
        "/kpi/N99999",
        "/municipality/G37609",
        "/municipality_groups/G1",
        "/kpi_groups/G1",
    ] {
        assert!(rows(&app, nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test]
async fn a_title_is_found_by_a_part_of_it_in_whatever_case() {
    let (app, _) = started().await;
    for (path, expected) in [
        ("/kpi?title=INV%C3%85NARE", vec!["N01951"]),
        ("/kpi?title=", vec!["EGET-1", "N01951"]),
        ("/kpi/EGET-1?title=inv%C3%A5nare", vec![]),
        ("/kpi?title=%25", vec![]),
        ("/kpi?title=_", vec![]),
        ("/municipality?title=%C3%96", vec!["2380"]),
        ("/municipality?title=%C3%85RE", vec!["2321"]),
        ("/municipality?title=sund", vec!["2281", "2380"]),
    ] {
        assert_eq!(of(&rows(&app, path).await, "id"), expected, "{path}");
    }
}

#[tokio::test]
async fn the_country_is_of_the_type_of_regions() {
    let (app, _) = started().await;
    let found = rows(&app, "/municipality?region_type=L").await;
    assert_eq!(of(&found, "id"), ["0000", "0023"]);
    assert_eq!(of(&found, "type"), ["L", "L"]);
    let found = rows(&app, "/municipality?region_type=K&title=sund").await;
    assert_eq!(of(&found, "id"), ["2281", "2380"]);
    assert_eq!(of(&found, "type"), ["K", "K"]);
}

#[tokio::test]
async fn a_goal_with_key_figures_is_a_group_of_them() {
    let (app, _) = started().await;
    app.budget(2024).await;
    let goal = "0191f29a-7c00-7a3e-b2f4-6d2a4c1e9b11";
    let content = json!({"budgetYear": 2024, "number": "1.1", "statement": "En kommun som växer", "position": 1});
    app.make(&format!("/goals/{goal}"), content.clone()).await;
    let mut other = content;
    other["number"] = json!("1.2");
    app.make("/goals/0191f29a-7c00-7a3e-b2f4-6d2a4c1e9b12", other)
        .await;
    for (code, position) in [("N01951", 1), ("EGET-1", 2)] {
        app.make(
            &format!("/goals/{goal}/indicators/{code}"),
            json!({"position": position}),
        )
        .await;
    }
    let expected = json!({
        "id": goal, "title": "Mål 1.1, budget 2024: En kommun som växer",
        "members": [
            {"member_id": "N01951", "member_title": "Invånare totalt, antal"},
            {"member_id": "EGET-1", "member_title": "EGET-1"},
        ],
    });
    for path in [
        "/kpi_groups".to_owned(),
        format!("/kpi_groups/{goal}"),
        "/kpi_groups?title=m%C3%85l%201.1".to_owned(),
    ] {
        assert_eq!(
            rows(&app, &path).await,
            std::slice::from_ref(&expected),
            "{path}"
        );
    }
    assert!(rows(&app, "/kpi_groups?title=1.2").await.is_empty());
}
