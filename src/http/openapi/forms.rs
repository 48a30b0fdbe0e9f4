//! The forms of an answer besides JSON, as the document tells them.

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    Content, ContentBuilder, KnownFormat, ObjectBuilder, RefOr, Required, Response, SchemaFormat,
    Type,
};

use super::responses::references;
use crate::http::forms::{DIALECT, Dialect, FORMAT, Form};

/// The parameters that choose among these forms.
pub(super) fn parameters(forms: &[Form]) -> Vec<RefOr<Parameter>> {
    let words: Vec<&str> = forms.iter().map(|form| form.word()).collect();
    let told: Vec<&str> = forms.iter().map(|form| about(*form)).collect();
    let format = format!(
        "The form of the answer, before `Accept`: {}. But for `json` all rows of the filter, without `page`, `limit` and `cursor`.",
        told.join("; ")
    );
    let mut all = vec![choice(FORMAT, &words, &format)];
    if forms.contains(&Form::Csv) {
        let dialect = "How CSV is written: `rfc4180` (comma, decimal point), or `excel-sv`, as Excel with Swedish settings opens it (byte order mark, semicolon, decimal comma). Without `format` it means CSV; it goes with `csv` and `csvw` alone.";
        all.push(choice(DIALECT, &Dialect::WORDS, dialect));
    }
    all
}

fn about(form: Form) -> &'static str {
    match form {
        Form::Json => "`json`",
        Form::Csv => "`csv` (RFC 4180, UTF-8, CRLF, a header row, an empty cell for null)",
        Form::NdJson => "`ndjson` (an item as JSON on each line)",
        Form::Csvw => "`csvw` (what the columns of the CSV mean, CSV on the Web)",
        Form::JsonStat => {
            "`json-stat` (JSON-stat 2.0: a cube of indicator, municipality, year and gender with their names; a cell without status is final, or empty where it has no value either; `extension.provenance` says where each value comes from; without `fields` and `sort`)"
        }
        Form::Xlsx => {
            "`xlsx` (an Excel workbook: a sheet with the rows and, without `fields`, the names of their codes, and a sheet that says what they are; Excel keeps 15 digits of a number)"
        }
    }
}

fn choice(name: &str, words: &[&str], description: &str) -> RefOr<Parameter> {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .default(words.first().map(|word| json!(word)));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .schema(Some(schema))
        .description(Some(description))
        .example(words.first().map(|word| json!(word)))
        .build()
        .into()
}

/// Adds to a successful answer what it can be besides JSON.
pub(super) fn complete(response: &mut Response, forms: &[Form]) {
    for form in forms.iter().filter(|form| **form != Form::Json) {
        let content = RefOr::T(content(*form));
        response
            .content
            .insert(form.media_type().to_owned(), content);
    }
    if forms.len() > 1 {
        response
            .headers
            .extend(references(&["Content-Disposition", "Last-Modified"]));
    }
}

fn content(form: Form) -> Content {
    let (kind, example): (Type, Value) = match form {
        Form::Csv => (
            Type::String,
            json!("indicatorCode,year,value\r\nN01951,2022,64714\r\n"),
        ),
        Form::NdJson => (
            Type::String,
            json!("{\"indicatorCode\":\"N01951\",\"year\":2022,\"value\":64714}\n"),
        ),
        Form::Csvw => (
            Type::Object,
            json!({"@context": "http://www.w3.org/ns/csvw", "tableSchema": {"columns": [{"name": "year", "datatype": "integer"}]}}),
        ),
        Form::Json | Form::JsonStat => (Type::Object, cube()),
        Form::Xlsx => (Type::String, json!("UEsDBBQ=")),
    };
    let mut schema = ObjectBuilder::new()
        .schema_type(kind)
        .description(Some(about(form)));
    if form == Form::Xlsx {
        schema = schema.format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    }
    ContentBuilder::new()
        .schema(Some(schema))
        .example(Some(example))
        .build()
}

fn cube() -> Value {
    json!({
        "version": "2.0",
        "class": "dataset",
        "label": "Invånare totalt, antal, Östersund",
        "source": "https://oppnadata.example.se/malbild/v1",
        "updated": "2026-11-24T12:00:00Z",
        "note": ["Källa: Kolada"],
        "role": {"time": ["year"], "geo": ["municipalityCode"], "metric": ["indicatorCode"]},
        "id": ["indicatorCode", "municipalityCode", "year", "gender"],
        "size": [1, 1, 1, 2],
        "dimension": {
            "indicatorCode": {
                "label": "Nyckeltal",
                "category": {
                    "index": ["N01951"],
                    "label": {"N01951": "Invånare totalt, antal"},
                    "unit": {"N01951": {"label": "antal", "base": "antal", "decimals": 0}},
                },
            },
            "municipalityCode": {
                "label": "Kommun",
                "category": {"index": ["2380"], "label": {"2380": "Östersund"}},
            },
            "year": {"label": "År", "category": {"index": ["2022"], "label": {"2022": "2022"}}},
            "gender": {
                "label": "Kön",
                "category": {"index": ["T", "K"], "label": {"T": "Totalt", "K": "Kvinnor"}},
            },
        },
        "value": [64714, 32630],
        "extension": {"attribution": "Källa: Kolada", "provenance": "kolada"},
    })
}
