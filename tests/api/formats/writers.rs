//! The writers themselves, without the service.

use malbild::decimal::Decimal;
use malbild::formats::json_stat::{Category, Dataset, Dimension, Figure, Role, Unit};
use malbild::formats::xlsx::{self, About, Cell, Column, Credit};
use serde_json::{Map, Value, json};

use crate::support::readers;

fn dimension<const N: usize>(id: &'static str, role: Role, codes: [&str; N]) -> Dimension {
    let categories = codes.map(|code| Category {
        code: code.to_owned(),
        label: format!("Namn {code}"),
        unit: (role == Role::Metric).then(|| Unit {
            label: "antal".to_owned(),
            decimals: 1,
        }),
        note: None,
    });
    Dimension {
        id,
        label: id,
        label_en: id,
        role,
        categories: categories.to_vec(),
    }
}

fn cube(figures: Vec<Figure<3>>) -> Dataset<3> {
    Dataset {
        label: "Prov".to_owned(),
        source: Some("https://example.org".to_owned()),
        updated: "2024-05-23T12:00:00.123456Z".parse().ok(),
        notes: vec!["Till alla läsare".to_owned()],
        href: Some("https://example.org/values".to_owned()),
        links: Vec::new(),
        dimensions: [
            dimension("indicatorCode", Role::Metric, ["N1", "N2"]),
            dimension("municipalityCode", Role::Geo, ["0114", "2380"]),
            dimension("year", Role::Time, ["2020", "2021", "2022"]),
        ],
        figures,
        extension: Map::new(),
    }
}

fn figure(at: [u32; 3], value: &str) -> Figure<3> {
    let value = Decimal::parse(value).ok();
    Figure {
        at,
        value,
        status: value.is_none().then_some("missing"),
        provenance: "reported",
        note: None,
    }
}

async fn read(cube: &Dataset<3>) -> Vec<Value> {
    let bytes = cube.write(12).expect("written");
    let found = readers::read("json_stat", &[], &bytes).await;
    found["rows"].as_array().expect("rows").clone()
}

fn cell(rows: &[Value], codes: [&str; 3]) -> Value {
    let [indicator, municipality, year] = codes;
    let found = rows.iter().find(|row| {
        row["indicatorCode"] == indicator
            && row["municipalityCode"] == municipality
            && row["year"] == year
    });
    let found = found.expect("the cell");
    json!([found["value"], found["status"]])
}

#[tokio::test]
async fn a_cube_is_read_back_cell_by_cell_be_it_full_or_nearly_empty() {
    let full: Vec<Figure<3>> = (0..12)
        .map(|cell| figure([cell / 6, cell / 3 % 2, cell % 3], &format!("{cell}.25")))
        .collect();
    let rows = read(&cube(full)).await;
    assert_eq!(rows.len(), 12);
    assert_eq!(cell(&rows, ["N2", "0114", "2021"]), json!(["7.25", null]));
    assert_eq!(rows[7]["labels"]["year"], "Namn 2021");

    let long = "999999999999999.999999999999";
    let rows = read(&cube(vec![figure([1, 1, 2], long), figure([0, 0, 1], "")])).await;
    assert_eq!(rows.len(), 12, "those without a figure are there");
    assert_eq!(cell(&rows, ["N2", "2380", "2022"]), json!([long, null]));
    assert_eq!(
        cell(&rows, ["N1", "0114", "2021"]),
        json!([null, "missing"])
    );
    assert_eq!(cell(&rows, ["N1", "0114", "2020"]), json!([null, null]));
}

#[tokio::test]
async fn a_cube_without_anything_is_within_the_standard() {
    let mut empty = cube(Vec::new());
    for dimension in &mut empty.dimensions {
        dimension.categories.clear();
    }
    assert_eq!(read(&empty).await, Vec::<Value>::new());
}

const COLUMNS: [Column; 4] = [
    Column::new("code", "Koden", "The code"),
    Column::new("year", "Året", "The year"),
    Column::new("value", "Värdet", "The value"),
    Column::new("note", "Anmärkningen", "The note"),
];

