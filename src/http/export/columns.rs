//! What columns a list has as CSV: read off the schema of its items in the OpenAPI
//! document, so that a table says what the document says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::swedish;

/// What is in the cells of a column (datatyp, of XML Schema as in CSV on the Web).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datatype {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number, exactly.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// A day (RFC 3339 full-date).
    Date,
    /// A moment in UTC (RFC 3339).
    Moment,
    /// An absolute address.
    Address,
}

impl Datatype {
    /// The name that CSV on the Web has for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Moment => "dateTime",
            Self::Address => "anyURI",
        }
    }

    fn of(schema: &Value) -> Self {
        let is = |name: &str| match &schema["type"] {
            Value::String(only) => only == name,
            Value::Array(several) => several.iter().any(|one| one == name),
            _ => false,
        };
        match schema["format"].as_str() {
            Some("date") => Self::Date,
            Some("date-time") => Self::Moment,
            Some("uri") => Self::Address,
            _ if is("integer") => Self::Integer,
            _ if is("number") => Self::Decimal,
            _ if is("boolean") => Self::Boolean,
            _ => Self::Text,
        }
    }
}

/// A column of a table (kolumn).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name: the member's, or for a member of an object both: `sourceTitle`.
    pub name: String,
    /// The member of the item.
    pub member: String,
    /// The member of that, where it is an object.
    pub part: Option<String>,
    /// What is in its cells.
    pub datatype: Datatype,
    /// Whether a cell holds several, with a space between.
    pub several: bool,
    /// Whether no cell is empty.
    pub required: bool,
    /// What it means, in English.
    pub english: String,
    /// What it means, in Swedish.
    pub swedish: &'static str,
}

/// The columns of every list, by the name of its items' schema.
#[derive(Clone, Debug, Default)]
pub struct Tables(BTreeMap<String, Vec<Column>>);

impl Tables {
    /// Reads them off the OpenAPI document.
    pub fn read(document: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let schemas = &document["components"]["schemas"];
        let Value::Object(all) = schemas else {
            return Err("the OpenAPI document has no schemas".to_owned());
        };
        let table = |(name, schema): (&String, &Value)| {
            let members = schema["properties"].as_object()?;
            let columns = members
                .iter()
                .filter(|(member, _)| !NO_COLUMNS.contains(&member.as_str()))
                .flat_map(|(member, told)| columns(schemas, name, member, told));
            Some((name.clone(), columns.collect()))
        };
        Ok(Self(all.iter().filter_map(table).collect()))
    }

    /// The columns of a list of items with this schema.
    pub fn of(&self, schema: &str) -> &[Column] {
        self.0.get(schema).map_or(&[], Vec::as_slice)
    }
}

/// The members that are no columns: they are about the answer and not about the thing.
pub const NO_COLUMNS: [&str; 2] = ["etag", "_links"];

/// The columns of one member: one, or one for each member of an object.
fn columns(schemas: &Value, owner: &str, member: &str, told: &Value) -> Vec<Column> {
    let (schema, nullable) = resolved(schemas, told);
    let column = |part: Option<&str>, told: &Value, schema: &Value, nullable: bool| {
        let name = part.map_or_else(|| member.to_owned(), |part| joined(member, part));
        let several = schema["type"] == "array";
        let cell = if several { &schema["items"] } else { schema };
        let said = told["description"]
            .as_str()
            .or(schema["description"].as_str());
        Column {
            swedish: swedish::description(owner, &name),
            name,
            member: member.to_owned(),
            part: part.map(str::to_owned),
            datatype: Datatype::of(cell),
            several,
            required: !nullable && !several,
            english: said.unwrap_or_default().replace('\n', " "),
        }
    };
    match schema["properties"].as_object() {
        None => vec![column(None, told, schema, nullable)],
        Some(parts) => parts
            .iter()
            .map(|(part, told)| {
                let (schema, null) = resolved(schemas, told);
                column(Some(part), told, schema, nullable || null)
            })
            .collect(),
    }
}

/// What a schema refers to, and whether null is allowed, too.
fn resolved<'a>(schemas: &'a Value, told: &'a Value) -> (&'a Value, bool) {
    let null = |schema: &Value| match &schema["type"] {
        Value::String(only) => only == "null",
        Value::Array(several) => several.iter().any(|one| one == "null"),
        _ => false,
    };
    if let Some(choices) = told["oneOf"].as_array() {
        let one = choices.iter().find(|choice| !null(choice));
        let (schema, _) = resolved(schemas, one.unwrap_or(told));
        return (schema, choices.iter().any(null));
    }
    match told["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        Some(name) => (&schemas[name], false),
        None => (told, null(told)),
    }
}

/// `source` and `title`: `sourceTitle`.
fn joined(member: &str, part: &str) -> String {
    let mut letters = part.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    member.chars().chain(first).chain(letters).collect()
}
