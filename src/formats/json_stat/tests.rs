use serde_json::json;

use super::*;

fn categories(codes: &[&str]) -> Vec<Category> {
    let category = |code: &&str| Category {
        code: (*code).to_owned(),
        label: format!("Namn {code}"),
        ..Category::default()
    };
    codes.iter().map(category).collect()
}

fn figure(at: [u32; 2], value: &str) -> Figure<2> {
    Figure {
        at,
        value: Decimal::parse(value).ok(),
        status: None,
        provenance: "reported",
        note: None,
    }
}

fn dataset(years: &[&str], figures: Vec<Figure<2>>) -> Dataset<2> {
    Dataset {
        label: "Nyckeltal".to_owned(),
        source: None,
        updated: None,
        notes: Vec::new(),
        href: None,
        links: Vec::new(),
        dimensions: [
            Dimension {
                id: "municipalityCode",
                label: "Kommun",
                label_en: "Municipality",
                role: Role::Geo,
                categories: categories(&["0114", "2380"]),
            },
            Dimension {
                id: "year",
                label: "År",
                label_en: "Year",
                role: Role::Time,
                categories: categories(years),
            },
        ],
        figures,
        extension: Map::new(),
    }
}

fn written(dataset: &Dataset<2>) -> Value {
    let bytes = dataset.write(1_000).expect("written");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn the_last_dimension_varies_the_fastest_and_every_digit_is_kept() {
    let digits = "123456789012345.123456789012";
    let found = dataset(
        &["2020", "2021"],
        vec![
            figure([1, 0], digits),
            figure([0, 1], "-0.5"),
            figure([0, 0], "1"),
        ],
    );
    let bytes = found.write(4).expect("written");
    let text = String::from_utf8(bytes).expect("text");
    assert!(
        text.contains(&format!("\"value\":[1,-0.5,{digits},null]")),
        "{text}"
    );
    let found: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(found["id"], json!(["municipalityCode", "year"]));
    assert_eq!(found["size"], json!([2, 2]));
    assert_eq!(
        found["role"],
        json!({"time": ["year"], "geo": ["municipalityCode"]})
    );
    let year = &found["dimension"]["year"];
    assert_eq!(year["category"]["index"], json!(["2020", "2021"]));
    assert_eq!(year["category"]["label"]["2021"], "Namn 2021");
    assert_eq!(year["extension"]["label"]["en"], "Year");
    assert_eq!(found["extension"], json!({"provenance": "reported"}));
    for left_out in ["status", "updated", "source", "link", "note", "href"] {
        assert_eq!(found.get(left_out), None, "{left_out}");
    }
}

#[test]
fn few_figures_in_a_large_cube_are_named_by_their_cells() {
    let years: Vec<String> = (2000..2010).map(|year| year.to_string()).collect();
    let years: Vec<&str> = years.iter().map(String::as_str).collect();
    let mut missing = figure([1, 9], "");
    missing.status = Some("missing");
    missing.note = Some("Mäts inte".into());
    let mut kolada = figure([0, 3], "7");
    kolada.provenance = "kolada";
    let found = written(&dataset(&years, vec![missing, kolada]));
    assert_eq!(found["value"], json!({"3": 7}));
    assert_eq!(found["status"], json!({"19": "missing"}));
    let told =
        json!({"provenance": {"3": "kolada", "19": "reported"}, "notes": {"19": "Mäts inte"}});
    assert_eq!(found["extension"], told);
}

#[test]
fn a_cube_of_too_many_cells_says_how_many() {
    let found = dataset(&["2020", "2021", "2022"], vec![figure([0, 0], "1")]);
    assert_eq!(found.write(5), Err(WrongDataset::TooManyCells(6)));
    assert!(found.write(6).is_ok());
    assert_eq!(cells([usize::MAX; 4]), u128::MAX);
}

#[test]
fn a_figure_outside_of_the_cube_is_refused() {
    let found = dataset(&["2020"], vec![figure([0, 1], "1")]);
    assert_eq!(found.write(10), Err(WrongDataset::Misplaced));
}

#[test]
fn an_empty_cube_has_no_values() {
    let mut found = dataset(&[], Vec::new());
    found.dimensions[0].categories.clear();
    let found = written(&found);
    assert_eq!(
        (&found["size"], &found["value"]),
        (&json!([0, 0]), &json!([]))
    );
    assert_eq!(found["extension"], json!({}));
}

#[test]
fn categories_of_one_label_are_told_apart_and_have_their_units_and_notes() {
    let mut found = dataset(&["2020"], Vec::new());
    let places = &mut found.dimensions[0].categories;
    for place in places.iter_mut() {
        place.label = "Båda".to_owned();
    }
    places[1].unit = Some(Unit {
        label: "antal".to_owned(),
        decimals: 1,
    });
    places[1].note = Some("Antal i december".to_owned());
    let category = &written(&found)["dimension"]["municipalityCode"]["category"];
    assert_eq!(
        category["label"],
        json!({"0114": "Båda (0114)", "2380": "Båda (2380)"})
    );
    assert_eq!(
        category["unit"],
        json!({"2380": {"label": "antal", "base": "antal", "decimals": 1}})
    );
    assert_eq!(category["note"], json!({"2380": ["Antal i december"]}));
}

#[test]
fn links_stand_by_relation_and_the_time_in_utc() {
    let mut found = dataset(&["2020"], Vec::new());
    found.updated = "2024-05-23T12:00:00.5+02:00".parse().ok();
    let link = |relation, media_type, href: &str| Link {
        relation,
        media_type,
        href: href.to_owned(),
    };
    found.links = vec![
        link("license", None, "https://example.org/cc0"),
        link("alternate", Some("text/csv"), "https://example.org/a"),
        link("alternate", None, "https://example.org/b"),
    ];
    let found = written(&found);
    assert_eq!(found["updated"], "2024-05-23T10:00:00.500Z");
    let alternate = json!([{"href": "https://example.org/a", "type": "text/csv"}, {"href": "https://example.org/b"}]);
    assert_eq!(found["link"]["alternate"], alternate);
    assert_eq!(
        found["link"]["license"],
        json!([{"href": "https://example.org/cc0"}])
    );
}