fn about() -> About {
    let moment = |text: &str| text.parse().ok();
    About {
        title: "Utfall".to_owned(),
        source: "https://example.org".to_owned(),
        licence: Some("CC0".to_owned()),
        retrieved: moment("2024-05-24T01:02:03Z"),
        as_of: None,
        updated: moment("2024-05-23T12:00:00.5Z"),
        url: "https://example.org/values?format=xlsx".to_owned(),
        credit: Some(Credit {
            text: "Källa: Kolada",
            sv: "Raden med kod 0114".to_owned(),
            en: "The row of code 0114".to_owned(),
        }),
    }
}

async fn workbook(rows: Vec<[Cell<'_>; 4]>) -> Value {
    let rows = rows.into_iter().map(Vec::from);
    let created = "2024-05-23T12:00:00Z".parse().expect("a time");
    let bytes = xlsx::write(&COLUMNS, rows, &about(), created, 10).expect("written");
    readers::read("xlsx", &[], &bytes).await
}

#[tokio::test]
async fn a_workbook_has_real_numbers_and_text_that_is_never_a_formula() {
    let number = |digits: &str| Cell::Number(Decimal::parse(digits).expect("a decimal"));
    let row = |value, note: &'static str| {
        let note = match note {
            "" => Cell::Empty,
            note => Cell::Text(note.into()),
        };
        [Cell::Code("0114"), Cell::Whole(2020), value, note]
    };
    let texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "https://example.org",
        "rad\nrad",
        "{=A1}",
    ];
    let mut rows: Vec<_> = texts.map(|text| row(Cell::Empty, text)).to_vec();
    rows.push(row(number("-31.32959689"), ""));
    rows.push(row(number("999999999999999.999999999999"), ""));
    let found = workbook(rows).await;
    let data = &found["sheets"][0];
    assert_eq!(data["name"], "Data");
    assert_eq!(data["rows"][0], json!(["code", "year", "value", "note"]));
    assert_eq!(data["bold"], json!([true, true, true, true]));
    assert_eq!(
        (&data["frozen"], &data["filter"]),
        (&json!("A2"), &json!("A1:D11"))
    );
    for (place, text) in (1..).zip(texts) {
        assert_eq!(data["rows"][place], json!(["0114", 2020, null, text]));
        assert_eq!(data["types"][place], json!(["s", "n", "n", "s"]), "{text}");
        let guarded = ["=", "+", "-", "@", "\t"]
            .iter()
            .any(|sign| text.starts_with(sign));
        assert_eq!(data["quoted"][place][3], guarded, "{text}");
    }
    assert_eq!(data["formats"][1][0], "@");
    assert_eq!(data["rows"][9][2].to_string(), "-31.32959689");
    assert_eq!(data["types"][9][2], "n");
}

#[tokio::test]
async fn the_second_sheet_says_what_the_rows_are() {
    let long = Decimal::parse("1234.123456789012").expect("a decimal");
    let row = [
        Cell::Code("0114"),
        Cell::Whole(2020),
        Cell::Number(long),
        Cell::Empty,
    ];
    let found = workbook(vec![row]).await;
    assert_eq!(
        (&found["title"], &found["created"]),
        (&json!("Utfall"), &json!("2024-05-23T12:00:00"))
    );
    let about = &found["sheets"][1];
    assert_eq!(about["name"], "Om data – About");
    let rows = about["rows"].as_array().expect("rows");
    let says = |name: &str| {
        let row = rows.iter().find(|row| row[0] == name);
        row.unwrap_or_else(|| panic!("no {name}"))[1].clone()
    };
    assert_eq!(says("Titel / Title"), "Utfall");
    assert_eq!(says("Licens / Licence"), "CC0");
    assert_eq!(says("Hämtad / Retrieved"), "2024-05-24T01:02:03Z");
    assert_eq!(says("Senast ändrad / Last changed"), "2024-05-23T12:00:00Z");
    assert_eq!(
        says("Adress / Query"),
        "https://example.org/values?format=xlsx"
    );
    assert_eq!(says("Antal rader / Rows"), "1");
    assert_eq!(says("Källhänvisning / Credit"), "Källa: Kolada");
    let digits = says("Siffror / Digits");
    let digits = digits.as_str().expect("text");
    assert!(
        digits.contains("15 siffror") && digits.contains("1 tal här har fler"),
        "{digits}"
    );
    assert!(
        rows.contains(&json!(["value", "Värdet", "The value"])),
        "{rows:?}"
    );
}
