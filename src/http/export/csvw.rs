//! What the columns of a CSV mean: CSV on the Web metadata (W3C, tabular-metadata).

use serde_json::{Value, json};

use super::columns::{Column, Datatype};
use crate::http::forms::Dialect;

/// What the metadata say of the table as a whole.
pub(super) struct Table<'a> {
    /// The address of the CSV.
    pub(super) address: String,
    /// The API root: the source to cite.
    pub(super) source: &'a str,
    /// The address of the licence, if one is set.
    pub(super) licence: Option<&'a str>,
    /// The members that make up the key.
    pub(super) key: &'a [&'static str],
}

/// The metadata of a table with these columns.
pub(super) fn metadata(table: &Table<'_>, columns: &[&Column], dialect: Dialect) -> Value {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let told: Vec<Value> = columns.iter().map(|c| column(c, dialect)).collect();
    let mut schema = json!({ "columns": told });
    if table.key.iter().all(|name| names.contains(name)) {
        schema["primaryKey"] = json!(table.key);
    }
    let mut all = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "url": table.address,
        "dc:source": table.source,
        "dialect": {
            "delimiter": dialect.separator().to_string(),
            "encoding": "utf-8",
            "header": true,
            "lineTerminators": ["\r\n", "\n"],
        },
        "tableSchema": schema,
        "rdfs:comment": [
            { "@value": GUARD_SV, "@language": "sv" },
            { "@value": GUARD_EN, "@language": "en" },
        ],
    });
    if let Some(licence) = table.licence {
        all["dc:license"] = json!({ "@id": licence });
    }
    if names.contains(&"provenance") {
        all["dc:rights"] = json!([
            { "@value": "Rader vars provenance är kolada: Källa: Kolada.", "@language": "sv" },
            { "@value": "Rows whose provenance is kolada: credit as \"Källa: Kolada\".", "@language": "en" },
        ]);
    }
    all
}

const GUARD_SV: &str = "Text som börjar med =, +, -, @, tabb eller vagnretur, också efter en eller flera apostrofer, har en apostrof till före sig, så att inget kalkylprogram tar den för en formel; ta bort en apostrof från sådana celler för att få texten. Tal är orörda. Tom cell: värde saknas.";
const GUARD_EN: &str = "Text that begins with =, +, -, @, a tab or a carriage return, apostrophes before it or not, has one more apostrophe before it, so that no spreadsheet takes it for a formula; take one apostrophe away from such cells to get the text. Numbers are left alone. An empty cell: no value.";

fn column(column: &Column, dialect: Dialect) -> Value {
    let mut told = json!({
        "name": column.name,
        "titles": column.name,
        "datatype": column.datatype.name(),
        "required": column.required,
        "dc:description": [
            { "@value": column.swedish, "@language": "sv" },
            { "@value": column.english, "@language": "en" },
        ],
    });
    if column.datatype == Datatype::Decimal && dialect == Dialect::ExcelSv {
        told["datatype"] = json!({ "base": "decimal", "format": { "decimalChar": "," } });
    }
    if column.several {
        told["separator"] = json!(" ");
    }
    told
}
